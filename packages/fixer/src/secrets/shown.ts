import { parseTemplate } from "@compose-harden/parser";

/** Stands for a variable without a fallback: no part of a secret. */
const HIDDEN = "\0";

/** `${NAME:-text}` or `${NAME-text}`: where it stands in the text, and where its fallback stands in what is shown. */
interface Fallback {
  readonly name: string;
  readonly operator: ":-" | "-";
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** A piece of a text that Compose interpolates, and what it is replaced by. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** The expression that has the piece for its fallback; absent for a piece of the text itself. */
  readonly fallback?: Pick<Fallback, "name" | "operator">;
}

/** One character as it is shown. */
interface Shown {
  readonly char: string;
  readonly start: number;
  readonly end: number;
  readonly fallback: Fallback | undefined;
}

/** What is looked for: a part of a value and the characters around it, where they are known. */
export interface Sought {
  readonly part: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly nth?: number;
}

/**
 * Where a text says a part of its value: in so many words, or as the fallback of a variable. `key` is that of a `KEY=value`.
 * Undefined where it says so nowhere, or in several places without a word which.
 */
export function findPiece(text: string, key: string | undefined, sought: Sought): Piece | undefined {
  const all = charactersOf(text);
  const shown = all.map(({ char }) => char).join("");
  const first = key !== undefined && shown.startsWith(`${key}=`) ? key.length + 1 : 0;
  const isAt = (char: string | undefined, wanted: string | undefined, isEdge: boolean) =>
    wanted === undefined || (wanted === "" ? isEdge : char === wanted || char === HIDDEN);
  const found: Piece[] = [];
  const { part, before, after, nth } = sought;
  for (let at = shown.indexOf(part, first); at >= 0 && part !== ""; at = shown.indexOf(part, at + 1)) {
    const end = at + part.length;
    if (!isAt(shown[at - 1], before, at === first) || !isAt(shown[end], after, end === shown.length)) continue;
    const piece = pieceOf(all.slice(at, end), at);
    if (piece !== undefined) found.push(piece);
  }
  const isUnclear = before === undefined && after === undefined && nth === undefined && found.length > 1;
  return isUnclear ? undefined : found[nth ?? 0];
}

function pieceOf(characters: readonly Shown[], at: number): Piece | undefined {
  const [first, last] = [characters[0], characters.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const { fallback } = first;
  const isOne = characters.every(
    (one, i) => one.fallback === fallback && (i === 0 || characters[i - 1]?.end === one.start),
  );
  if (!isOne) return undefined;
  const isWhole = fallback !== undefined && fallback.from === at && fallback.to === at + characters.length;
  return isWhole ? { start: fallback.start, end: fallback.end, fallback } : { start: first.start, end: last.end };
}

function charactersOf(text: string): readonly Shown[] {
  const all: Shown[] = [];
  show(text, 0, undefined, all);
  return all;
}

function show(text: string, offset: number, fallback: Fallback | undefined, all: Shown[]): void {
  for (const segment of parseTemplate(text)) {
    const [start, end] = [offset + segment.start, offset + segment.end];
    if (segment.kind === "literal" && segment.value.length === end - start)
      for (const [i, char] of segment.value.split("").entries())
        all.push({ char, start: start + i, end: start + i + 1, fallback });
    else if (segment.kind === "literal") all.push({ char: segment.value, start, end, fallback });
    else if (segment.kind === "variable" && segment.argument !== undefined && isFallback(segment.operator)) {
      const { name, operator, argument } = segment;
      const inner = text.slice(argument.start, argument.end);
      const from = all.length;
      const more: Shown[] = [];
      show(inner, offset + argument.start, undefined, more);
      const own: Fallback = { name, operator, start, end, from, to: from + more.length };
      for (const one of more)
        all.push({ ...one, fallback: one.fallback === undefined ? own : shifted(one.fallback, from) });
    } else all.push({ char: HIDDEN, start, end, fallback });
  }
}

function shifted(fallback: Fallback, by: number): Fallback {
  return { ...fallback, from: fallback.from + by, to: fallback.to + by };
}

function isFallback(operator: string | undefined): operator is ":-" | "-" {
  return operator === ":-" || operator === "-";
}
