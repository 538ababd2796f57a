// The staff side of the Hub. Every page works without it.
import { toast } from './toast.js';

// Lists say how many rows a filter left.
function announce() {
  const region = document.getElementById('announce');
  const text = document.querySelector('#results [data-announce]')?.dataset.announce;
  if (region && text) region.textContent = text;
}

// A control that other parts of its form depend on (data-refresh="ids of the parts") shows them again: the form is sent
// to data-refresh-url, and nothing is saved there. The newest request wins.
let running;
async function refresh(form, parts) {
  running?.abort();
  const request = running = new AbortController();
  document.body.classList.add('busy');
  try {
    const answer = await fetch(form.dataset.refreshUrl, { method: 'POST', body: new FormData(form), signal: request.signal });
    if (answer.status === 401 || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const focused = document.activeElement?.id;
    for (const id of parts) {
      const fresh = page.getElementById(id);
      if (fresh) document.getElementById(id)?.replaceWith(fresh);
    }
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  } catch (e) {
    if (e.name !== 'AbortError') toast(document.body.dataset.offline, { kind: 'bad' });
  } finally {
    if (running === request) document.body.classList.remove('busy');
  }
}

export function wirePortal(root) {
  root.addEventListener('click', e => { if (e.target.closest?.('[data-print]')) print(); });
  root.addEventListener('htmx:after:swap', announce);
  root.addEventListener('change', e => {
    const parts = e.target.dataset?.refresh;
    if (parts && e.target.type !== 'search') refresh(e.target.form, parts.split(' '));
  });
  let typing = 0;
  root.addEventListener('input', e => {
    if (e.target.type !== 'search' || !e.target.dataset.refresh) return;
    clearTimeout(typing);
    typing = setTimeout(() => refresh(e.target.form, e.target.dataset.refresh.split(' ')), 300);
  });
  // Enter in a search field searches; it does not send the form around it.
  root.addEventListener('keydown', e => {
    if (e.key !== 'Enter' || e.target.type !== 'search' || !e.target.dataset?.refresh) return;
    e.preventDefault();
    clearTimeout(typing);
    refresh(e.target.form, e.target.dataset.refresh.split(' '));
  });
}
