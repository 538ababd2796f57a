// Common behaviour of the web applications. Every page works without it.
import 'htmx.org/dist/htmx.esm.js';
import { toast } from './toast.js';
import { wireForms } from './forms.js';
import { wireKeys } from './keys.js';
import { wirePortal } from './portal.js';
import { wireDrafts } from './drafts.js';
import { wireDialogs } from './dialog.js';
import { wireSide } from './side.js';
import { wirePalette } from './palette.js';
import { wireSlug } from './slug.js';

wireForms(document);
wireKeys(document);
wirePortal(document);
wireDrafts(document);
wireDialogs(document);
wireSide(document);
wirePalette(document);
wireSlug(document);

// Slow answers show a bar.
let pending = 0;
const busy = change => document.body.classList.toggle('busy', (pending = Math.max(0, pending + change)) > 0);
document.addEventListener('htmx:before:request', () => busy(1));
document.addEventListener('htmx:finally:request', () => busy(-1));
document.addEventListener('htmx:error', () => toast(document.body.dataset.offline, { kind: 'bad' }));

// The server asks for a message with the header HX-Trigger: {"toast":{"text":"…"}}.
document.addEventListener('toast', e => toast(e.detail.text, e.detail));

// Light or dark is a choice of this browser; the server reads the cookie, so that the next page does not flash.
document.addEventListener('click', e => {
  const toggle = e.target.closest?.('[data-theme-toggle]');
  if (!toggle) return;
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  toggle.setAttribute('aria-pressed', String(!dark));
});
