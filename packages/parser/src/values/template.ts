import type { Lookup, Refused, Span } from "./decoded.js";
import { quote } from "./quote.js";

/** What follows the name inside braces. */
export type Operator = ":-" | "-" | ":+" | "+" | ":?" | "?";

/** A piece of a template; the pieces of a template touch each other and cover it. */
export type Segment = LiteralSegment | VariableSegment | InvalidSegment;

/** Text that stands for itself; `value` differs from the source only for `$$`. */
export interface LiteralSegment extends Span {
  readonly kind: "literal";
  readonly value: string;
}

/** `$NAME`, `${NAME}` or `${NAME<operator><argument>}`. */
export interface VariableSegment extends Span {
  readonly kind: "variable";
  readonly name: string;
  readonly operator?: Operator;
  /** Span of the default, replacement or message, a template of its own; present with `operator`. */
  readonly argument?: Span;
  /** End of the expression's whole match, which runs to the last brace of the line: an error drops all of it. */
  readonly matchEnd: number;
}

/** A `${` that starts no expression. */
export interface InvalidSegment extends Span {
  readonly kind: "invalid";
  /** The part of the template that the error message shows. */
  readonly context: Span;
}

/** The outcome of an interpolation. */
export type Interpolation = Interpolated | (InterpolationFailure & Pick<Interpolated, "unset" | "used">);

/** An interpolated text. */
export interface Interpolated {
  readonly ok: true;
  readonly value: string;
  /** Names without a value and without an operator: each is blank and deserves a warning. In order, with repeats. */
  readonly unset: readonly string[];
  /** Names that were looked up, in order, with repeats. */
  readonly used: readonly string[];
}

/** Why a text cannot be interpolated. */
export interface InterpolationFailure extends Refused {
  readonly kind: "invalid" | "required";
  /** The missing variable of a `required` failure. */
  readonly name?: string;
}

const NONE: readonly string[] = Object.freeze([]);

/** No human writes defaults this deep; the bound keeps hostile text from exhausting the stack. */
const MAX_DEPTH = 500;

/** Substitutes the variables of a text. Substituted values are not looked at again. */
export function interpolate(text: string, lookup: Lookup): Interpolation {
  if (!text.includes("$")) return { ok: true, value: text, unset: NONE, used: NONE };
  const unset: string[] = [];
  const used: string[] = [];
  const result = substitute(text, lookup, { unset, used }, 0);
  return typeof result === "string" ? { ok: true, value: result, unset, used } : { ...result, unset, used };
}

interface Trace {
  readonly unset: string[];
  readonly used: string[];
}

function substitute(text: string, lookup: Lookup, trace: Trace, depth: number): string | InterpolationFailure {
  if (!text.includes("$")) return text;
  if (depth > MAX_DEPTH) return invalidTemplate(text);
  let out = "";
  let failure: InterpolationFailure | undefined;
  let skipTo = 0;
  for (const segment of parseTemplate(text)) {
    if (segment.start < skipTo) continue;
    if (segment.kind === "literal") out += segment.value;
    else if (segment.kind === "invalid")
      failure ??= invalidTemplate(text.slice(segment.context.start, segment.context.end));
    else {
      const value = evaluate(text, segment, lookup, trace, depth);
      if (typeof value === "string") out += value;
      else {
        failure ??= value;
        skipTo = segment.matchEnd;
      }
    }
  }
  return failure ?? out;
}

function evaluate(
  text: string,
  segment: VariableSegment,
  lookup: Lookup,
  trace: Trace,
  depth: number,
): string | InterpolationFailure {
  const { name, operator, argument } = segment;
  const value = lookup(name);
  trace.used.push(name);
  if (operator === undefined || argument === undefined) {
    if (value === undefined) trace.unset.push(name);
    return value ?? "";
  }
  const present = operator.startsWith(":") ? value !== undefined && value !== "" : value !== undefined;
  const expand = (): string | InterpolationFailure =>
    substitute(text.slice(argument.start, argument.end), lookup, trace, depth + 1);
  switch (operator) {
    case ":-":
    case "-":
      return present ? (value ?? "") : expand();
    case ":+":
    case "+":
      return present ? expand() : (value ?? "");
    case ":?":
    case "?": {
      if (present) return value ?? "";
      const reason = expand();
      return typeof reason === "string" ? missing(name, reason) : reason;
    }
    default:
      return operator satisfies never;
  }
}

function invalidTemplate(template: string): InterpolationFailure {
  return { ok: false, kind: "invalid", message: `Invalid template: ${quote(template)}` };
}

function missing(name: string, reason: string): InterpolationFailure {
  const message = `required variable ${name} is missing a value${reason === "" ? "" : `: ${reason}`}`;
  return { ok: false, kind: "required", message, name };
}

/**
 * Splits a template into its pieces, with offsets. Default texts are not split: parse `argument`'s text for that.
 * The grammar's oddities are Compose's: an expression needs a closing brace on its own line, its argument ends at the
 * matching brace or, when braces do not balance, at the last one of the line.
 */
export function parseTemplate(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  let literal = 0;
  let from = 0;
  let context: Span = { start: 0, end: text.length };
  const line = { end: -1, brace: -1 };
  const flush = (end: number): void => {
    if (end > literal) segments.push({ kind: "literal", start: literal, end, value: text.slice(literal, end) });
  };
  for (let at = text.indexOf("$"); at >= 0; at = text.indexOf("$", from)) {
    const next = text.charCodeAt(at + 1);
    if (at >= context.end) context = { start: 0, end: text.length };
    if (next === 0x24) {
      flush(at);
      segments.push({ kind: "literal", start: at, end: at + 2, value: "$" });
      literal = from = at + 2;
    } else if (next === 0x7b) {
      flush(at);
      if (at >= line.end) findLine(text, at, line);
      const segment = parseBraced(text, at, line.brace) ?? { kind: "invalid", start: at, end: at + 2, context };
      segments.push(segment);
      literal = from = segment.end;
      if (segment.kind === "variable" && segment.operator !== undefined) {
        context = { start: segment.end, end: segment.matchEnd };
      }
    } else if (isNameStart(next)) {
      flush(at);
      const end = nameEnd(text, at + 1);
      segments.push({ kind: "variable", start: at, end, name: text.slice(at + 1, end), matchEnd: end });
      literal = from = end;
    } else from = at + 1;
  }
  flush(text.length);
  return segments;
}

function findLine(text: string, at: number, line: { end: number; brace: number }): void {
  const newline = text.indexOf("\n", at);
  line.end = newline < 0 ? text.length : newline;
  line.brace = at + text.slice(at, line.end).lastIndexOf("}");
}

function parseBraced(text: string, start: number, lastBrace: number): VariableSegment | undefined {
  const nameStart = start + 2;
  if (!isNameStart(text.charCodeAt(nameStart))) return undefined;
  const operatorStart = nameEnd(text, nameStart);
  const name = text.slice(nameStart, operatorStart);
  const operator = operatorAt(text, operatorStart);
  if (operator === undefined) {
    if (text.charCodeAt(operatorStart) !== 0x7d) return undefined;
    return { kind: "variable", start, end: operatorStart + 1, name, matchEnd: operatorStart + 1 };
  }
  const argumentStart = operatorStart + operator.length;
  if (lastBrace < argumentStart) return undefined;
  const argumentEnd = closingBrace(text, start, lastBrace);
  return {
    kind: "variable",
    start,
    end: argumentEnd + 1,
    name,
    operator,
    argument: { start: argumentStart, end: argumentEnd },
    matchEnd: lastBrace + 1,
  };
}

function operatorAt(text: string, at: number): Operator | undefined {
  switch (text.charAt(at)) {
    case "-":
      return "-";
    case "+":
      return "+";
    case "?":
      return "?";
    case ":":
      break;
    default:
      return undefined;
  }
  switch (text.charAt(at + 1)) {
    case "-":
      return ":-";
    case "+":
      return ":+";
    case "?":
      return ":?";
    default:
      return undefined;
  }
}

/** The brace that closes the expression at `start`; the character right after an opening brace is never counted. */
function closingBrace(text: string, start: number, lastBrace: number): number {
  let open = 0;
  for (let i = start; i <= lastBrace; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x7d) {
      open--;
      if (open === 0) return i;
    } else if (code === 0x7b) {
      open++;
      i++;
    }
  }
  return lastBrace;
}

/** Letters and `_`; the two letters outside ASCII that fold to one of a–z count too. */
function isNameStart(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || code === 0x5f || code === 0x17f || code === 0x212a;
}

function nameEnd(text: string, start: number): number {
  let end = start;
  for (
    let code = text.charCodeAt(end);
    isNameStart(code) || (code >= 0x30 && code <= 0x39);
    code = text.charCodeAt(end)
  ) {
    end++;
  }
  return end;
}

/** What a template says about one variable. */
export interface TemplateVariable {
  readonly name: string;
  readonly defaultValue: string;
  readonly presenceValue: string;
  readonly required: boolean;
}

/**
 * The variables of a text by name, also those inside defaults and replacements. Several occurrences are combined: required
 * when one of them is, with the first default and the first replacement. An invalid expression counts under the empty name.
 */
export function extractVariables(text: string): ReadonlyMap<string, TemplateVariable> {
  const found = new Map<string, TemplateVariable>();
  for (const variable of listVariables(text, 0)) {
    const before = found.get(variable.name);
    found.set(variable.name, before === undefined ? variable : combine(before, variable));
  }
  return found;
}

function combine(first: TemplateVariable, then: TemplateVariable): TemplateVariable {
  return {
    name: first.name,
    defaultValue: first.defaultValue === "" ? then.defaultValue : first.defaultValue,
    presenceValue: first.presenceValue === "" ? then.presenceValue : first.presenceValue,
    required: first.required || then.required,
  };
}

/** Later variables of a line come before the one that opens it: Compose lists them so, and the first default wins. */
function listVariables(text: string, depth: number): readonly TemplateVariable[] {
  if (!text.includes("$") || depth > MAX_DEPTH) return [];
  const groups: TemplateVariable[][] = [];
  const pending: { readonly end: number; readonly own: TemplateVariable[] }[] = [];
  const close = (at: number): void => {
    for (let last = pending.at(-1); last !== undefined && at >= last.end; last = pending.at(-1)) {
      groups.push(last.own);
      pending.pop();
    }
  };
  for (const segment of parseTemplate(text)) {
    if (segment.kind === "literal") continue;
    close(segment.start);
    if (segment.kind === "invalid") groups.push([describe("", undefined, "")]);
    else {
      const { operator, argument } = segment;
      const argumentText = argument === undefined ? "" : text.slice(argument.start, argument.end);
      const own = [describe(segment.name, operator, argumentText)];
      if (operator !== undefined && !operator.endsWith("?")) own.push(...listVariables(argumentText, depth + 1));
      if (segment.matchEnd > segment.end) pending.push({ end: segment.matchEnd, own });
      else groups.push(own);
    }
  }
  close(text.length);
  return groups.flat();
}

function describe(name: string, operator: Operator | undefined, argument: string): TemplateVariable {
  return {
    name,
    defaultValue: operator === ":-" || operator === "-" ? argument : "",
    presenceValue: operator === ":+" || operator === "+" ? argument : "",
    required: operator === ":?" || operator === "?",
  };
}
