// The side shows icons only when its reader wants the room; the server reads the cookie, so that the page does not jump.
export function wireSide(root) {
  // On a phone the present tab may be out of sight.
  root.querySelector('.tabs a[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  root.addEventListener('click', e => {
    const toggle = e.target.closest?.('[data-side-toggle]');
    if (!toggle) return;
    const narrow = document.documentElement.dataset.side !== 'narrow';
    if (narrow) document.documentElement.dataset.side = 'narrow';
    else delete document.documentElement.dataset.side;
    document.cookie = `side=${narrow ? 'narrow' : ''};path=/;max-age=31536000;samesite=lax`;
    toggle.setAttribute('aria-pressed', String(narrow));
  });
}
