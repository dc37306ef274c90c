/**
 * Characters that could act on the reader's screen or hide what a text says: control characters, bidirectional marks,
 * zero-width characters, line separators, lone surrogates and non-characters.
 */
export const ACTIVE: RegExp =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g;

/** What GitHub's runner takes for a command when it stands in a job's log: `::name` at the start of a line, `##[name` anywhere. */
const RUNNER_COMMAND = /(?<=^|\s)::(?=[a-z])|##(?=\[)/gi;

/**
 * Untrusted text (file names, service names, values, messages that quote them) made harmless for a terminal: characters
 * that act are written as `\u001b`, and so is the first one of what is a command in a log of GitHub Actions. The result
 * holds no line break; print a longer text line by line.
 */
export function escapeText(text: string): string {
  const inert = text.replace(RUNNER_COMMAND, (found) => (found === "::" ? "\\u003a:" : "\\u0023#"));
  return inert.replace(ACTIVE, (found) => {
    if (found === "\n") return "\\n";
    if (found === "\r") return "\\r";
    if (found === "\t") return "\\t";
    const code = found.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/**
 * Untrusted text made harmless in XML, and in HTML where it stands in a block of Markdown: no blank line can come out, which would
 * end the block. What XML 1.0 cannot hold at all, control characters and lone surrogates, is written as in a terminal.
 */
export function escapeMarkup(text: string): string {
  return escapeText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
