// A session may end while somebody types. What was sent then is kept in this tab, and after the sign-in, which leads back
// to the page with #resume, it stands in the form again. Nothing is sent by itself.
import { toast } from './toast.js';

const KEY = 'draft';
const MAX_AGE = 30 * 60 * 1000;

export function wireDrafts(root) {
  const draft = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  const isFresh = draft && Date.now() - draft.at < MAX_AGE;
  if (draft?.path === location.pathname || !isFresh) sessionStorage.removeItem(KEY);
  if (location.hash === '#resume') {
    history.replaceState(history.state, '', location.pathname + location.search);
    if (isFresh && draft.path === location.pathname) restore(draft);
  }

  root.addEventListener('submit', e => {
    const form = e.target;
    const number = [...root.querySelectorAll('main form')].indexOf(form);
    if (form.method !== 'post' || number < 0 || 'noDraft' in form.dataset) return;
    const hidden = new Set([...form.elements].filter(f => f.type === 'hidden' || f.type === 'password').map(f => f.name));
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !hidden.has(name));
    sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, at: Date.now(), number, fields }));
  });
}

function restore({ number, fields }) {
  const form = document.querySelectorAll('main form')[number];
  if (!form) return;
  for (const name of new Set(fields.map(([name]) => name))) {
    const values = fields.filter(field => field[0] === name).map(field => field[1]);
    for (const control of form.elements) {
      if (control.name !== name || control.type === 'hidden') continue;
      if (control.type === 'radio' || control.type === 'checkbox') control.checked = values.includes(control.value);
      else control.value = values.shift() ?? '';
      const details = control.closest('details');
      if (details) details.open = true;
    }
  }
  toast(document.body.dataset.resumed, { seconds: 15 });
}
