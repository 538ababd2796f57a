// The calendar. Times travel as wall-clock text of the tenant's zone; the server turns them into instants.
import '../css/calendar.css';
import { createCalendar, DayGrid, TimeGrid, ResourceTimeline, Interaction } from '@event-calendar/core';
import { toast } from './toast.js';

const el = document.getElementById('calendar');
const t = el.dataset;
const views = JSON.parse(t.views);
const editable = t.editable === 'true';
const pad = n => String(n).padStart(2, '0');
const day = d => `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
const wall = d => `${day(d)}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
const dialog = document.getElementById('booking');
const form = dialog.querySelector('form');

/** An answer of the server as JSON; a session that ended or is in another tenant shows its page. */
async function json(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { Accept: 'application/json', ...options.headers } });
  const body = await answer.json().catch(() => null);
  if (answer.status === 401 || answer.status === 409 && !body) location.reload();
  if (!answer.ok) throw new Error(body?.detail ?? t.msgFailed);
  return body;
}

const query = values => {
  const url = new URL(t.url, location);
  for (const [name, value] of [...new FormData(document.getElementById('calendar-filters')), ...Object.entries(values)]) {
    if (value) url.searchParams.set(name, value);
  }
  return url;
};

const move = (id, version, from, to, start, end) => json(query({ handler: 'Move' }), {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', RequestVerificationToken: form.elements.__RequestVerificationToken.value },
  body: JSON.stringify({ id: Number(id), version, from: from && Number(from), to: to && Number(to), start, end }),
});

// A move is shown at once; a refusal takes it back and says why. What was moved can be moved back for a while.
async function moved(info) {
  const { event, oldEvent, oldResource, newResource } = info;
  el.setAttribute('aria-busy', 'true');
  try {
    const { text, version } = await move(
      event.id, event.extendedProps.version, oldResource?.id, newResource?.id, wall(event.start), wall(event.end));
    toast(text, {
      seconds: 10,
      action: {
        label: t.msgUndo,
        run: () => move(event.id, version, newResource?.id, oldResource?.id, wall(oldEvent.start), wall(oldEvent.end))
          .then(() => toast(t.msgUndone), e => toast(e.message, { kind: 'bad' }))
          .finally(() => calendar.refetchEvents()),
      },
    });
    calendar.refetchEvents();
  } catch (e) {
    info.revert();
    toast(e.message, { kind: 'bad', seconds: 12 });
  } finally {
    el.removeAttribute('aria-busy');
  }
}

// The URL names what is shown, so that it can be reloaded, shared and printed.
function remember(info) {
  el.dataset.kind = info.view.type.startsWith('resource') ? 'resources' : 'times';
  const url = new URL(location);
  const view = views[info.view.type];
  const date = day(calendar?.getOption('date') ?? info.start);
  url.searchParams.set('date', date);
  if (view === 'week') url.searchParams.delete('view');
  else url.searchParams.set('view', view);
  history.replaceState(history.state, '', url);
  const list = document.querySelector('a[data-list]');
  list.href = Object.assign(new URL(url), { search: url.search.replace(/view=[^&]*&?/, '') }).href;
  list.href += `${list.href.includes('?') ? '&' : '?'}view=list`;
  for (const [name, value] of [['view', view], ['date', date]]) document.getElementById('calendar-filters').elements[name].value = value;
}

let dragged = 0;
let dragging = false;
let focused = '';
let calendar;
el.addEventListener('focusin', e => { focused = e.target.dataset?.open ?? ''; });
calendar = createCalendar(el, [ResourceTimeline, TimeGrid, DayGrid, Interaction], {
  view: matchMedia('(max-width: 40rem)').matches && !new URL(location).searchParams.has('view') ? 'timeGridDay' : t.view,
  date: t.date,
  locale: document.documentElement.lang,
  firstDay: Number(t.firstDay),
  timeZone: t.offset,
  slotMinTime: '07:00',
  slotMaxTime: '20:00',
  scrollTime: '08:00',
  flexibleSlotTimeLimits: { eventFilter: event => !event.classNames.includes('is-blackout') },
  slotDuration: '00:30',
  snapDuration: '00:15',
  slotWidth: 44,
  height: 'auto',
  dayMaxEvents: true,
  nowIndicator: true,
  editable,
  eventStartEditable: editable,
  eventDurationEditable: editable,
  selectable: editable,
  headerToolbar: { start: 'prev,next today', center: 'title', end: Object.keys(views).join(',') },
  buttonText: text => ({ ...text, ...JSON.parse(t.buttons) }),
  resources: JSON.parse(t.resources),
  eventSources: [{
    events: info => json(query({ handler: 'Events', start: day(info.start), end: day(info.end) })).catch(e => {
      toast(e.message, { kind: 'bad' });
      return [];
    }),
  }],
  allDaySlot: false,
  datesSet: remember,
  eventDrop: moved,
  eventResize: moved,
  select: info => {
    const url = new URL(t.book, location);
    url.searchParams.set('local', wall(info.start));
    const resource = info.resource?.id ?? document.getElementById('resourceId').value;
    if (resource) url.searchParams.set('resourceId', resource);
    const service = document.getElementById('serviceId').value;
    if (service) url.searchParams.set('serviceId', service);
    location.assign(url);
  },
  // a reload builds the events again: the focus goes back to the one that had it
  eventAllUpdated: () => { if (focused && !el.contains(document.activeElement)) el.querySelector(`[data-open="${CSS.escape(focused)}"]`)?.focus(); },
  eventDragStart: () => { dragging = true; },
  eventDragStop: () => { dragging = false; dragged = Date.now(); },
  eventResizeStart: () => { dragging = true; },
  eventResizeStop: () => { dragging = false; dragged = Date.now(); },
  // a real button inside the event: the library's own role would sit on an <article>
  eventContent: ({ event, timeText }) => {
    if (event.display === 'background') return event.title;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'ec-open';
    button.dataset.open = event.id;
    const part = (name, text) => button.append(Object.assign(document.createElement('span'), { className: name, textContent: text }));
    part('ec-event-time', timeText);
    button.append(' ');
    part('ec-event-title', event.title);
    part('vh', event.extendedProps.label ?? '');
    return { domNodes: [button] };
  },
});

// The library marks its grid as a table but leaves out parts that a table must have; no role is better than a broken
// one. What a booking is stands in the text of its button, and the page also offers the day as a list.
const strip = () => {
  for (const node of el.querySelectorAll('[role=table],[role=rowgroup],[role=row],[role=rowheader],[role=columnheader],[role=cell]')) node.removeAttribute('role');
  for (const node of el.querySelectorAll('[aria-colindex],[aria-colspan]')) { node.removeAttribute('aria-colindex'); node.removeAttribute('aria-colspan'); }
};
new MutationObserver(strip).observe(el, { childList: true, subtree: true, attributes: true, attributeFilter: ['role', 'aria-colindex', 'aria-colspan'] });
strip();

// The same move without a pointer: the dialog holds plain fields.
el.addEventListener('click', e => {
  const button = e.target.closest('[data-open]');
  // the click that ends a drag is not an opening; a click of the keyboard has detail 0
  if (!button || e.detail > 0 && Date.now() - dragged < 300) return;
  const event = calendar.getEventById(button.dataset.open);
  dialog.querySelector('h2').textContent = event.title;
  document.getElementById('booking-when').textContent = `${event.start.toLocaleString(document.documentElement.lang, { dateStyle: 'full', timeStyle: 'short' })}${event.extendedProps.label}`;
  document.getElementById('booking-link').href = event.extendedProps.url;
  const f = form.elements;
  f.id.value = event.id;
  f.version.value = event.extendedProps.version;
  f.from.value = f.resource.value = event.resourceIds[0];
  f.start.value = wall(event.start);
  f.minutes.value = Math.round((event.end - event.start) / 60000);
  const fixed = !editable || event.startEditable === false || event.editable === false;
  document.getElementById('booking-move').hidden = fixed;
  form.querySelector('[type=submit]').hidden = fixed;
  form.querySelector('[role="alert"]').textContent = '';
  dialog.showModal();
});
dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
form.addEventListener('submit', async e => {
  e.preventDefault();
  const f = form.elements;
  const start = new Date(f.start.value);
  try {
    const { text } = await move(f.id.value, Number(f.version.value), f.from.value, f.resource.value, wall(start), wall(new Date(+start + f.minutes.value * 60000)));
    dialog.close();
    toast(text);
    calendar.refetchEvents();
  } catch (error) {
    form.querySelector('[role="alert"]').textContent = error.message;
  } finally {
    delete form.dataset.sending;
  }
});

// What somebody else does appears by itself, but never under a drag.
let due = 0;
const stream = new EventSource(query({ handler: 'Stream' }));
stream.addEventListener('open', later); // what changed before it was open
for (const type of ['booking', 'blackout', 'resource', 'settings']) {
  stream.addEventListener(`${type}.changed`, later);
  stream.addEventListener(`${type}.deleted`, later);
}
function later() {
  clearTimeout(due);
  due = setTimeout(() => dragging ? later() : calendar.refetchEvents(), 100);
}
addEventListener('pagehide', () => stream.close());

// Filters apply at once.
document.getElementById('calendar-filters').addEventListener('change', e => e.currentTarget.requestSubmit());
