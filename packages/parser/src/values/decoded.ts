/** What a leaf function answers: the value, or why the text is refused, in Compose's own words. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | Refused;

/** A refused text. */
export interface Refused {
  readonly ok: false;
  readonly message: string;
}

/** Half-open span of UTF-16 offsets into the text a leaf function was given. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Looks a variable up; undefined means unset, which differs from empty. */
export type Lookup = (name: string) => string | undefined;

/** A value that was accepted. */
export function accept<T>(value: T): Decoded<T> {
  return { ok: true, value };
}

/** A text that was refused. */
export function refuse(message: string): Refused {
  return { ok: false, message };
}
