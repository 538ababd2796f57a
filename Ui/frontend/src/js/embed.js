// Shows the booking pages of an organisation in a frame where this script stands:
// <script src="https://…/embed.js" data-slug="clinica-aurora" data-service="1" data-lang="pt-BR" async></script>
(() => {
  const script = document.currentScript;
  const { slug, service, lang, title } = script.dataset;
  const site = new URL(script.src).origin;
  const url = new URL([slug, service].filter(Boolean).map(encodeURIComponent).join('/'), `${site}/`);
  url.searchParams.set('embed', '1');
  if (lang) url.searchParams.set('lang', lang);

  const frame = document.createElement('iframe');
  frame.src = url.href;
  frame.title = title ?? slug ?? 'Booking';
  frame.style.cssText = 'width:100%;min-height:36rem;border:0';
  script.after(frame);

  addEventListener('message', e => {
    if (e.origin !== site || e.source !== frame.contentWindow || e.data?.type !== 'booking:height') return;
    frame.style.height = `${Math.ceil(Number(e.data.height)) || 0}px`;
  });
})();
