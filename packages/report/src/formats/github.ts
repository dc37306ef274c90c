import type { Severity } from "@compose-harden/model";
import { escapeText } from "../escape.js";
import type { DisplayPath, ReportedResult } from "../result.js";
import { cut, type Entry, entriesOf } from "./entry.js";

/**
 * The findings as workflow commands: GitHub's runner makes annotations of them, beside the lines concerned. Worst first, since
 * only the first ten of a level are shown for a step. `display` has to give paths from the root of the repository.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function formatGithub(results: readonly ReportedResult[], display: DisplayPath): string {
  return formatAnnotations(entriesOf(results, display));
}

/** Entries as workflow commands, in their order. */
export function formatAnnotations(entries: readonly Entry[]): string {
  return entries.map((entry) => `${command(entry)}\n`).join("");
}

/** More of a text is of no use in an annotation. */
const MESSAGE_UNITS = 4000;
const TITLE_UNITS = 200;

function command(entry: Entry): string {
  const { file, start, end } = entry;
  const properties = {
    file,
    line: start.line,
    endLine: end.line,
    // Columns mean something within one line only.
    ...(start.line === end.line ? { col: start.column, endColumn: end.column } : {}),
    title: cut(titleOf(entry), TITLE_UNITS),
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${LEVELS[entry.severity]} ${list.join(",")}::${messageOf(entry)}`;
}

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "notice",
  info: "notice",
};

function titleOf({ kind, rule, severity, service }: Entry): string {
  const what = kind === "finding" ? `${rule} (${severity})` : rule;
  return service === undefined ? what : `${service}: ${what}`;
}

function messageOf({ message, risk, remedy }: Entry): string {
  return [message, risk === "" ? "" : `Risk: ${risk}`, remedy === "" ? "" : `Fix: ${remedy}`]
    .filter((line) => line !== "")
    .map((line) => escapeData(escapeText(cut(line, MESSAGE_UNITS))))
    .join("%0A");
}

/** As the runner reads it back: `ActionCommand.cs` of https://github.com/actions/runner. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(escapeText(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
