import { type Applied, type Finding, isRenewal, type Patch, type Refused } from "@compose-harden/model";
import { counted } from "./count.js";
import { escapeText } from "./escape.js";
import type { DisplayPath } from "./result.js";
import type { Style } from "./style.js";
import { indent } from "./text.js";

/** How the summary of a patch is to look. */
export interface PatchTextOptions {
  readonly style: Style;
  readonly columns: number;
  readonly display: DisplayPath;
  /** `written`: the files hold the fixes; `shown`: a diff was printed; `wanted`: neither, only asked whether. */
  readonly mode: "written" | "shown" | "wanted";
}

/**
 * What a patch does and does not do, for people: each fix with its grade and caveat, each refusal with its reason, how many
 * fixes wait for a person's word. What is the same for several services is said once, with their names.
 */
export function formatPatch(patch: Patch, options: PatchTextOptions): string {
  const { style, columns } = options;
  const noted = new Set<string>();
  const fixes = grouped(patch.applied.map(({ finding }) => ({ finding, detail: caveatOf(finding) })));
  const refusals = grouped(patch.refused.map((refused) => ({ finding: refused.finding, detail: reasonOf(refused) })));
  const lines = [
    ...fixes.flatMap((group) => [
      ...entryLines(style.green("fix     "), group, options),
      ...noteLines(group.finding, noted, options),
    ]),
    ...refusals.flatMap((group) => entryLines(style.yellow("refused "), group, options)),
  ];
  const total = totalLine(patch, options);
  return `${[...lines, ...keepingLines(patch, options), ...indent(total, 0, columns).map(style.bold), ...heldLines(patch, options)].join("\n")}\n`;
}

interface Entry {
  readonly finding: Finding;
  readonly detail: string;
}

interface Group extends Entry {
  readonly services: readonly string[];
}

function caveatOf({ fix }: Finding): string {
  return fix?.applicability === "unsafe" ? `may break: ${fix.caveat}` : "";
}

function reasonOf({ refusal, detail }: Refused): string {
  return `${detail} (${refusal})`;
}

/** A note is told with the first fix of its kind: what differs are ports and names. */
function noteLines(
  { rule, fix }: Finding,
  noted: Set<string>,
  { columns, style }: PatchTextOptions,
): readonly string[] {
  if (fix?.note === undefined) return [];
  const kind = `${rule} ${fix.note.replace(/\d[\d/a-z-]*|`[^`]*`/g, "")}`;
  if (noted.has(kind)) return [];
  noted.add(kind);
  return indent(escapeText(fix.note), LABEL + 2, columns).map(style.dim);
}

/** Entries alike but for the service become one. */
function grouped(entries: readonly Entry[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    const { finding, detail } = entry;
    const service = finding.service ?? "";
    const general = detail.replaceAll(`\`${service}\``, "it");
    const key = JSON.stringify([finding.rule, finding.fix?.title, finding.fix?.applicability, general]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { ...entry, services: [service] });
    else {
      const services = known.services.includes(service) ? known.services : [...known.services, service];
      groups.set(key, { ...known, detail: services.length > 1 ? general : known.detail, services });
    }
  }
  return [...groups.values()];
}

const LABEL = 8;

function entryLines(
  label: string,
  { finding, detail, services }: Group,
  { columns, style }: PatchTextOptions,
): string[] {
  const names = services
    .filter((name) => name !== "")
    .map(escapeText)
    .join(", ");
  const title = `${names === "" ? "" : `${names}: `}${escapeText(finding.fix?.title ?? finding.message)}`;
  const [head = "", ...more] = indent(
    `${title} (${finding.fix?.applicability ?? "no fix"}) [${finding.rule}]`,
    LABEL,
    columns,
  );
  const below = detail === "" ? [] : indent(escapeText(detail), LABEL + 2, columns).map(style.dim);
  return [`${label}${head.slice(LABEL)}`, ...more, ...below];
}

/** What happened to files that are no Compose files, and what a diff cannot do to them. */
function keepingLines({ changes }: Patch, { columns, display, mode, style }: PatchTextOptions): readonly string[] {
  return changes.flatMap(({ path, before, role }): readonly string[] => {
    if (role === undefined) return [];
    const file = escapeText(display(path));
    const verb = before === undefined ? "created" : "extended";
    const access =
      before === undefined ? "readable by its owner alone" : "no longer open to others on this machine, if it was";
    const text =
      role === "ignore"
        ? `${file}: ${verb}, so that git leaves the env file out`
        : mode === "written"
          ? `${file}: ${verb}, ${access}`
          : `${file}: ${verb}; a diff sets no permissions: \`chmod ${before === undefined ? "600" : "o-rwx"} ${file}\` after applying it`;
    const [head = "", ...more] = indent(text, LABEL, columns);
    return [`${style.green("file    ")}${head.slice(LABEL)}`, ...more];
  });
}

function totalLine({ applied, refused, changes }: Patch, { mode, display }: PatchTextOptions): string {
  const files = changes.length === 1 ? escapeText(display(changes[0]?.path ?? "")) : counted(changes.length, "file");
  const refusals = refused.length === 0 ? "" : `; ${refused.length} refused`;
  if (applied.length === 0) return `nothing ${mode === "written" ? "was" : "is"} fixed${refusals}`;
  const fixes = counted(applied.length, "fix", "fixes");
  switch (mode) {
    case "written":
      return `${fixes} written to ${files}${refusals}`;
    case "shown":
      return `${fixes} for ${files}${refusals}; \`--write\` writes them`;
    case "wanted":
      return `${fixes} wanted in ${files}${refusals}`;
    default:
      return mode satisfies never;
  }
}

function heldLines({ held }: Patch, { columns, style }: PatchTextOptions): readonly string[] {
  const unsafe = held.filter(({ fix }) => fix?.applicability === "unsafe" && !isRenewal(fix));
  const known = held.filter(({ fix }) => fix !== undefined && isRenewal(fix)).length;
  const rules = [...new Set(unsafe.map(({ rule }) => rule))].sort();
  const text = `${counted(unsafe.length, "unsafe fix", "unsafe fixes")} held back; \`--unsafe\` includes ${unsafe.length === 1 ? "it" : "them"}, \`--unsafe=${rules[0] ?? ""}\` those of one rule: ${rules.join(", ")}`;
  const kept = `${counted(known, "secret", "secrets")} that everybody knows ${known === 1 ? "stays" : "stay"}; \`--new-secrets\` makes new ones, for a stack that has not started yet`;
  return [...(unsafe.length === 0 ? [] : [text]), ...(known === 0 ? [] : [kept])].flatMap((line) =>
    indent(line, 0, columns).map(style.yellow),
  );
}

/** Of several patches, what was written and what was not, as one. */
export function mergePatches(patches: readonly Patch[]): Patch {
  const all = <T>(pick: (patch: Patch) => readonly T[]): readonly T[] => patches.flatMap(pick);
  return {
    changes: all(({ changes }) => changes),
    applied: all<Applied>(({ applied }) => applied),
    refused: all<Refused>(({ refused }) => refused),
    held: all<Finding>(({ held }) => held),
  };
}
