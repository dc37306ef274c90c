import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SEVERITIES } from "@compose-harden/model";
import { isAtLeast } from "@compose-harden/report";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { isSarif, mergeJson, type NamedBytes, parsed } from "../estate/merge-json.js";
import { mergeSarif } from "../estate/merge-sarif.js";
import { errorCode } from "../files/reader.js";
import { displayFrom, type Host } from "../host.js";
import { thresholdFrom } from "../options.js";
import { type Text, writeReport } from "../output.js";

/** Options of `merge`. */
export interface MergeOptions {
  readonly output?: string;
  readonly failOn?: string;
}

/** `compose-harden merge`: puts reports together. */
export function runMerge(paths: readonly string[], options: MergeOptions, host: Host): ExitCode {
  const threshold = thresholdFrom(options.failOn ?? "none");
  const reports = paths.map((path) => readReport(path, host));
  const sarif = reports.filter(({ bytes }) => isSarif(bytes));
  const [different] = sarif.length === reports.length ? [] : sarif;
  if (different !== undefined) {
    throw new UsageError(`\`${different.name}\` is SARIF, others are not: merge reports of one format`);
  }
  const text: Text = [];
  const write = (part: string) => text.push(Buffer.from(part));
  const severities =
    different === undefined && sarif.length > 0 ? mergeLogs(reports, write) : mergeJson(reports, write);
  if (options.output === undefined) for (const part of text) host.print(part.toString());
  else writeReport(resolve(host.cwd, options.output), text, displayFrom(host.cwd));
  const fails =
    threshold !== undefined &&
    SEVERITIES.some((severity) => severities.has(severity) && isAtLeast(severity, threshold));
  return fails ? EXIT.findings : EXIT.ok;
}

function mergeLogs(reports: readonly NamedBytes[], write: (text: string) => void): ReadonlySet<string> {
  const { text, severities } = mergeSarif(reports.map(({ name, bytes }) => ({ name, log: parsed(bytes, name) })));
  write(text);
  return new Set(severities);
}

function readReport(path: string, { cwd }: Host): NamedBytes {
  try {
    return { name: path, bytes: readFileSync(resolve(cwd, path)) };
  } catch (error) {
    const code = errorCode(error);
    throw new UsageError(
      `\`${path}\` cannot be read: ${code === "ENOENT" ? "there is no such file" : (code ?? String(error))}`,
    );
  }
}
