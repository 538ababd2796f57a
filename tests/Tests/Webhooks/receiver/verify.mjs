// Reads [{ secret, headers, body }] from a file and verifies each as a receiver would.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

for (const { secret, headers, body } of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    const event = new Webhook(secret).verify(body, headers);
    if (!event.type || !event.timestamp || !event.data) throw new Error(`Not an event: ${body}`);
}
