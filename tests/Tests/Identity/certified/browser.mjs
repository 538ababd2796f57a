// A browser without a screen: it keeps cookies, follows redirects within one site, and fills in Identity's forms.
export class Browser {
  #cookies = new Map();

  constructor(site) { this.site = site; }

  async open(url, form) {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form), redirect: 'manual',
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '), 'accept-language': 'en' },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) this.#cookies.set(name, value); else this.#cookies.delete(name);
    }

    const location = response.headers.get('location');
    return { status: response.status, url, next: location && new URL(location, url).href, html: await response.text() };
  }

  // Ends at a page of the site, or where the browser would leave it.
  async follow(url, form) {
    let page = await this.open(url, form);
    for (let i = 0; i < 12 && page.next; i++) {
      if (!page.next.startsWith(`${this.site}/`)) return { left: new URL(page.next), page };
      page = await this.open(page.next);
    }
    return { page };
  }

  async submit(page, fields) {
    const token = /name="__RequestVerificationToken"[^>]*value="([^"]+)"/.exec(page.html)?.[1];
    if (!token) throw new Error(`There is no form at ${page.url} (${page.status}).`);
    return this.follow(page.url, { ...fields, __RequestVerificationToken: token });
  }

  // Signs in where it is asked to, and chooses the first organisation where there are several.
  async signIn(url, { email, password }) {
    let at = await this.follow(url);
    if (at.page.url.includes('/Account/Login')) {
      at = await this.submit(at.page, { 'Input.Email': email, 'Input.Password': password, action: 'signin' });
    }

    const tenant = /name="tenant" value="([^"]+)/.exec(at.page.html)?.[1];
    if (tenant) at = await this.submit(at.page, { tenant });
    if (!at.left) throw new Error(`The browser is still at ${at.page.url} (${at.page.status}).`);
    return at.left;
  }
}
