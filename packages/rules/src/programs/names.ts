import { rememberedText } from "@compose-harden/model";

/**
 * Tells whether a name, such as an image's, holds one of the words, which blanks separate in the list: whole, between the ends of the
 * name, `/`, `-`, `_` and, at its right, `:` and `@`; after `word*` letters and digits may follow. Case does not matter. A regular
 * expression of that many words takes longer to be compiled than most rules take to run.
 */
export function holdsWord(list: string): (name: string) => boolean {
  const all = list.split(" ");
  const words: ReadonlySet<string> = new Set(all.filter((word) => !word.endsWith("*")));
  const beginnings = all.flatMap((word) => (word.endsWith("*") ? [word.slice(0, -1)] : []));
  return rememberedText((name) => holds(name.toLowerCase()));

  function holds(text: string): boolean {
    const starts = [0];
    const ends: number[] = [];
    for (let i = 0; i < text.length; i++) {
      const sign = text.charAt(i);
      if ("/-_:@".includes(sign)) ends.push(i);
      if ("/-_".includes(sign)) starts.push(i + 1);
    }
    ends.push(text.length);
    return starts.some(
      (start) =>
        beginnings.some((word) => text.startsWith(word, start)) ||
        ends.some((end) => end > start && words.has(text.slice(start, end))),
    );
  }
}

/** A name as a part of a regular expression that means nothing but itself. */
export function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
