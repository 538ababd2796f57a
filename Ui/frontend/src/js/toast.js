// Messages live in one polite live region that is in the page from the start, so that they are read out.
// The same message is not said twice within five seconds.
let last = { text: '', at: -5000 };

export function toast(text, { kind = 'ok', seconds = 6 } = {}) {
  const region = document.getElementById('toasts');
  if (!region || !text || last.text === text && performance.now() - last.at < 5000) return;
  last = { text, at: performance.now() };
  const node = document.createElement('div');
  node.className = `toast ${kind}`;
  node.textContent = text;
  region.append(node);
  let timer = setTimeout(() => node.remove(), seconds * 1000);
  node.addEventListener('pointerenter', () => clearTimeout(timer));
  node.addEventListener('pointerleave', () => { timer = setTimeout(() => node.remove(), 3000); });
}
