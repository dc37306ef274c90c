import { resolve } from "node:path";
import { formatPath, positionAt, type SourceRange } from "@compose-harden/model";
import { type Drawn, draw, findingsOf } from "./draw.js";
import { projectsIn } from "./projects.js";

const USAGE =
  "usage: precision-sample.mjs [FOLDER] [--per-rule N] [--total N] [--seed TEXT] [--rule ID] [--lines N] [--counts]\n";

/** Draws findings of the projects below a folder, and prints each with what a person needs to judge it. */
export function run(argv: readonly string[], print: (text: string) => void): void {
  const { folder, options, counts } = parse(argv);
  if (folder === undefined) {
    print(USAGE);
    return;
  }
  const all = projectsIn(resolve(folder)).flatMap(findingsOf);
  const byRule = groupByRule(all);
  if (counts) {
    for (const [rule, found] of [...byRule].sort()) print(`${rule}\t${found.length}\n`);
    return;
  }
  const wanted = all.filter(({ finding }) => options.rule === undefined || finding.rule === options.rule);
  const drawn = draw(wanted, Number(options["per-rule"] ?? 10), Number(options.total ?? 300), options.seed ?? "1");
  print(`${drawn.length} of ${wanted.length} findings\n\n`);
  for (const [index, one] of drawn.entries()) print(`${describe(one, index + 1, Number(options.lines ?? 40))}\n`);
}

function parse(argv: readonly string[]): {
  readonly folder: string | undefined;
  readonly counts: boolean;
  readonly options: Readonly<Record<string, string>>;
} {
  const options: Record<string, string> = {};
  let folder: string | undefined = "../shared/corpus";
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? "";
    if (word === "--help") folder = undefined;
    else if (word === "--counts") continue;
    else if (word.startsWith("--")) options[word.slice(2)] = argv[++index] ?? "";
    else folder = word;
  }
  return { folder, counts: argv.includes("--counts"), options };
}

function groupByRule(all: readonly Drawn[]): Map<string, Drawn[]> {
  const groups = new Map<string, Drawn[]>();
  for (const one of all) groups.set(one.finding.rule, [...(groups.get(one.finding.rule) ?? []), one]);
  return groups;
}

function describe({ sample, project, finding, fingerprint, file }: Drawn, number: number, lines: number): string {
  const service = project.services.find(({ name }) => name === finding.service);
  const block = service?.blocks.findLast(({ value }) => value.file === finding.origin.value.file);
  const places = [
    excerpt(project.files, finding.origin.value, finding.origin.key ?? finding.origin.value, 4),
    ...(block === undefined ? [] : [excerpt(project.files, block.value, block.key ?? block.value, lines)]),
  ];
  const loaded = sample.name === file ? "" : `  loaded: ${sample.name}\n`;
  return [
    `### ${number} ${finding.rule} ${finding.severity} ${fingerprint} ${file} [${finding.service ?? "-"}]\n`,
    loaded,
    `  at ${formatPath(finding.path)}${finding.fix === undefined ? "" : ` (${finding.fix.applicability}: ${finding.fix.title})`}\n`,
    `  ${finding.message}\n  risk: ${finding.risk}\n`,
    ...finding.related.map(({ message, origin }) => `  + ${message} (line ${lineOf(project.files, origin.value)})\n`),
    `${places.join("  ...\n")}`,
  ].join("");
}

type Files = readonly { readonly path: string; readonly text: string }[];

function lineOf(files: Files, { file, start }: SourceRange): number {
  const text = files.find(({ path }) => path === file)?.text ?? "";
  return positionAt(text, start).line;
}

/** The lines of a range, some of those before it, and no more than `most`. */
function excerpt(files: Files, value: SourceRange, from: SourceRange, most: number): string {
  const text = files.find(({ path }) => path === value.file)?.text ?? "";
  const all = text.split("\n");
  const first = positionAt(text, Math.min(from.start, value.start)).line;
  const last = positionAt(text, value.end).line;
  const shown = all.slice(Math.max(0, first - 2), Math.min(last, first + most - 1));
  return shown
    .map((line, index) => `${String(Math.max(1, first - 1) + index).padStart(5)}|${line.slice(0, 160)}\n`)
    .join("");
}
