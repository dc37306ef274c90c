import { escapeText } from "../escape.js";
import { formatPlace, sourcesOf, spanOf } from "../place.js";
import { type DisplayPath, gapsOf, type ReportedResult } from "../result.js";

/** One line for each finding and gap, `file:line:column: severity: message [rule]`, in the order of the files: for editors and `grep`. */
export function formatConcise(results: readonly ReportedResult[], display: DisplayPath): string {
  const lines = results.flatMap(({ project, findings }) => {
    const sources = sourcesOf(project);
    return [
      ...gapsOf(project).map(({ at, message }) => {
        const place = at === undefined ? "" : `${formatPlace(at, sources, display)}: `;
        return `${place}gap: ${message}`;
      }),
      ...findings.map(({ origin, severity, message, rule, fix }) => {
        const way = fix === undefined ? "" : ` (${fix.applicability} fix)`;
        return `${formatPlace(spanOf(origin, sources), sources, display)}: ${severity}: ${message} [${rule}]${way}`;
      }),
    ];
  });
  return lines.map((line) => `${escapeText(line)}\n`).join("");
}
