import { resolve } from "node:path";
import { positionAt, type SourceRange } from "@compose-harden/model";
import { type Drawn, draw, findingsOf } from "./draw.js";
import { projectsIn } from "./projects.js";
import { readSheet } from "./sheet.js";

const USAGE = `usage: precision-sample.mjs [FOLDER] [--counts | --json] [--again] [--per-rule N] [--total N] [--seed TEXT] [--rule ID] [--lines N]

Prints what is to be judged: of each rule that fires in the Compose files below FOLDER (../shared/corpus) as many findings as the
sheet lacks. --again draws as if the sheet were empty.
`;

/** Draws findings of the projects below a folder, and prints each with what a person needs to judge it. */
export function run(argv: readonly string[], print: (text: string) => void): void {
  const { folder, options, flags } = parse(argv);
  if (flags.has("--help")) {
    print(USAGE);
    return;
  }
  const all = projectsIn(resolve(folder))
    .flatMap(findingsOf)
    .filter(({ finding }) => options.rule === undefined || finding.rule === options.rule);
  if (flags.has("--counts")) {
    for (const [rule, count] of countsOf(all)) print(`${rule}\t${count}\n`);
    return;
  }
  const before = new Set(flags.has("--again") ? [] : readSheet().map(({ fingerprint }) => fingerprint));
  const number = (name: string, usual: number): number => Number(options[name] ?? usual);
  const wanted = { perRule: number("per-rule", 10), total: number("total", 300), seed: options.seed ?? "1", before };
  for (const [index, one] of draw(all, wanted).entries())
    print(flags.has("--json") ? row(one) : `${describe(one, index + 1, number("lines", 40))}\n`);
}

function parse(argv: readonly string[]): {
  readonly folder: string;
  readonly flags: ReadonlySet<string>;
  readonly options: Readonly<Record<string, string>>;
} {
  const flags = new Set(argv.filter((word) => /^--(help|counts|json|again)$/.test(word)));
  const rest = argv.filter((word) => !flags.has(word));
  const options = rest.flatMap((word, index) =>
    word.startsWith("--") ? [[word.slice(2), rest[index + 1] ?? ""]] : [],
  );
  const [folder] = rest.filter((word, index) => !word.startsWith("--") && rest[index - 1]?.startsWith("--") !== true);
  return { folder: folder ?? "../shared/corpus", flags, options: Object.fromEntries(options) };
}

function countsOf(all: readonly Drawn[]): readonly (readonly [rule: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { finding } of all) counts.set(finding.rule, (counts.get(finding.rule) ?? 0) + 1);
  return [...counts].sort();
}

/** A line for the sheet, without a verdict. */
function row({ sample, finding, at, fingerprint }: Drawn): string {
  return `${JSON.stringify({ rule: finding.rule, files: sample.entry.files, at, fingerprint })}\n`;
}

function describe({ sample, project, finding, fingerprint, at }: Drawn, number: number, lines: number): string {
  const service = project.services.find(({ name }) => name === finding.service);
  const block = service?.blocks.findLast(({ value }) => value.file === finding.origin.value.file);
  const places = [
    excerpt(project.files, finding.origin.value, finding.origin.key ?? finding.origin.value, 4),
    ...(block === undefined ? [] : [excerpt(project.files, block.value, block.key ?? block.value, lines)]),
  ];
  return [
    `### ${number} ${finding.rule} ${finding.severity} ${fingerprint} ${at} [${finding.service ?? "-"}]\n`,
    at.startsWith(`${sample.name} `) ? "" : `  loaded: ${sample.name}\n`,
    finding.fix === undefined ? "" : `  ${finding.fix.applicability}: ${finding.fix.title}\n`,
    `  ${finding.message}\n  risk: ${finding.risk}\n`,
    ...finding.related.map(({ message, origin }) => `  + ${message} (line ${lineOf(project.files, origin.value)})\n`),
    places.join("  ...\n"),
  ].join("");
}

type Files = readonly { readonly path: string; readonly text: string }[];

function lineOf(files: Files, { file, start }: SourceRange): number {
  const text = files.find(({ path }) => path === file)?.text ?? "";
  return positionAt(text, start).line;
}

/** The lines of a range, the one before it, and no more than `most`. */
function excerpt(files: Files, value: SourceRange, from: SourceRange, most: number): string {
  const text = files.find(({ path }) => path === value.file)?.text ?? "";
  const first = positionAt(text, Math.min(from.start, value.start)).line;
  const last = positionAt(text, value.end).line;
  const shown = text.split("\n").slice(Math.max(0, first - 2), Math.min(last, first + most - 1));
  const begin = Math.max(1, first - 1);
  return shown.map((line, index) => `${String(begin + index).padStart(5)}|${line.slice(0, 160)}\n`).join("");
}
