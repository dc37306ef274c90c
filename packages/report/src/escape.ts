/**
 * Characters that could act on the reader's screen or hide what a text says: control characters, bidirectional marks,
 * zero-width characters, line separators, lone surrogates and non-characters.
 */
const ACTIVE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g;

/**
 * Untrusted text (file names, service names, values, messages that quote them) made harmless for a terminal: characters
 * that act are written as `\u001b`. The result holds no line break; print a longer text line by line.
 */
export function escapeText(text: string): string {
  return text.replace(ACTIVE, (found) => {
    if (found === "\n") return "\\n";
    if (found === "\r") return "\\r";
    if (found === "\t") return "\\t";
    const code = found.codePointAt(0) ?? 0;
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}
