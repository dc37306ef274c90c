import { counted, totalsOf } from "../count.js";
import type { DisplayPath, ReportedResult } from "../result.js";
import { type Entry, entriesOf } from "./entry.js";
import { code, detail, details, hasDetails, prose, SIGNS } from "./html.js";

/** Where the report is to fit: a comment of GitHub takes 65,536 characters, a job summary 1 MiB. */
const UNITS = 60_000;

/**
 * The findings for a job summary or a comment: a table, worst first, then what can happen and what mends it, folded. What comes
 * from files stands in HTML blocks, where nothing is read as Markdown, with HTML escaped, and in `<code>`, where GitHub and
 * GitLab make no mentions and links of it. Too long a report is cut at a finding, and says so.
 */
export function formatMarkdown(results: readonly ReportedResult[], display: DisplayPath): string {
  const entries = entriesOf(results, display);
  const head = `## compose-harden\n\n${verdict(results)}\n`;
  const foot = suppressedLine(results);
  const shown = fitting(entries, UNITS - head.length - foot.length - 500);
  const left = entries.length - shown.length;
  const tables = shown.length === 0 ? "" : `\n${table(shown)}\n\n${details(shown)}\n`;
  const rest =
    left === 0 ? "" : `\nNot shown here: ${counted(left, "more finding")}. Run \`compose-harden\` to see all.\n`;
  return head + tables + rest + foot;
}

/** As many entries from the start as have room. */
function fitting(entries: readonly Entry[], units: number): readonly Entry[] {
  let used = 0;
  const end = entries.findIndex((entry) => {
    used += row(entry).length + (hasDetails(entry) ? detail(entry).length : 0) + 2;
    return used > units;
  });
  return end < 0 ? entries : entries.slice(0, end);
}

function verdict(results: readonly ReportedResult[]): string {
  const { findings, services, projects, bySeverity, gaps } = totalsOf(results);
  const place = `${counted(services, "service")}${projects > 1 ? ` of ${projects} projects` : ""}`;
  const grades = Object.entries(bySeverity)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${number} ${severity}`);
  const gapText = gaps === 0 ? "" : ` **${counted(gaps, "gap")}**: what could not be read was not checked.`;
  return findings === 0
    ? `No findings in ${place}.${gapText}`
    : `**${counted(findings, "finding")}** in ${place}: ${grades.join(", ")}.${gapText}`;
}

function suppressedLine(results: readonly ReportedResult[]): string {
  const { suppressed } = totalsOf(results);
  return suppressed === 0 ? "" : `\n${counted(suppressed, "finding")} suppressed.\n`;
}

function table(entries: readonly Entry[]): string {
  const heads = ["Severity", "Service", "Finding", "Place"].map((title) => `<th>${title}</th>`).join("");
  return `<table>\n<tr>${heads}</tr>\n${entries.map(row).join("\n")}\n</table>`;
}

function row({ kind, rule, severity, service, message, file, start }: Entry): string {
  const cells = [
    `${SIGNS[severity]} ${kind === "finding" ? severity : kind}`,
    service === undefined ? "" : code(service),
    `${prose(message)}${kind === "finding" ? ` <em>${code(rule)}</em>` : ""}`,
    code(`${file}:${start.line}`),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}
