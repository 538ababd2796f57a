// A link with data-dialog opens its page in a dialog. Forms in it are sent from there, and their errors stay in it.
// Without script, or with a modifier key, the link leads to the page itself.
import { toast } from './toast.js';

export function wireDialogs(root) {
  let url = ''; // of the page in the dialog

  const show = html => {
    const box = document.getElementById('dialog');
    box.innerHTML = html;
    window.htmx?.process?.(box);
    if (!box.open) box.showModal();
    box.querySelector('[role="alert"][tabindex], [autofocus]')?.focus();
  };

  const send = async (to, options = {}) => {
    document.body.classList.add('busy');
    try {
      const headers = { 'X-Dialog': 'true', 'HX-Request': 'true' };
      const response = await fetch(to, { ...options, headers });
      const next = response.headers.get('HX-Redirect');
      if (next) return location.assign(next);
      const html = await response.text();
      if (html.includes('data-dialog-body')) {
        url = to;
        show(html);
      } else if (options.method) {
        toast(document.body.dataset.offline, { kind: 'bad' });
      } else {
        location.assign(to); // an error page, or no dialog at all
      }
    } catch {
      toast(document.body.dataset.offline, { kind: 'bad' });
    } finally {
      document.body.classList.remove('busy');
      document.querySelectorAll('#dialog form').forEach(form => delete form.dataset.sending);
    }
  };

  root.addEventListener('click', e => {
    const modified = e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey;
    const link = e.target.closest?.('a[data-dialog]');
    if (link && !modified) {
      e.preventDefault();
      send(link.href);
    }
    const close = e.target.closest?.('dialog [data-close]');
    if (close) {
      e.preventDefault();
      close.closest('dialog').close();
    }
  });

  root.addEventListener('submit', e => {
    const form = e.target;
    if (e.defaultPrevented || !form.closest('#dialog')) return;
    e.preventDefault();
    const to = new URL(form.getAttribute('action') || url, new URL(url, location.href));
    const data = new FormData(form, e.submitter);
    if (form.method === 'post') return void send(to.href, { method: 'POST', body: data });
    to.search = new URLSearchParams(data);
    send(to.href);
  });
}
