import { escapeMarkup } from "../escape.js";

/** Attributes in the order in which they are written; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An XML element, one per line, indented by its depth. Texts are untrusted and escaped here; names and depth are ours. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const start = `<${name}${Object.entries(attributes).map(attribute).join("")}`;
  if (children.length === 0) return `${start}/>`;
  return `${start}>\n${children.join("\n").replace(/^/gm, "  ")}\n</${name}>`;
}

/** An element that holds text; its lines are joined by line breaks. */
export function textElement(name: string, attributes: Attributes, lines: readonly string[]): string {
  const start = `<${name}${Object.entries(attributes).map(attribute).join("")}`;
  return `${start}>${lines.map(escapeMarkup).join("&#10;")}</${name}>`;
}

/** A document. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function attribute([name, value]: readonly [string, string | number | undefined]): string {
  return value === undefined ? "" : ` ${name}="${escapeMarkup(String(value))}"`;
}
