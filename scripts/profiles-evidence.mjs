// `node scripts/profiles-evidence.mjs`: how many sources of each kind the profiles rest on, and how many profiles use it.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const { parse } = createRequire(join(root, "packages/profiles/package.json"))("yaml");
const folder = join(root, "packages/profiles/data");
const kinds = new Map();
let profiles = 0;
let names = 0;
for (const file of readdirSync(folder)) {
  const { images = [], evidence } = parse(readFileSync(join(folder, file), "utf8"));
  profiles++;
  names += images.length;
  const sources = Object.values(evidence);
  for (const kind of new Set(sources.map((source) => source.kind))) {
    const { sources: known = 0, profiles: users = 0 } = kinds.get(kind) ?? {};
    kinds.set(kind, { sources: known + sources.filter((source) => source.kind === kind).length, profiles: users + 1 });
  }
}
console.log(`${"kind".padEnd(20)}${"sources".padStart(8)}${"profiles".padStart(10)}`);
for (const [kind, { sources, profiles: users }] of [...kinds].sort((a, b) => b[1].sources - a[1].sources)) {
  console.log(`${kind.padEnd(20)}${String(sources).padStart(8)}${String(users).padStart(10)}`);
}
const total = [...kinds.values()].reduce((sum, { sources }) => sum + sources, 0);
console.log(`\n${total} sources in ${profiles} profiles with ${names} image names`);
