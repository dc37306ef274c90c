import { columnsOf, type Style, wrap } from "@compose-harden/report";

/** How wide a screen is, and how to paint on it. */
export interface Screen {
  readonly style: Style;
  /** Columns of the screen. */
  readonly columns: number;
}

/** What the blocks of a rule's page show. */
const BLOCKS: Readonly<Record<string, string>> = {
  before: "Found:",
  after: "After the fix:",
  ok: "Nothing found:",
  config: "With this configuration:",
};

const INDENT = "    ";

/** A Markdown page of this program, set for a screen: wrapped text, underlined headings, indented code, aligned tables. */
export function renderPage(page: string, { style, columns }: Screen): string {
  const lines = page.trimEnd().split("\n");
  const out: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const end = endOfBlock(lines, at);
    if (line.startsWith("```")) {
      const [, kind = ""] = line.slice(3).split(" ");
      if (BLOCKS[kind] !== undefined) out.push(style.dim(BLOCKS[kind]), "");
      out.push(...lines.slice(at + 1, end - 1).map((code) => (code === "" ? "" : INDENT + code)));
    } else if (line.startsWith("|")) out.push(...tableOf(lines.slice(at, end), columns));
    else if (line.startsWith("#")) out.push(...headingOf(line, style));
    else out.push(...paragraphOf(line, columns));
    at = end - 1;
  }
  return out.join("\n");
}

/** The line after the block that begins here: a fenced block and a table are several lines, all else is one. */
function endOfBlock(lines: readonly string[], at: number): number {
  const line = lines[at] ?? "";
  const isOver = (text: string) => (line.startsWith("```") ? text.startsWith("```") : !text.startsWith("|"));
  if (!line.startsWith("```") && !line.startsWith("|")) return at + 1;
  const rest = lines.findIndex((text, index) => index > at && isOver(text));
  if (rest < 0) return lines.length;
  return line.startsWith("```") ? rest + 1 : rest;
}

function headingOf(line: string, style: Style): readonly string[] {
  const [, marks = "", text = ""] = /^(#+) *(.*)$/.exec(line) ?? [];
  return [style.bold(text), style.dim((marks === "#" ? "=" : "-").repeat(columnsOf(text)))];
}

/** Text with its lead (`- `, `1. `, spaces) before the first line; code by indentation stays as it is. */
function paragraphOf(line: string, columns: number): readonly string[] {
  if (line.startsWith(INDENT)) return [line];
  const [, lead = "", text = ""] = /^(\s*(?:[-*]|\d+\.)?\s*)(.*)$/.exec(line) ?? [];
  const hanging = " ".repeat(lead.length);
  const [, title, url] = /^\[([^\]]+)\]\((https:[^)]+)\)$/.exec(text) ?? [];
  if (title !== undefined && url !== undefined) return [...hung(title, lead, columns), hanging + url];
  return hung(withoutLinks(text), lead, columns);
}

function hung(text: string, lead: string, columns: number): readonly string[] {
  return wrap(text, Math.max(24, columns - lead.length)).map((part, index) =>
    index === 0 ? lead + part : " ".repeat(lead.length) + part,
  );
}

/** A link to another page shows its name, one to elsewhere its address too. */
function withoutLinks(text: string): string {
  return text.replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, title: string, to: string) =>
    to.startsWith("https:") ? `${title} (${to})` : title,
  );
}

/** Columns as wide as their widest cell, the last one takes what is left and wraps; a list where that is too little. */
function tableOf(lines: readonly string[], columns: number): readonly string[] {
  const rows = lines
    .filter((line) => !/^\|[-| :]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => withoutLinks(cell.trim()).replaceAll("\\|", "|")),
    );
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count - 1 }, (_, column) =>
    Math.max(...rows.map((row) => columnsOf(row[column] ?? ""))),
  );
  const [head = [], ...body] = rows;
  if (widths.reduce((sum, width) => sum + width + 2, 0) > columns - 24)
    return body.flatMap(([first = "", ...rest]) =>
      hung(
        `${first}: ${rest.map((cell, at) => (at === 0 ? cell : `${head[at + 1]} ${cell}`)).join("; ")}`,
        "- ",
        columns,
      ),
    );
  return rows.flatMap((row) => {
    const lead = widths.map((width, column) => padded(row[column] ?? "", width)).join("");
    return hung(row[count - 1] ?? "", lead, columns);
  });
}

function padded(text: string, width: number): string {
  return text + " ".repeat(width - columnsOf(text) + 2);
}
