// The public booking pages. Everything works without this.
import { wireForms } from './forms.js';

wireForms(document);

// The visitor's own time zone comes first in the list.
const zones = document.querySelector('[data-zones]');
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zones && own && zones.value !== own) {
  const option = [...zones.options].find(o => o.value === own) ?? new Option(own.replaceAll('_', ' '), own);
  zones.prepend(option);
}
zones?.addEventListener('change', () => zones.form.requestSubmit());

// Free times that were read a while ago are read again when the visitor comes back to the page.
if (document.querySelector('[data-fresh]')) {
  const read = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && Date.now() - read > 60_000) location.reload();
  });
}

// In a frame of another site: says how high the page is. The height is no secret.
if (window.parent !== window) {
  const tell = () => window.parent.postMessage({ type: 'booking:height', height: document.documentElement.offsetHeight }, '*');
  new ResizeObserver(tell).observe(document.body);
  tell();
}
