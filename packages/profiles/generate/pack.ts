/** A piece of text; one that is made of two others stands for them wherever they follow each other. */
interface Piece {
  readonly id: number;
  readonly text: string;
  readonly parts?: readonly [Piece, Piece];
  uses: number;
}

interface Packed {
  readonly lines: readonly string[];
  /** What the marks stand for; entries hold marks themselves. */
  readonly dictionary: readonly string[];
}

/** The 64 printable characters from `0` on, without the backslash, which would have to be escaped. */
const DIGITS = String.fromCharCode(...Array.from({ length: 65 }, (_, i) => 48 + i)).replace("\\", "");
/** Pairs with fewer occurrences do not pay for their line in the dictionary. */
const LEAST_USES = 4;
/** Two digits count to 4096. */
const MOST_PIECES = 4000;

/**
 * Packs lines by pairing: neighbours that often stand together become one piece, again and again. The catalogue says
 * the same things of many images, and the time to load the program grows with its size.
 */
export function pack(lines: readonly string[]): Packed {
  const words = new Map<string, Piece>();
  let made = 0;
  const word = (text: string): Piece => {
    const known = words.get(text) ?? { id: words.size, text, uses: 0 };
    words.set(text, known);
    return known;
  };
  let rows = lines.map((line) => Array.from(line.match(/[A-Za-z0-9]+|[^A-Za-z0-9]/g) ?? [], word));
  for (let least = 512; least >= LEAST_USES; ) {
    const pairs = frequentPairs(rows, least);
    const taken = new Set<Piece>();
    const merged = new Map<number, Piece>();
    for (const { key, first, second, count } of pairs) {
      const text = first.text + second.text;
      if (made >= MOST_PIECES) break;
      if (taken.has(first) || taken.has(second) || (text.length - 3) * count < text.length + 8) continue;
      taken.add(first).add(second);
      merged.set(key, { id: words.size + made++, text, parts: [first, second], uses: 0 });
    }
    if (merged.size < LEAST_USES) least = Math.floor(least / 2);
    rows = rows.map((row) => joinPairs(row, merged));
  }
  return write(rows);
}

const keyOf = (first: Piece, second: Piece): number => first.id * 2 ** 20 + second.id;

function frequentPairs(rows: readonly (readonly Piece[])[], least: number) {
  const pairs = new Map<number, { key: number; first: Piece; second: Piece; count: number }>();
  for (const row of rows) {
    row.reduce((first, second) => {
      const key = keyOf(first, second);
      const pair = pairs.get(key);
      if (pair === undefined) pairs.set(key, { key, first, second, count: 1 });
      else pair.count++;
      return second;
    });
  }
  return [...pairs.values()].filter(({ count }) => count >= least).sort((a, b) => b.count - a.count || a.key - b.key);
}

function joinPairs(row: readonly Piece[], merged: ReadonlyMap<number, Piece>): Piece[] {
  const joined: Piece[] = [];
  let last: Piece | undefined;
  for (const piece of row) {
    const pair = last === undefined ? undefined : merged.get(keyOf(last, piece));
    if (pair !== undefined) {
      joined.push(pair);
      last = undefined;
    } else {
      if (last !== undefined) joined.push(last);
      last = piece;
    }
  }
  return last === undefined ? joined : [...joined, last];
}

function write(rows: readonly (readonly Piece[])[]): Packed {
  const count = (piece: Piece): void => {
    if (piece.uses++ === 0) piece.parts?.forEach(count);
  };
  for (const row of rows) row.forEach(count);
  const marks = new Map<Piece, string>();
  const dictionary: string[] = [];
  const text = (piece: Piece): string => {
    if (piece.parts === undefined) return piece.text;
    if (piece.uses === 1 || piece.text.length <= 6) return piece.parts.map(text).join("");
    const known = marks.get(piece);
    if (known !== undefined) return known;
    const number = dictionary.push(piece.parts.map(text).join("")) - 1;
    const mark = `~${DIGITS.charAt(number >> 6)}${DIGITS.charAt(number & 63)}`;
    marks.set(piece, mark);
    return mark;
  };
  return { lines: rows.map((row) => row.map(text).join("")), dictionary };
}
