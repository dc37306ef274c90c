/** Characters that take two columns in a terminal (East Asian wide and full-width forms, emoji). */
function isWide(character: string): boolean {
  return /[\u1100-\u115f\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    character,
  );
}

/** For characters that take no column of their own: combining marks and variation selectors. */
function isCombining(character: string): boolean {
  return /[\p{Mn}\p{Me}]/u.test(character);
}

/** How many terminal columns a text takes that holds no control characters. */
export function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += isCombining(character) ? 0 : isWide(character) ? 2 : 1;
  return columns;
}

/**
 * A text in lines of at most `width` columns, broken at blanks; a word longer than a line stands alone and is not cut,
 * so that it can be copied.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(/ +/)) {
    const columns = columnsOf(word);
    if (line !== "" && used + 1 + columns > width) {
      lines.push(line);
      line = "";
      used = 0;
    }
    used += columns + (line === "" ? 0 : 1);
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
