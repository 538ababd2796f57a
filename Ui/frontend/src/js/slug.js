// The address of an organisation follows its name until somebody writes one.
const slugOf = name => name.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase()
  .replace(/[^a-z0-9]+/g, '-').slice(0, 63).replace(/^-+|-+$/g, '');

export function wireSlug(root) {
  let before = '';
  const parts = e => {
    const form = e.target.closest?.('form[data-slug]');
    return form ? [form.elements['Input.Name'], form.elements['Input.Slug']] : [];
  };
  root.addEventListener('focusin', e => {
    const [name] = parts(e);
    if (name && e.target === name) before = slugOf(name.value);
  });
  root.addEventListener('input', e => {
    const [name, slug] = parts(e);
    if (!slug || e.target !== name) return;
    if (slug.value === '' || slug.value === before) slug.value = slugOf(name.value);
    before = slugOf(name.value);
  });
}
