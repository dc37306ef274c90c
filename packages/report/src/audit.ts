import { AUDIT_COLUMNS, type AuditCell, type AuditGrade, type AuditRow, type Mark } from "@compose-harden/model";
import { columnsOf } from "./columns.js";
import { escapeText } from "./escape.js";
import { PLAIN, type Style } from "./style.js";

/** The audit of one project. */
export interface AuditTable {
  /** What the project is called in the report: its files. */
  readonly label: string;
  readonly rows: readonly AuditRow[];
}

const SIGNS: Readonly<Record<Mark, string>> = { yes: "✓", no: "✗", unknown: "?" };

/** The tables for a terminal: a block of lines for each service when the screen is too narrow for a row. */
export function formatAuditText(
  tables: readonly AuditTable[],
  { style, columns }: { readonly style: Style; readonly columns: number },
): string {
  return tables
    .map(({ label, rows }) => {
      const body = rows.length === 0 ? ["no services"] : (grid(rows, style, columns) ?? blocks(rows, style));
      return `${[style.bold(escapeText(label)), "", ...body].join("\n")}\n`;
    })
    .join("\n");
}

const HEADINGS = ["Service", "Port", ...AUDIT_COLUMNS.map(([, title]) => title), "Grade"];

/** Undefined when a line would be wider than the screen. */
function grid(rows: readonly AuditRow[], style: Style, columns: number): readonly string[] | undefined {
  const lines = [HEADINGS, ...rows.map((row) => [nameOf(row), portsOf(row), ...cellsOf(row).map(plain), row.grade])];
  const widths = HEADINGS.map((_, index) => Math.max(...lines.map((line) => columnsOf(line[index] ?? ""))));
  if (widths.reduce((sum, width) => sum + width + 2, 0) > columns) return undefined;
  return lines.map((line, number) =>
    line
      .map((text, index) => {
        const padded = text + " ".repeat((widths[index] ?? 0) - columnsOf(text));
        const row = rows[number - 1];
        if (row === undefined) return style.dim(padded);
        if (index === HEADINGS.length - 1) return paintGrade(style, row.grade, padded);
        const cell = cellsOf(row)[index - 2];
        return cell === undefined ? padded : paintMark(style, cell.mark, padded);
      })
      .join("  ")
      .trimEnd(),
  );
}

function blocks(rows: readonly AuditRow[], style: Style): readonly string[] {
  const width = Math.max(...AUDIT_COLUMNS.map(([, title]) => title.length));
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : [""]),
    `${style.bold(nameOf(row))}  ${paintGrade(style, row.grade, row.grade)}${row.ports.length === 0 ? "" : `  ${style.dim(portsOf(row))}`}`,
    ...AUDIT_COLUMNS.map(
      ([key, title]) =>
        `  ${paintMark(style, row[key].mark, SIGNS[row[key].mark])} ${title.padEnd(width)}  ${escapeText(row[key].text)}`,
    ),
  ]);
}

/** The tables in Markdown; untrusted text cannot leave its cell. */
export function formatAuditMarkdown(tables: readonly AuditTable[]): string {
  return tables
    .map(({ label, rows }) =>
      [
        `## ${markdown(label)}`,
        "",
        `| ${HEADINGS.join(" | ")} |`,
        `|${HEADINGS.map(() => "---").join("|")}|`,
        ...rows.map(
          (row) =>
            `| ${[markdown(nameOf(row)), markdown(portsOf(row)), ...cellsOf(row).map((cell) => markdown(plain(cell))), row.grade].join(" | ")} |`,
        ),
        "",
      ].join("\n"),
    )
    .join("\n");
}

/** The tables as data. */
export function auditToJson(tables: readonly AuditTable[]): {
  readonly version: 1;
  readonly projects: readonly { readonly label: string; readonly services: readonly AuditRow[] }[];
} {
  return { version: 1, projects: tables.map(({ label, rows }) => ({ label, services: rows })) };
}

function cellsOf(row: AuditRow): readonly AuditCell[] {
  return AUDIT_COLUMNS.map(([key]) => row[key]);
}

function plain({ mark, text }: AuditCell): string {
  const shown = escapeText(text);
  return text === "yes" || text === "no" || text === "unknown" ? SIGNS[mark] : `${SIGNS[mark]} ${shown}`;
}

function nameOf(row: AuditRow): string {
  return escapeText(row.service);
}

function portsOf(row: AuditRow): string {
  const [first = "–", second, ...more] = row.ports.map(escapeText);
  return [first, ...(second === undefined ? [] : [second]), ...(more.length === 0 ? [] : [`+${more.length}`])].join(
    ", ",
  );
}

/** What GitHub and GitLab make links of, escaped or not: mentions, numbers of issues, addresses, commits. */
const LINKED = /[@#!~$%]\w|:\/\/|www\.|\bGH-\d|\b[0-9a-f]{7,}\b/i;

/** Text in a cell or a heading: no character of it is read as Markdown or HTML. */
function markdown(text: string): string {
  return escapeText(text)
    .split(/(\s+)/)
    .map((word) => (LINKED.test(word) ? `<code>${inert(word)}</code>` : inert(word)))
    .join("");
}

function inert(word: string): string {
  return word
    .replace(/[\\`*_{}[\]()#+!|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function paintMark(style: Style, mark: Mark, text: string): string {
  switch (mark) {
    case "yes":
      return style.green(text);
    case "no":
      return style.red(text);
    case "unknown":
      return style.yellow(text);
    default:
      return mark satisfies never;
  }
}

function paintGrade(style: Style, grade: AuditGrade, text: string): string {
  if (style === PLAIN) return text;
  return grade === "A" || grade === "B" ? style.green(text) : grade === "C" ? style.yellow(text) : style.red(text);
}
