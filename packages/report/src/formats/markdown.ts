import type { Severity } from "@compose-harden/model";
import { counted, totalsOf } from "../count.js";
import { escapeText } from "../escape.js";
import type { DisplayPath, ReportedResult } from "../result.js";
import { cut, type Entry, entriesOf } from "./entry.js";

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

const SIGNS: Readonly<Record<Severity, string>> = { critical: "🟥", high: "🟧", medium: "🟨", low: "🟦", info: "⬜" };

function row({ kind, rule, severity, service, message, file, start }: Entry): string {
  const cells = [
    `${SIGNS[severity]} ${kind === "finding" ? severity : kind}`,
    service === undefined ? "" : code(service),
    `${prose(message)}${kind === "finding" ? ` <em>${code(rule)}</em>` : ""}`,
    code(`${file}:${start.line}`),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function details(entries: readonly Entry[]): string {
  const items = entries.filter(hasDetails).map(detail);
  if (items.length === 0) return "";
  return `<details><summary>What can happen, and what mends it</summary>\n<ul>\n${items.join("\n")}\n</ul>\n</details>`;
}

function hasDetails({ risk, remedy }: Entry): boolean {
  return risk !== "" || remedy !== "";
}

function detail({ rule, service, risk, remedy }: Entry): string {
  const what = `${service === undefined ? "" : `${code(service)}: `}${code(rule)}`;
  const parts = [risk === "" ? "" : prose(risk), remedy === "" ? "" : `fix: ${prose(remedy)}`];
  return `<li>${[what, ...parts.filter((part) => part !== "")].join("<br/>")}</li>`;
}

/** Longest text taken over as a whole. */
const TEXT_UNITS = 1000;

/** Names between backticks become code, and so does a word that GitHub or GitLab would make a mention or a link of. */
function prose(text: string): string {
  return cut(text, TEXT_UNITS)
    .split(/`([^`]*)`/)
    .map((part, index) =>
      index % 2 === 1
        ? code(part)
        : part
            .split(/(\s+)/)
            .map((word) => (LINKED.test(word) ? code(word) : escapeHtml(word)))
            .join(""),
    )
    .join("");
}

/** `@user`, `#1`, `!1`, `~label`, `%milestone`, `$snippet`, `&epic`, `GH-1`, `a/b`, `scheme:…`, `www.…`, `JIRA-1`, commits. */
const LINKED = /[@#!~%$&^/\\`_*<>[\]|]|:\S|www\.|\b[A-Z]+-\d|\b[0-9a-f]{7,}\b/i;

/** No blank line can come out, which would end the HTML block. */
function escapeHtml(text: string): string {
  return escapeText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function code(text: string): string {
  return `<code>${escapeHtml(cut(text, TEXT_UNITS))}</code>`;
}
