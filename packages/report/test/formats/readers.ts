import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { SaxesParser } from "saxes";

/** An element of XML or of a page. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  /** All text below. */
  readonly text: string;
}

/** Reads XML; throws where it is not well-formed. */
export function readXml(xml: string): Node {
  interface Open {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly children: Node[];
    text: string;
  }
  const parser = new SaxesParser();
  const root: Open = { name: "", attributes: {}, children: [], text: "" };
  const open: Open[] = [root];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    open.push({ name, attributes: { ...attributes }, children: [], text: "" });
  });
  parser.on("text", (text) => {
    for (const node of open) node.text += text;
  });
  parser.on("closetag", () => {
    const node = open.pop();
    if (node !== undefined) open.at(-1)?.children.push(node);
  });
  parser.write(xml).close();
  const [element] = root.children;
  if (element === undefined) throw new Error("no element");
  return element;
}

/** Reads a page as GitHub renders Markdown, raw HTML included. */
export function readMarkdown(markdown: string): Node {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  return readXml(`<page>${html}</page>`);
}

/** All elements of a name, in the order of the document. */
export function elementsOf(node: Node, name: string): readonly Node[] {
  const below = node.children.flatMap((child) => elementsOf(child, name));
  return node.name === name ? [node, ...below] : below;
}

/** A command as GitHub's runner understands a line of a log. */
export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * The commands in a log. The runner reads line by line, leaves out blanks in front, and takes `::name k=v,k=v::data`, or
 * `##[name k=v;k=v]data` anywhere in a line (`ActionCommand.cs` of https://github.com/actions/runner).
 */
export function commandsIn(log: string): readonly Command[] {
  return log.split(/\r\n|\n|\r/).flatMap((line): readonly Command[] => {
    const old = /##\[([^\]\s]+)[^\]]*\](.*)$/.exec(line);
    const [whole, name = "", list = "", data = ""] = /^\s*::([^:\s]+)(?:\s+(.*?))?::(.*)$/.exec(line) ?? [];
    if (whole === undefined) return old === null ? [] : [{ name: `##${old[1]}`, properties: {}, data: old[2] ?? "" }];
    const properties = list
      .split(",")
      .filter((part) => part !== "")
      .map((part) => {
        const equals = part.indexOf("=");
        return [part.slice(0, equals), unescapeProperty(part.slice(equals + 1))] as const;
      });
    return [{ name, properties: Object.fromEntries(properties), data: unescapeData(data) }];
  });
}

function unescapeData(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll("%3A", ":").replaceAll("%2C", ","));
}
