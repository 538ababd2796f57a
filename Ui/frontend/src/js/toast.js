// Messages live in one polite live region that is in the page from the start, so that they are read out.
// The same message is not said twice within five seconds.
let last = { text: '', at: -5000 };

export function toast(text, { kind = 'ok', seconds = 6, action } = {}) {
  const region = document.getElementById('toasts');
  if (!region || !text || last.text === text && performance.now() - last.at < 5000) return;
  last = { text, at: performance.now() };
  const node = document.createElement('div');
  node.className = `toast ${kind}`;
  node.textContent = text;
  if (action) {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn small', textContent: action.label });
    button.addEventListener('click', () => { node.remove(); action.run(); });
    node.append(' ', button);
  }
  region.append(node);
  let timer = setTimeout(() => node.remove(), seconds * 1000);
  const stay = () => clearTimeout(timer);
  const go = () => { stay(); timer = setTimeout(() => node.remove(), 3000); };
  node.addEventListener('pointerenter', stay);
  node.addEventListener('pointerleave', go);
  node.addEventListener('focusin', stay);
  node.addEventListener('focusout', go);
}
