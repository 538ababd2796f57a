// Bundles the browser code and styles of the web applications: no framework, one script, one style sheet, one sprite; the calendar apart.
import { build } from 'esbuild';
import { readFile, writeFile, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const arg = (name, fallback) => process.argv.find(a => a.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const production = arg('mode', 'production') === 'production';
const out = arg('out', join(here, 'dist'));
const json = async path => JSON.parse(await readFile(join(here, path), 'utf8'));

const options = {
  absWorkingDir: here,
  entryPoints: {
    app: 'src/js/app.js', calendar: 'src/js/calendar.js', kit: 'src/css/kit.css',
    public: 'src/js/public.js', 'public-pages': 'src/css/public.css', embed: 'src/js/embed.js',
    settings: 'src/js/settings.js', 'settings-page': 'src/css/settings.css',
  },
  outdir: out,
  bundle: true,
  format: 'esm',
  target: ['es2022', 'chrome123', 'firefox128', 'safari17.5'],
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

// One SVG sprite with only the icons that are named in icons.json.
async function sprite() {
  const symbols = await Promise.all((await json('icons.json')).map(async name => {
    const svg = await readFile(join(here, 'node_modules/bootstrap-icons/icons', `${name}.svg`), 'utf8');
    const body = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s+/g, ' ').trim();
    return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${body}</symbol>`;
  }));
  await writeFile(join(out, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
}

// The licences of everything that really ended up in a bundle.
async function notices(metafile) {
  const packages = new Set(['bootstrap-icons']);
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match) packages.add(match[1]);
  }
  const parts = [];
  for (const name of [...packages].sort()) {
    const folder = join(here, 'node_modules', name);
    const { version, license } = await json(`node_modules/${name}/package.json`);
    const file = (await readdir(folder)).find(f => /^licen[cs]e/i.test(f));
    const text = file ? await readFile(join(folder, file), 'utf8') : 'See the package for its licence text.';
    parts.push(`${name} ${version} (${license})\n\n${text}`);
  }
  await writeFile(join(out, 'third-party-licences.txt'), parts.join(`\n${'-'.repeat(80)}\n`));
}

// A page that grows heavy should fail a build, not a phone. Limits are KB after brotli.
async function budget() {
  for (const [name, limit] of Object.entries(await json('budget.json'))) {
    const size = brotliCompressSync(await readFile(join(out, name))).length / 1024;
    if (size > limit) process.exitCode = 1;
    console.log(`${size > limit ? 'OVER' : 'ok  '} ${name.padEnd(10)} ${size.toFixed(1)} of ${limit} KB brotli`);
  }
}

await mkdir(out, { recursive: true });
const { metafile } = await build(options);
await sprite();
await notices(metafile);
if (production) await budget();
