// "/" goes to the search field, "g" and a letter to a section (links with data-key), "?" shows the keys. Never while
// typing, and not where the reader has turned them off.
export function wireKeys(root) {
  const html = document.documentElement;
  let leader = 0;
  root.addEventListener('keydown', e => {
    const typing = e.target.closest?.('input, textarea, select, [contenteditable], dialog');
    if (e.ctrlKey || e.metaKey || e.altKey || typing || html.dataset.keys === 'off') return;
    if (e.key === '/') {
      const box = root.querySelector('[data-search]');
      if (!box) return;
      e.preventDefault();
      box.focus();
    } else if (e.key === '?') {
      showKeys(root);
    } else if (e.key === 'g') {
      leader = e.timeStamp;
    } else if (leader && e.timeStamp - leader < 1200) {
      leader = 0;
      root.querySelector(`a[data-key="${CSS.escape(e.key)}"]`)?.click();
    }
  });

  root.addEventListener('click', e => {
    if (e.target.closest?.('[data-keys-open]')) showKeys(root);
  });

  root.addEventListener('change', e => {
    if (!e.target.matches?.('[data-keys-off]')) return;
    if (e.target.checked) html.dataset.keys = 'off';
    else delete html.dataset.keys;
    document.cookie = `keys=${e.target.checked ? 'off' : ''};path=/;max-age=31536000;samesite=lax`;
  });
}

function showKeys(root) {
  const dialog = root.getElementById('keys');
  if (!dialog || dialog.open) return;
  const list = dialog.querySelector('[data-sections]');
  if (list.children.length <= 4) {
    for (const link of root.querySelectorAll('a[data-key]')) {
      const [keys, text] = [document.createElement('dt'), document.createElement('dd')];
      for (const key of ['g', link.dataset.key]) {
        keys.append(Object.assign(document.createElement('kbd'), { textContent: key }), ' ');
      }
      text.textContent = list.dataset.sections.replace('{0}', link.textContent.trim());
      list.append(keys, text);
    }
  }
  dialog.showModal();
}
