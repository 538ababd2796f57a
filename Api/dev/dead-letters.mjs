// Replays every dead letter of a running platform, oldest first. Ends with 1 if one could not be replayed.
// Usage: node dead-letters.mjs [--group webhooks] [--api http://localhost:5102] [--issuer http://localhost:5101]
// The token is that of PLATFORM_TOKEN (of staff), or in Development that of the demo's own client.
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    group: { type: "string" },
    api: { type: "string", default: process.env.PLATFORM_API || "http://localhost:5102" },
    issuer: { type: "string", default: process.env.IDENTITY_ISSUER || "http://localhost:5101" },
  },
});

async function token() {
  if (process.env.PLATFORM_TOKEN) return process.env.PLATFORM_TOKEN;
  const form = { grant_type: "client_credentials", client_id: "demo", client_secret: "demo-secret", scope: "platform" };
  const answer = await fetch(new URL("connect/token", `${options.issuer.replace(/\/$/, "")}/`), {
    method: "POST",
    body: new URLSearchParams(form),
  });
  if (!answer.ok) throw new Error("Set PLATFORM_TOKEN to a token of staff: outside Development there is no demo client.");
  return (await answer.json()).access_token;
}

async function main() {
  const headers = { authorization: `Bearer ${await token()}` };
  const url = (path) => new URL(`internal/api/v1/events/dead-letters${path}`, `${options.api.replace(/\/$/, "")}/`);
  const letters = [];
  for (let cursor = ""; cursor !== null; ) {
    const query = new URLSearchParams({ limit: "200", ...(options.group && { group: options.group }), ...(cursor && { cursor }) });
    const answer = await fetch(url(`?${query}`), { headers });
    if (!answer.ok) throw new Error(`The API answered ${answer.status}: ${await answer.text()}`);
    const page = await answer.json();
    letters.push(...page.data);
    cursor = page.meta.page.next;
  }

  let failed = 0;
  for (const letter of letters.reverse()) {
    const answer = await fetch(url(`/${letter.id}/replay`), { method: "POST", headers });
    if (!answer.ok && answer.status !== 404) failed += 1; // 404: somebody else did
  }

  console.log(`${letters.length - failed} dead letters were replayed${failed ? `, ${failed} were not` : ""}`);
  process.exitCode = failed ? 1 : 0;
}

await main().catch((e) => {
  console.error(`dead-letters: ${e.cause?.message ?? e.message}`);
  process.exitCode = 2;
});
