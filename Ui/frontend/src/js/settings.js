// Extras of the set-up. Every page works without them.
const step = 15;
const minutes = text => /^\d\d:\d\d$/.test(text) ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3)) : null;
const text = value => `${String(Math.floor(value / 60) % 24).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;

// A bar of the day below its hours: drag a bar to move it, its ends to change it. The time fields stay the truth.
function wireDay(day) {
  const track = document.createElement('div');
  track.className = 'track';
  track.setAttribute('aria-hidden', 'true'); // the time fields say the same
  day.append(track);

  const rows = () => [...day.querySelectorAll('[data-hours]')].map(row => row.querySelectorAll('input[type="time"]'));
  function draw() {
    track.replaceChildren(...rows().map(([from, to], index) => {
      const start = minutes(from.value);
      const last = minutes(to.value);
      if (start === null || last === null) return null;
      const end = last <= start ? 1440 : last; // until midnight, or into the next day
      const bar = document.createElement('i');
      bar.dataset.index = index;
      bar.style.insetInlineStart = `${start / 14.4}%`;
      bar.style.width = `${(end - start) / 14.4}%`;
      return bar;
    }).filter(Boolean));
  }

  track.addEventListener('pointerdown', e => {
    const bar = e.target.closest('i');
    if (!bar) return;
    e.preventDefault();
    track.setPointerCapture(e.pointerId);
    const [from, to] = rows()[bar.dataset.index];
    const box = bar.getBoundingClientRect();
    const part = e.clientX - box.left < 8 ? 'start' : box.right - e.clientX < 8 ? 'end' : 'both';
    const begin = { x: e.clientX, start: minutes(from.value), end: minutes(to.value) || 1440 };
    const width = track.getBoundingClientRect().width;
    const move = m => {
      const by = Math.round((m.clientX - begin.x) / width * 1440 / step) * step;
      const start = part === 'end' ? begin.start : Math.max(0, Math.min(begin.start + by, 1440 - step));
      const end = part === 'start' ? begin.end : Math.max(step, Math.min(begin.end + by, 1440));
      if (end - start < step) return;
      from.value = text(start);
      to.value = text(end);
      draw();
    };
    const stop = () => {
      track.removeEventListener('pointermove', move);
      track.removeEventListener('pointerup', stop);
      track.removeEventListener('pointercancel', stop);
    };
    track.addEventListener('pointermove', move);
    track.addEventListener('pointerup', stop);
    track.addEventListener('pointercancel', stop);
  });
  day.addEventListener('input', draw);
  draw();
}

document.querySelectorAll('[data-week] [data-day]').forEach(wireDay);

// A button that copies what it names, and says so.
document.addEventListener('click', async e => {
  const button = e.target.closest?.('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  button.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail: { text: button.dataset.copied } }));
});

// What was typed and not saved is asked about before it is left.
let typed = false;
document.addEventListener('input', e => { typed ||= e.target.form?.method === 'post'; });
document.addEventListener('submit', () => { typed = false; });
addEventListener('beforeunload', e => { if (typed) e.preventDefault(); });

document.querySelector('#day-title')?.focus();
