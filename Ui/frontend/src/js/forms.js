// A form sends once; after an answer the focus goes to the error summary, or to where the new part asks for it.
export function wireForms(root) {
  root.addEventListener('submit', e => {
    const form = e.target;
    if (form.dataset.sending) {
      e.preventDefault();
      return;
    }
    if (form.method === 'post') {
      form.dataset.sending = '1';
      setTimeout(() => delete form.dataset.sending, 8000); // an answer that never came may be asked for again
    }
  });
  // The URL of a list has only the filters that are set.
  root.addEventListener('formdata', e => {
    if (e.target.method !== 'get') return;
    for (const [name, value] of [...e.formData]) if (value === '') e.formData.delete(name);
  });
  // Leaving a form with data-guard with changes in it warns.
  root.addEventListener('input', e => e.target.form?.hasAttribute('data-guard') && (e.target.form.dataset.changed = '1'));
  addEventListener('beforeunload', e => {
    if (root.querySelector('form[data-guard][data-changed]:not([data-sending])')) e.preventDefault();
  });
  // A page that comes back from the browser's own cache may send again.
  addEventListener('pageshow', () => root.querySelectorAll('form[data-sending]').forEach(f => delete f.dataset.sending));
  root.addEventListener('htmx:after:swap', () => root.querySelector('[role="alert"][tabindex], [data-focus]')?.focus());
  root.querySelector('[role="alert"][tabindex]')?.focus();
}
