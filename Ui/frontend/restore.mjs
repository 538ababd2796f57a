// `npm ci` under a lock: two builds of one checkout at once (Debug and Release, say) would tear node_modules apart.
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const here = dirname(fileURLToPath(import.meta.url));
const lock = join(here, '.npm-ci.lock');
const stamp = join(here, 'node_modules/.npm-ci.stamp');
const inputs = ['package.json', 'package-lock.json', '.npmrc'];
const changed = path => statSync(path).mtimeMs;
const fresh = () => existsSync(stamp) && inputs.every(f => changed(join(here, f)) <= changed(stamp));

function lockIsStale() {
  const age = Date.now() - statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return age > 600_000; // npm ci is stopped after half of that, so its owner is gone
}

for (const started = Date.now(); ; await sleep(250)) {
  try {
    mkdirSync(lock);
    break;
  } catch (e) {
    if (e.code !== 'EEXIST') throw e;
  }
  if (lockIsStale()) rmSync(lock, { recursive: true, force: true });
  if (Date.now() - started > 900_000) throw new Error(`waited too long for ${lock}`);
}

try {
  if (!fresh()) {
    const windows = process.platform === 'win32';
    // include=dev: NODE_ENV=production would otherwise leave esbuild out
    const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const run = spawnSync(windows ? 'npm.cmd' : 'npm', args, { cwd: here, stdio: 'inherit', shell: windows, timeout: 300_000 });
    if (run.status !== 0) throw new Error(`npm ci ended with ${run.status ?? run.signal}`);
    writeFileSync(stamp, '');
  }
} finally {
  rmSync(lock, { recursive: true, force: true });
}
