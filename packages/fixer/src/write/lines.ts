/** Offset of the first character of the line that holds an offset. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset just behind the last character of the line, in front of its line ending. */
export function lineEnd(text: string, offset: number): number {
  const feed = text.indexOf("\n", offset);
  if (feed === -1) return text.length;
  return feed > offset && text[feed - 1] === "\r" ? feed - 1 : feed;
}

/** Offset of the next line's first character; undefined on the last line. */
export function nextLine(text: string, offset: number): number | undefined {
  const feed = text.indexOf("\n", offset);
  return feed === -1 ? undefined : feed + 1;
}

/** Column of an offset, counted from 0; a byte-order mark does not count. */
export function columnAt(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (start === 0 && text.startsWith("\uFEFF") && offset > 0 ? 1 : 0);
}

/** The line ending of a text: that of its first line, LF when it has only one line. */
export function lineEnding(text: string): string {
  const feed = text.indexOf("\n");
  return feed > 0 && text[feed - 1] === "\r" ? "\r\n" : "\n";
}
