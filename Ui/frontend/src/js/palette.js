// The command palette: Ctrl or Cmd and K. Arrow keys go through what was found, Enter follows, Esc closes.
export function wirePalette(root) {
  const open = () => {
    const palette = root.getElementById('palette');
    if (!palette || palette.open) return;
    palette.showModal();
    const input = palette.querySelector('input');
    input.select();
    input.dispatchEvent(new Event('input', { bubbles: true })); // what is there before anything is typed
  };

  root.addEventListener('click', e => {
    const modified = e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey;
    if (modified || !e.target.closest?.('[data-palette-open]')) return;
    e.preventDefault();
    open();
  });

  root.addEventListener('keydown', e => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k' && root.getElementById('palette')) {
      e.preventDefault();
      open();
      return;
    }
    const palette = e.target.closest?.('#palette');
    if (!palette) return;
    const links = [...palette.querySelectorAll('#palette-found a')];
    const at = links.indexOf(root.activeElement);
    const input = palette.querySelector('input');
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const next = at + (e.key === 'ArrowDown' ? 1 : -1);
      (next < 0 ? input : links[Math.min(next, links.length - 1)])?.focus();
    } else if (e.key === 'Enter' && e.target === input && links.length > 0) {
      e.preventDefault();
      links[0].click();
    } else if (at >= 0 && e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey) {
      input.focus(); // the letter is typed there
    }
  });
}
