import { createHash } from "node:crypto";
import { relative, sep } from "node:path";
import type { ReportedFinding, Shard, Sources } from "@compose-harden/report";
import { type DisplayPath, spanOf } from "@compose-harden/report";
import { UsageError } from "../errors.js";
import type { Target } from "../files/find.js";

/** Reads `--shard 2/8`. */
export function shardFrom(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (index < 1 || index > count) {
    throw new UsageError(`\`--shard ${text}\`: expected a part and their number, such as 2/8`);
  }
  return { index, count };
}

/**
 * The part a project belongs to, from 1: it depends on nothing but its path below `root` and the number of parts, so that
 * machines need not agree on anything else, and a new project moves no other one.
 */
export function shardOf({ entry }: Target, count: number, root: string): number {
  const name = (path: string) => relative(root, path).split(sep).join("/");
  const files = entry.files ?? [];
  return 1 + (digest([name(entry.cwd), ...files.map(name)]).readUInt32BE(0) % count);
}

/** Tells findings that say the same of the same place apart from others, across projects and machines. */
export function repeatKey(finding: ReportedFinding, sources: Sources, display: DisplayPath): string {
  const { file, start, end } = spanOf(finding.origin, sources);
  return repeatKeyOf(finding.rule, finding.message, display(file), start, end);
}

/** The same from a finding's parts. */
export function repeatKeyOf(rule: string, message: string, file: string, start: number, end: number): string {
  return digest([rule, message, file, start, end]).toString("base64url", 0, 12);
}

function digest(parts: readonly (string | number)[]): Buffer {
  return createHash("sha256").update(JSON.stringify(parts)).digest();
}
