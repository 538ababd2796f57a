// Makes types of OpenAPI documents and checks client.ts against them, as strictly as the compiler can.
// Usage: node check.mjs <folder with tenant.json, public.json and global.json>
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import openapiTS, { astToString } from "openapi-typescript";

const folder = process.argv[2];
for (const name of ["tenant", "public", "global"]) {
  const document = JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), "utf8"));
  fs.writeFileSync(path.join(folder, `${name}.d.ts`), astToString(await openapiTS(document, { defaultNonNullable: false })));
}

fs.copyFileSync(path.join(import.meta.dirname, "client.ts"), path.join(folder, "client.ts"));
const modules = path.join(folder, "node_modules");
if (!fs.existsSync(modules)) fs.symlinkSync(path.join(import.meta.dirname, "node_modules"), modules);
const program = ts.createProgram([path.join(folder, "client.ts")], {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  skipLibCheck: true,
  types: [],
});
const faults = [
  ...ts.getPreEmitDiagnostics(program),
  // Declarations are skipped with the libraries; ours are looked at all the same.
  ...["tenant", "public", "global"].flatMap(name => program.getSyntacticDiagnostics(program.getSourceFile(path.join(folder, `${name}.d.ts`)))),
];
for (const fault of faults) console.log(ts.flattenDiagnosticMessageText(fault.messageText, "\n"));
process.exitCode = faults.length > 0 ? 1 : 0;
