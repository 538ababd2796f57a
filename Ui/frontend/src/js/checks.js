// A checkbox with data-check-all="name" stands for all checkboxes of that name in its form: all, none, or some of them.
export function wireChecks(root) {
  root.addEventListener('change', e => {
    const all = e.target.form?.querySelector('[data-check-all]');
    if (!all) return;
    const boxes = [...e.target.form.querySelectorAll(`input[name="${CSS.escape(all.dataset.checkAll)}"]`)];
    if (e.target === all) boxes.forEach(box => { box.checked = all.checked; });
    const count = boxes.filter(box => box.checked).length;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  });
}
