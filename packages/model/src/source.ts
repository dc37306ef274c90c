/** One file that was read; `path` is how it was asked for, `text` what it held (a byte-order mark included). */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Half-open span of UTF-16 offsets into `SourceFile.text`. */
export interface SourceRange {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** A place for people: both counted from 1, the column in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The line and column of an offset; lines end in LF, CRLF or a lone CR. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  const end = Math.min(offset, text.length);
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: end - lineStart + 1 };
}

/** One step between where a value was written and where it takes effect. */
export interface Hop {
  /**
   * `alias`: `*name`; `merge-key`: `<<`; `extends`, `include`: the attribute that pulled the value in;
   * `override`: the value comes from a later file or document merged over an earlier one.
   */
  readonly kind: "alias" | "merge-key" | "extends" | "include" | "override";
  /** The alias, the `<<` value, the `extends` or `include` entry; for `override` the value itself. */
  readonly at: SourceRange;
}

/** Where a value was written. Values that nobody wrote (defaults, implied dependencies) have none. */
export interface Origin {
  /** The value's own bytes: a scalar with its quotes, a whole block or flow collection. */
  readonly value: SourceRange;
  /** The mapping key in front of it, where there is one. */
  readonly key?: SourceRange;
  /** From where it was written to where it takes effect, nearest to the text first. */
  readonly via: readonly Hop[];
  /** True when the text holds `$` expressions that were substituted. */
  readonly interpolated: boolean;
  /** True when the value is computed from that text: a field of a short syntax, a variable taken from the environment. */
  readonly derived: boolean;
}

/** The text a range covers. */
export function sliceOf(file: SourceFile, range: SourceRange): string {
  return file.text.slice(range.start, range.end);
}

/** The text that a value was written as, quotes and variables included; undefined where it stands in none of the files. */
export function writtenAs(
  origin: Origin | undefined,
  { files }: { readonly files: readonly SourceFile[] },
): string | undefined {
  const file = origin === undefined ? undefined : files.find(({ path }) => path === origin.value.file);
  return origin === undefined || file === undefined ? undefined : sliceOf(file, origin.value);
}
