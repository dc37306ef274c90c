import { isDigit, isLetter } from "../values/letter.js";
import { resolvePlain } from "../values/scalar.js";
import { utf8Length } from "../values/unicode.js";

/**
 * A string as a YAML value, quoted only where it must be, in the style of the YAML library Docker prints with. Its first
 * character will stand at `column`, its further lines at `indent`.
 */
export function scalarText(text: string, indent: number, column: number): string {
  if (text.includes("\n")) return fitsLiteral(text) ? literal(text, indent) : written(text, "double", indent, column);
  return written(text, styleOf(text), indent, column);
}

/** A string as a key; one that is longer than a key may be on one line gets a question mark. */
export function keyText(text: string, indent: number): string {
  const broken = text.includes("\n");
  const name = written(text, broken ? "double" : styleOf(text), indent, Number.NEGATIVE_INFINITY);
  return broken || utf8Length(text) > LONGEST_KEY ? `? ${name}\n${" ".repeat(indent)}` : name;
}

const LONGEST_KEY = 128;

type Style = "plain" | "single" | "double";

function styleOf(text: string): Style {
  if (OLD.test(text)) return "single";
  if (resolvePlain(text).tag !== "str") return "double";
  if (canStandPlain(text)) return "plain";
  return UNPRINTABLE.test(text) || /[\u2028\u2029]/.test(text) ? "double" : "single";
}

/** What YAML 1.1 takes for something else than text: booleans, sexagesimal numbers, the merge key. */
const OLD =
  /^(?:[yY]|yes|Yes|YES|on|On|ON|[nN]|no|No|NO|off|Off|OFF|<<|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$/;

const UNPRINTABLE = /[^\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;

function canStandPlain(text: string): boolean {
  if (/^(?:---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text) || /^[?:-](?:[ \t]|$)/.test(text)) return false;
  if (/^ | $/.test(text) || /:(?:[ \t\u2028\u2029]|$)/.test(text) || /[ \t]#/.test(text)) return false;
  return !/[\u2028\u2029]/.test(text) && !UNPRINTABLE.test(text);
}

/** Lines are folded at the first single blank behind this column. */
const WIDTH = 80;

function written(text: string, style: Style, indent: number, start: number): string {
  const quote = style === "plain" ? "" : style === "single" ? "'" : '"';
  const characters = [...text];
  const last = characters.length - 1;
  let out = quote;
  let column = start + quote.length;
  let blank = false;
  for (const [i, character] of characters.entries()) {
    const next = characters[i + 1];
    const inside = style === "plain" || (i > 0 && i < last);
    if (character !== " ") {
      const shown =
        style === "double" ? escaped(character) : style === "single" && character === "'" ? "''" : character;
      out += shown;
      column += [...shown].length;
    } else if (!blank && column > WIDTH && inside && (style === "double" || next !== " ")) {
      // A backslash keeps the blank that would otherwise begin the line.
      const kept = style === "double" && next === " " ? "\\" : "";
      out += `\n${" ".repeat(indent)}${kept}`;
      column = indent + kept.length;
    } else {
      out += " ";
      column++;
    }
    blank = character === " ";
  }
  return out + quote;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escaped(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return short;
  return UNPRINTABLE.test(character) ? hexadecimal(character.codePointAt(0) ?? 0) : character;
}

function hexadecimal(code: number): string {
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

/** A block needs something to see, and neither blanks at the end of a line nor characters that must be escaped. */
function fitsLiteral(text: string): boolean {
  return /\S/.test(text) && !/ (?:[\n\u2028\u2029]|$)/.test(text) && !UNPRINTABLE.test(text.replaceAll("\t", ""));
}

function literal(text: string, indent: number): string {
  const lead = text.startsWith(" ") ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : /\n\n$/.test(text) || text === "\n" ? "+" : "";
  const lines = text.replace(/\n$/, "").split("\n");
  const margin = " ".repeat(indent);
  return `|${lead}${chomp}\n${lines.map((line) => (line === "" ? "" : margin + line)).join("\n")}`;
}

/** Orders keys as people count: `a2` before `a10`, letters behind other characters. */
export function inNaturalOrder(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  let digits = false;
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i] ?? "";
    const y = right[i] ?? "";
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    const xLetter = isLetter(x);
    const yLetter = isLetter(y);
    if (xLetter && yLetter) return x < y ? -1 : 1;
    if (xLetter || yLetter) return xLetter === digits ? -1 : 1;
    return compareNumbers(left, right, i);
  }
  return left.length - right.length;
}

/** Two runs of digits that differ at `i`, by their value, then by their length. */
function compareNumbers(left: readonly string[], right: readonly string[], i: number): number {
  const zero = left[i] === "0" || right[i] === "0";
  const before = zero && digitsBefore(left, i).some((digit) => digit !== "0") ? "1" : "";
  const x = digitsFrom(left, i);
  const y = digitsFrom(right, i);
  const byValue = Number(before + x || 0) - Number(before + y || 0);
  if (byValue !== 0) return byValue;
  if (x.length !== y.length) return x.length - y.length;
  return (left[i] ?? "") < (right[i] ?? "") ? -1 : 1;
}

function digitsBefore(characters: readonly string[], end: number): readonly string[] {
  let start = end;
  while (start > 0 && isDigit(characters[start - 1] ?? "")) start--;
  return characters.slice(start, end);
}

function digitsFrom(characters: readonly string[], start: number): string {
  let end = start;
  while (end < characters.length && isDigit(characters[end] ?? "")) end++;
  return characters.slice(start, end).join("");
}
