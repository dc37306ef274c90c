import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { check } from "@compose-harden/rules";
import { loadSample } from "../laws/sample.js";
import { projectOf } from "../precision/projects.js";
import { CATALOGUES, type Peer } from "./catalogues.js";
import { type Explained, placeOf, standingOf, type Theirs } from "./compare.js";
import { readComposeLint, readKics } from "./reports.js";

/** The differences that a person looked at. */
export function readExplained(): readonly Explained[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "explained.json"), "utf8"));
}

/** What the peers' reports say about the files below a folder. */
export interface Reports {
  readonly "compose-lint"?: string;
  readonly KICS?: string;
}

const PAGE = `# Side by side

What compose-lint 0.36.2 and the Compose queries of KICS 2.2.0 find in 1,166 real Compose files, each file by itself, and how it
stands here. \`found here\`: one of the rules named reports the same service. Every finding that is lacking was looked at: it has a
reason that a program can see, or a line in \`test/peers/explained.json\`. KICS's search for secrets in any text is not one of its
Compose queries and is left out. Made by \`node scripts/side-by-side.mjs\`, which exits 1 when a difference has no reason.

`;

interface Row {
  theirs: number;
  found: number;
  readonly reasons: Map<string, number>;
  readonly open: Theirs[];
}

/** Compares file by file and prints a table by rule; false where a finding of theirs is neither found nor explained. */
export function run(folder: string, reports: Reports, print: (text: string) => void): boolean {
  const root = resolve(folder);
  const theirs = [
    ...(reports["compose-lint"] === undefined ? [] : readComposeLint(JSON.parse(reports["compose-lint"]), root)),
    ...(reports.KICS === undefined ? [] : readKics(JSON.parse(reports.KICS), root)),
  ];
  const rows = new Map<string, Row>();
  const explained = readExplained();
  for (const [file, findings] of groupedByFile(theirs)) {
    const project = loadSample(projectOf(root, [file]));
    const ours = check(project);
    for (const one of findings) {
      const row = rowOf(rows, one);
      const standing = standingOf(one, project, ours, explained);
      row.theirs++;
      if (standing.kind === "found") row.found++;
      else if (standing.kind === "open") row.open.push(one);
      else row.reasons.set(standing.reason, (row.reasons.get(standing.reason) ?? 0) + 1);
    }
  }
  print(PAGE);
  print(tableOf(rows));
  const open = [...rows.values()].flatMap((row) => row.open);
  for (const one of open) print(`open: ${one.peer} ${one.rule} ${placeOf(one)} line ${one.line}\n`);
  return open.length === 0;
}

function groupedByFile(all: readonly Theirs[]): ReadonlyMap<string, readonly Theirs[]> {
  const groups = new Map<string, Theirs[]>();
  for (const one of all) {
    const group = groups.get(one.file) ?? [];
    group.push(one);
    groups.set(one.file, group);
  }
  return groups;
}

function rowOf(rows: Map<string, Row>, { peer, rule }: Theirs): Row {
  const key = `${peer} ${rule}`;
  const row = rows.get(key) ?? { theirs: 0, found: 0, reasons: new Map(), open: [] };
  rows.set(key, row);
  return row;
}

function tableOf(rows: ReadonlyMap<string, Row>): string {
  const lines = (Object.keys(CATALOGUES) as Peer[]).flatMap((peer) =>
    Object.entries(CATALOGUES[peer]).flatMap(([rule, { title, ours }]) => {
      const row = rows.get(`${peer} ${rule}`);
      if (row === undefined) return [];
      const reasons = [...row.reasons].map(([reason, count]) => `${count}: ${reason}`).join("; ");
      const lacking = row.theirs - row.found;
      return `| ${peer} | ${rule} | ${title} | ${ours.join(", ")} | ${row.theirs} | ${row.found} | ${lacking} | ${reasons} |\n`;
    }),
  );
  const head =
    "| peer | rule | what it says | here | theirs | found here | lacking | why |\n|---|---|---|---|---|---|---|---|\n";
  return head + lines.join("");
}
