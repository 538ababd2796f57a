// Verifies the audit trails of a running platform and names each chain as it is done. Ends with 1 if one is broken.
// Usage: node audit.mjs [--tenant 1] [--api http://localhost:5102] [--issuer http://localhost:5101]
// The token is that of PLATFORM_TOKEN (of staff), or in Development that of the demo's own client.
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    tenant: { type: "string" },
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
  const answer = await fetch(new URL("internal/api/v1/audit/verify", `${options.api.replace(/\/$/, "")}/`), {
    method: "POST",
    headers: {
      authorization: `Bearer ${await token()}`,
      accept: "application/x-ndjson",
      "content-type": "application/json",
    },
    body: JSON.stringify(options.tenant ? { tenantId: Number(options.tenant) } : {}),
  });
  if (!answer.ok) throw new Error(`The API answered ${answer.status}: ${await answer.text()}`);

  let [chains, rows, broken] = [0, 0, 0];
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body) })) {
    const chain = JSON.parse(line);
    const name = `${chain.tenantId === 0 ? "platform" : `tenant ${chain.tenantId}`}, ${chain.chain}`;
    const sealedTo = chain.sealedTo ? `sealed to ${chain.sealedTo}` : "not sealed yet";
    chains += 1;
    rows += chain.rows;
    if (chain.fault) broken += 1;
    if (chain.fault) console.log(`${name}: BROKEN at ${chain.firstBroken} (${chain.fault}), ${sealedTo}`);
    else if (chain.rows) console.log(`${name}: ${chain.rows} rows are whole, ${sealedTo}`);
  }

  console.log(`${chains} chains, ${rows} rows: ${broken ? `${broken} BROKEN` : "all whole"}`);
  process.exitCode = broken ? 1 : 0;
}

await main().catch((e) => {
  console.error(`audit: ${e.cause?.message ?? e.message}`);
  process.exitCode = 2;
});
