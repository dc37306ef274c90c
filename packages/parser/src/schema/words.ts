import { formatPath, type Path } from "@compose-harden/model";
import type { Node } from "../tree/node.js";
import type { Issue } from "./check.js";

/** An issue in the words of the house: the fact first, what was found, what was expected. */
export function describe(issue: Issue): string {
  const { path, node } = issue;
  const subject = path.length === 0 ? "the file" : `\`${formatPath(path)}\``;
  const found = `found ${shown(node, path)}`;
  switch (issue.kind) {
    case "type":
      return `${subject} must be ${list(issue.expected.map(typeName))}, ${found}`;
    case "unknown-key": {
      const close = nearestName(issue.key, issue.known);
      return `\`${formatPath([...path, issue.key])}\` is not a known attribute${close === undefined ? "" : `; did you mean \`${close}\``}`;
    }
    case "bad-name":
      return `\`${issue.key}\` cannot be a name in \`${formatPath(path)}\`: only letters, digits, \`.\`, \`_\` and \`-\` are allowed`;
    case "missing-key":
      return `${subject} needs \`${issue.key}\``;
    case "choice":
      return `${subject} must be ${list(issue.allowed.map((value) => `\`${value}\``))}, ${found}`;
    case "pattern":
      return `${subject} must match \`${issue.pattern}\`, ${found}`;
    case "minimum":
      return `${subject} must be at least ${issue.limit}, ${found}`;
    case "maximum":
      return `${subject} must be at most ${issue.limit}, ${found}`;
    case "repeated":
      return `${subject} holds the same entry twice, at ${issue.first} and ${issue.again[0]}`;
    case "ambiguous":
      return `${subject} fits several forms at once, ${found}`;
  }
  issue satisfies never;
  return subject;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: "a mapping",
  array: "a list",
  string: "a string",
  number: "a number",
  integer: "an integer",
  boolean: "a boolean",
  null: "empty",
};

function typeName(type: string): string {
  return TYPE_NAMES[type] ?? type;
}

function list(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** Attributes whose values may be secrets: their type is told, never the value. */
const CONFIDENTIAL: ReadonlySet<string> = new Set([
  "environment",
  "args",
  "content",
  "secrets",
  "configs",
  "options",
  "driver_opts",
  "labels",
  "annotations",
]);

/** What stands there, short enough for one line of an error. */
function shown(node: Node, path: Path): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "seq") return node.items.length === 0 ? "an empty list" : "a list";
  const { value } = node;
  if (value === null) return "nothing";
  const confidential = path.some((step) => typeof step === "string" && CONFIDENTIAL.has(step));
  if (typeof value !== "string") {
    return confidential ? (typeof value === "boolean" ? "a boolean" : "a number") : String(value);
  }
  if (confidential) return "a string";
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}

/** The known name that differs least, when it differs by no more than a slip of the fingers. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase().replaceAll("-", "_");
  const limit = wanted.length < 4 ? 1 : wanted.length < 8 ? 2 : 3;
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - wanted.length) >= least) continue;
    const distance = editDistance(wanted, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
