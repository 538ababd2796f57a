// "/" goes to the search field, "g" and a letter to a section (links with data-key). Never while typing.
export function wireKeys(root) {
  let leader = 0;
  root.addEventListener('keydown', e => {
    const typing = e.target.closest?.('input, textarea, select, [contenteditable], dialog');
    if (e.ctrlKey || e.metaKey || e.altKey || typing) return;
    if (e.key === '/') {
      const box = root.querySelector('[data-search]');
      if (!box) return;
      e.preventDefault();
      box.focus();
    } else if (e.key === 'g') {
      leader = e.timeStamp;
    } else if (leader && e.timeStamp - leader < 1200) {
      leader = 0;
      root.querySelector(`a[data-key="${CSS.escape(e.key)}"]`)?.click();
    }
  });
}
