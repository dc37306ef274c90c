import type { Severity } from "@compose-harden/model";
import { groupBy } from "../group.js";
import type { DisplayPath, ReportedResult } from "../result.js";
import { cut, type Entry, entriesOf } from "./entry.js";
import { element, xmlDocument } from "./xml.js";

/**
 * The findings as Checkstyle prints its own (`XMLLogger.java` of https://github.com/checkstyle/checkstyle), which Jenkins,
 * reviewdog and many others read.
 */
export function formatCheckstyle(results: readonly ReportedResult[], display: DisplayPath): string {
  const files = groupBy(entriesOf(results, display), ({ file }) => file);
  const elements = [...files].map(([name, entries]) =>
    element("file", { name }, inReadingOrder(entries).map(errorElement)),
  );
  return xmlDocument(element("checkstyle", { version: "4.3" }, elements));
}

function inReadingOrder(entries: readonly Entry[]): readonly Entry[] {
  return entries.toSorted((a, b) => a.start.line - b.start.line || a.start.column - b.start.column);
}

function errorElement({ rule, severity, message, risk, start }: Entry): string {
  return element("error", {
    line: start.line,
    column: start.column,
    severity: LEVELS[severity],
    message: cut(risk === "" ? message : `${message}: ${risk}`, 4000),
    source: `compose-harden.${rule}`,
  });
}

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "info",
  info: "info",
};
