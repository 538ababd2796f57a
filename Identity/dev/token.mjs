// Prints an access token of a demo user: signs in as a browser would (code + PKCE), with a Development-only client.
// Usage: node token.mjs --user ana@aurora.example [--tenant 1] [--password …] [--issuer http://localhost:5101]
//        node token.mjs --user staff@platform.example --staff
import { createHash, randomBytes } from "node:crypto";
import { parseArgs } from "node:util";

const REDIRECT = "http://127.0.0.1/callback";
const DEMO_PASSWORD = "Demo-2026-stack";

/** Follows redirects by hand, because each answer may set cookies and the last one leads to an address that is not there. */
class Browser {
  #cookies = new Map();

  async open(url, form) {
    const response = await fetch(url, {
      method: form ? "POST" : "GET",
      body: form && new URLSearchParams(form),
      redirect: "manual",
      headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "), "accept-language": "en" },
    });

    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }

    const to = response.headers.get("location");
    return { status: response.status, url, to: to && new URL(to, url).href, text: () => response.text() };
  }

  async follow(url) {
    for (let step = 0; step < 10; step++) {
      if (url.startsWith(`${REDIRECT}?`)) return { arrived: new URL(url).searchParams };
      const page = await this.open(url);
      if (!page.to) return { page };
      url = page.to;
    }
    throw new Error("The sign-in goes round in circles.");
  }
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      user: { type: "string" },
      tenant: { type: "string" },
      staff: { type: "boolean", default: false },
      password: { type: "string", default: DEMO_PASSWORD },
      issuer: { type: "string", default: process.env.IDENTITY_ISSUER || "http://localhost:5101" },
    },
  });
  if (!options.user) throw new Error("Say who: --user ana@aurora.example [--tenant 1]");

  const client = options.staff ? "cli-staff" : "cli";
  const issuer = options.issuer.replace(/\/$/, "");
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(16).toString("base64url");
  const browser = new Browser();

  const request = new URLSearchParams({
    client_id: client,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: `openid scheduling licensing${options.staff ? " platform" : ""}`,
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(options.tenant && { acr_values: `tenant:${options.tenant}` }),
  });

  const { page } = await browser.follow(`${issuer}/connect/authorize?${request}`);
  if (!page) throw new Error("Identity answered without asking who signs in.");

  const html = await page.text();
  const antiforgery = /name="__RequestVerificationToken"[^>]*value="([^"]+)"/.exec(html)?.[1];
  if (!antiforgery) throw new Error(`Identity showed no sign-in form (${page.status}): ${headline(html)}. Is it in Development?`);

  const signedIn = await browser.open(page.url, {
    "Input.Email": options.user,
    "Input.Password": options.password,
    action: "signin",
    __RequestVerificationToken: antiforgery,
  });
  if (!signedIn.to) throw new Error(`Identity refused (${signedIn.status}): ${problem(await signedIn.text())}`);

  const { arrived, page: next } = await browser.follow(signedIn.to);
  if (next?.url.includes("/Account/ChooseTenant")) throw new Error("This person is a member of several organisations: name one with --tenant.");
  if (arrived?.get("state") !== state || !arrived.get("code")) {
    throw new Error(`Identity gave no code: ${arrived?.get("error") ?? "it showed another page"}`);
  }

  const answer = await fetch(`${issuer}/connect/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: client,
      code: arrived.get("code"),
      redirect_uri: REDIRECT,
      code_verifier: verifier,
    }),
  });
  const tokens = await answer.json();
  if (!answer.ok) throw new Error(`Identity gave no token: ${tokens.error} ${tokens.error_description ?? ""}`);

  console.log(tokens.access_token);
}

const plain = (html) => html.replace(/<[^>]+>/g, " ").replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(parseInt(hex, 16))).replace(/\s+/g, " ").trim();
const headline = (html) => plain(/<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? "no page at all");
const problem = (html) => plain(/<ul>(.*?)<\/ul>/s.exec(html)?.[1] ?? headline(html));

main().catch((e) => {
  const code = e.cause?.code ?? e.cause?.errors?.[0]?.code; // localhost is two addresses, and each has its own failure
  console.error(`token: ${code === "ECONNREFUSED" ? "Identity does not answer. Is the stack up?" : e.message}`);
  process.exit(1);
});
