import type { ScalarSyntax } from "./tree.js";

/** One token; block structure shows as `map-start`, `seq-start` and `block-end`, which stand for no text of their own. */
export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly end: number;
  /** A scalar's content, an anchor's or alias's name, a tag as written, a directive's text. */
  readonly text: string;
  readonly style: ScalarSyntax["style"];
}

type TokenType =
  | "stream-end"
  | "directive"
  | "document-start"
  | "document-end"
  | "seq-start"
  | "map-start"
  | "block-end"
  | "flow-seq-start"
  | "flow-seq-end"
  | "flow-map-start"
  | "flow-map-end"
  | "flow-entry"
  | "block-entry"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

/** What stops the reading of a text. */
export interface Obstacle {
  readonly message: string;
  readonly at: number;
  /** Where the construct began that the obstacle is in, when that is the line to blame. */
  readonly from: number;
}

/** The tokens of a text up to its end or the first obstacle. */
export interface Scan {
  readonly tokens: readonly Token[];
  readonly obstacle: Obstacle | undefined;
}

interface SimpleKey {
  readonly required: boolean;
  readonly flow: number;
  readonly token: number;
  readonly line: number;
  readonly column: number;
  readonly at: number;
}

const NO_KEY: SimpleKey = { required: false, flow: 0, token: 0, line: 0, column: 0, at: 0 };
/** Levels of nesting that libyaml takes. */
const MAX_DEPTH = 10_000;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

/** Thrown inside the reader only, and caught there. */
class Stop extends Error {
  readonly obstacle: Obstacle;
  constructor(message: string, at: number, from: number = at) {
    super(message);
    this.obstacle = { message, at, from };
  }
}

/**
 * Splits YAML text into tokens by the rules of libyaml, the reader inside Docker: what it takes is taken and what it refuses
 * is refused, also where the YAML specification says otherwise.
 */
export function scan(text: string): Scan {
  const size = text.length;
  const tokens: Token[] = [];
  let pos = 0;
  let line = 1;
  let lineStart = 0;
  let flow = 0;
  let indent = -1;
  const indents: number[] = [];
  let keyAllowed = true;
  let keyPossible = false;
  let key: SimpleKey = NO_KEY;
  const keys: SimpleKey[] = [];

  function codeAt(at: number): number {
    return at < size ? text.charCodeAt(at) : 0;
  }

  function column(): number {
    return pos - lineStart + 1;
  }

  function add(type: TokenType, start: number, end: number, content = "", style: Token["style"] = "plain"): void {
    tokens.push({ type, start, end, text: content, style });
  }

  /** Steps over one line break; nothing when there is none. */
  function skipBreak(): void {
    const code = codeAt(pos);
    if (!isBreak(code)) return;
    pos += code === CR && codeAt(pos + 1) === LF ? 2 : 1;
    line++;
    lineStart = pos;
  }

  /** Steps over one line break and gives what it counts as in a scalar. */
  function readBreak(): string {
    const code = codeAt(pos);
    skipBreak();
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : "\n";
  }

  function removeKey(): void {
    if (key.required) throw new Stop("a key must be followed by `:`", pos, key.at);
    keyPossible = false;
  }

  function saveKey(): void {
    if (!keyAllowed) return;
    const required = flow === 0 && indent === column();
    removeKey();
    keyPossible = true;
    key = { required, flow, token: tokens.length, line, column: column(), at: pos };
  }

  function roll(to: number, type: "seq-start" | "map-start", at: number, token = tokens.length): void {
    if (flow > 0 || indent >= to) return;
    indents.push(indent);
    indent = to;
    if (indents.length > MAX_DEPTH) throw new Stop(`values are nested more than ${MAX_DEPTH} deep`, pos);
    tokens.splice(token, 0, { type, start: at, end: at, text: "", style: "plain" });
  }

  function unroll(to: number): void {
    if (flow > 0) return;
    while (indent > to) {
      add("block-end", pos, pos);
      indent = indents.pop() ?? -1;
    }
  }

  /** Steps over blanks, comments and line breaks. */
  function skipToToken(): void {
    for (;;) {
      let code = codeAt(pos);
      while (code === SPACE || (code === TAB && (flow > 0 || !keyAllowed))) code = codeAt(++pos);
      if (code === 0x23) {
        skipComments();
        code = codeAt(pos);
      }
      if (!isBreak(code)) return;
      skipBreak();
      if (flow === 0) keyAllowed = true;
    }
  }

  /** Comments that follow each other are read as one, whatever blanks stand between them: tabs too. */
  function skipComments(): void {
    for (;;) {
      while (!isBreakOrEnd(codeAt(pos))) pos++;
      let ahead = pos;
      let code = codeAt(ahead);
      while (isBreak(code) || isBlank(code)) code = codeAt(++ahead);
      if (code !== 0x23) return;
      while (pos < ahead) {
        if (isBreak(codeAt(pos))) skipBreak();
        else pos++;
      }
    }
  }

  /** A comment right behind a token ends with its line: only others are read as one with those below. */
  function skipLineComment(): void {
    const last = tokens.at(-1);
    if (last === undefined || last.type === "block-entry" || lineStart > last.end) return;
    let ahead = pos;
    while (isBlank(codeAt(ahead))) ahead++;
    if (codeAt(ahead) !== 0x23) return;
    pos = ahead;
    while (!isBreakOrEnd(codeAt(pos))) pos++;
  }

  function isDocumentMark(code: number): boolean {
    if (pos !== lineStart || (code !== 0x2d && code !== 0x2e)) return false;
    return codeAt(pos + 1) === code && codeAt(pos + 2) === code && isBlankOrEnd(codeAt(pos + 3));
  }

  /** Reads one token, or the end. */
  function next(): boolean {
    skipToToken();
    unroll(column());
    const code = codeAt(pos);
    if (pos >= size) {
      unroll(-1);
      removeKey();
      add("stream-end", pos, pos);
      return false;
    }
    if (pos === lineStart && code === 0x25) directive();
    else if (isDocumentMark(code)) {
      unroll(-1);
      removeKey();
      keyAllowed = false;
      add(code === 0x2d ? "document-start" : "document-end", pos, pos + 3);
      pos += 3;
    } else {
      if (!indicator(code)) plain();
      skipLineComment();
    }
    return true;
  }

  /** Reads the token that an indicator character begins; false when the character begins a plain scalar. */
  function indicator(code: number): boolean {
    switch (code) {
      case 0x5b: // [
      case 0x7b: // {
        openFlow(code === 0x5b ? "flow-seq-start" : "flow-map-start");
        return true;
      case 0x5d: // ]
      case 0x7d: // }
        closeFlow(code === 0x5d ? "flow-seq-end" : "flow-map-end");
        return true;
      case 0x2c: // ,
        removeKey();
        keyAllowed = true;
        add("flow-entry", pos, ++pos);
        return true;
      case 0x2d: // -
        if (!isBlankOrEnd(codeAt(pos + 1))) return false;
        blockEntry();
        return true;
      case 0x3f: // ?
        if (!isBlankOrEnd(codeAt(pos + 1))) return false;
        explicitKey();
        return true;
      case 0x3a: // :
        if (!(flow > 0 && !afterFlowSeparator()) && !isBlankOrEnd(codeAt(pos + 1))) return false;
        value();
        return true;
      case 0x2a: // *
        name("alias");
        return true;
      case 0x26: // &
        name("anchor");
        return true;
      case 0x21: // !
        tag();
        return true;
      case 0x7c: // |
      case 0x3e: // >
        if (flow > 0) break;
        blockScalar(code === 0x7c);
        return true;
      case 0x27: // '
      case 0x22: // "
        saveKey();
        keyAllowed = false;
        quoted(code === 0x27);
        return true;
      case 0x23: // #
      case 0x25: // %
      case 0x40: // @
      case 0x60: // `
      case TAB:
        break;
      default:
        return false;
    }
    const found = code === TAB ? "a tab" : `\`${String.fromCharCode(code)}\``;
    throw new Stop(code === TAB ? "tabs must not indent" : `${found} must not begin a value: put it in quotes`, pos);
  }

  function afterFlowSeparator(): boolean {
    const last = tokens.at(-1)?.type;
    return last === "flow-entry" || last === "flow-seq-start";
  }

  function openFlow(type: TokenType): void {
    saveKey();
    flow++;
    if (flow > MAX_DEPTH) throw new Stop(`values are nested more than ${MAX_DEPTH} deep`, pos);
    if (keyPossible) keys.push(key);
    key = NO_KEY;
    keyAllowed = true;
    add(type, pos, ++pos);
  }

  function closeFlow(type: TokenType): void {
    removeKey();
    if (flow > 0) {
      flow--;
      const last = keys.at(-1);
      if (last !== undefined && last.flow === flow) {
        key = last;
        keys.pop();
        keyPossible = true;
      }
    }
    keyAllowed = false;
    add(type, pos, ++pos);
  }

  function blockEntry(): void {
    if (flow === 0) {
      if (!keyAllowed) throw new Stop("a list must not begin here", pos);
      roll(column(), "seq-start", pos);
    }
    removeKey();
    keyAllowed = true;
    add("block-entry", pos, ++pos);
  }

  function explicitKey(): void {
    if (flow === 0) {
      if (!keyAllowed) throw new Stop("a key must not stand here", pos);
      roll(column(), "map-start", pos);
    }
    removeKey();
    keyAllowed = flow === 0;
    add("key", pos, ++pos);
  }

  function value(): void {
    if (keyPossible && key.line === line) {
      tokens.splice(key.token, 0, { type: "key", start: key.at, end: key.at, text: "", style: "plain" });
      roll(key.column, "map-start", key.at, key.token);
      keyPossible = false;
      key = { ...key, required: false };
      keyAllowed = false;
    } else {
      if (flow === 0) {
        if (!keyAllowed) throw new Stop("a second `:` must not stand here: put the value in quotes", pos);
        roll(column(), "map-start", pos);
      }
      keyAllowed = flow === 0;
    }
    add("value", pos, ++pos);
  }

  function name(type: "alias" | "anchor"): void {
    saveKey();
    keyAllowed = false;
    const start = pos++;
    while (isNameChar(codeAt(pos))) pos++;
    const after = text.charAt(pos);
    if (pos === start + 1 || !(isBlankOrEnd(codeAt(pos)) || (after !== "" && "?:,]}%@`".includes(after)))) {
      throw new Stop(`the name of an ${type} must consist of letters, digits and signs`, pos, start);
    }
    add(type, start, pos, text.slice(start + 1, pos));
  }

  function tag(): void {
    saveKey();
    keyAllowed = false;
    const start = pos;
    const verbatim = codeAt(pos + 1) === 0x3c;
    pos += verbatim ? 2 : 1;
    const uri = pos;
    while (isTagChar(codeAt(pos), verbatim)) pos++;
    if (verbatim) {
      if (pos === uri || codeAt(pos) !== 0x3e) throw new Stop("a tag must end in `>`", pos, start);
      pos++;
    }
    const written = text.slice(start, pos);
    if (!isBlankOrEnd(codeAt(pos)) || /%(?![0-9a-fA-F]{2})/.test(written)) {
      throw new Stop("a tag must be followed by a blank", pos, start);
    }
    if (/^!(?:[0-9A-Za-z_-]*)!$/.test(written)) throw new Stop("a tag must have a name", pos, start);
    add("tag", start, pos, written);
  }

  function directive(): void {
    unroll(-1);
    removeKey();
    keyAllowed = false;
    const start = pos;
    while (!isBreakOrEnd(codeAt(pos))) pos++;
    const written = text.slice(start, pos);
    if (!DIRECTIVE.test(written)) throw new Stop("only `%YAML 1.1` and `%TAG` directives are known", start);
    add("directive", start, pos, written.replace(/[ \t]+#.*$/, ""));
    skipBreak();
  }

  function blockScalar(literal: boolean): void {
    removeKey();
    keyAllowed = true;
    const start = pos++;
    let chomp = 0;
    let extra = 0;
    for (let i = 0; i < 2; i++) {
      const code = codeAt(pos);
      if (chomp === 0 && (code === 0x2b || code === 0x2d)) chomp = code === 0x2b ? 1 : -1;
      else if (extra === 0 && code >= 0x30 && code <= 0x39) {
        extra = code - 0x30;
        if (extra === 0) throw new Stop("a block of text must not be indented by 0", pos, start);
      } else break;
      pos++;
    }
    let end = pos;
    while (isBlank(codeAt(pos))) pos++;
    if (codeAt(pos) === 0x23) while (!isBreakOrEnd(codeAt(pos))) pos++;
    if (!isBreakOrEnd(codeAt(pos))) throw new Stop("the text of a block must begin on its own line", pos, start);
    skipBreak();

    const least = extra > 0 ? (indent >= 0 ? indent + extra : extra + 1) : 0;
    let width = least;
    let breaks = "";

    function skipBlankLines(): void {
      breaks = "";
      let widest = 0;
      for (;;) {
        while ((width === 0 || column() < width) && codeAt(pos) === SPACE) pos++;
        widest = Math.max(widest, column());
        if ((width === 0 || column() < width) && codeAt(pos) === TAB) {
          throw new Stop("tabs must not indent", pos);
        }
        if (!isBreak(codeAt(pos))) break;
        breaks += readBreak();
      }
      if (width === 0) width = Math.max(widest, indent + 1, 1);
    }

    skipBlankLines();
    let content = "";
    let pending = "";
    let blankBefore = false;
    while (column() === width && pos < size) {
      const blankNow = isBlank(codeAt(pos));
      if (!literal && !blankBefore && !blankNow && pending === "\n") {
        if (breaks === "") content += " ";
      } else content += pending;
      content += breaks;
      blankBefore = blankNow;
      const from = pos;
      while (!isBreakOrEnd(codeAt(pos))) pos++;
      content += text.slice(from, pos);
      end = pos;
      pending = pos < size ? readBreak() : "";
      skipBlankLines();
    }
    if (chomp !== -1) content += pending;
    if (chomp === 1) content += breaks;
    add("scalar", start, end, content, literal ? "literal" : "folded");
  }

  function quoted(single: boolean): void {
    const start = pos++;
    const quote = single ? 0x27 : 0x22;
    let content = "";
    for (;;) {
      if (isDocumentMark(codeAt(pos))) throw new Stop("a quoted text must end before the document does", pos, start);
      if (pos >= size) throw new Stop("the closing quote is missing", pos, start);
      let folding = false;
      let from = pos;
      for (let code = codeAt(pos); !isBlankOrEnd(code); code = codeAt(pos)) {
        if (code === quote) {
          if (!single || codeAt(pos + 1) !== quote) break;
          content += text.slice(from, pos + 1);
          pos += 2;
          from = pos;
        } else if (!single && code === 0x5c) {
          content += text.slice(from, pos);
          if (isBreak(codeAt(pos + 1))) {
            pos++;
            skipBreak();
            folding = true;
            from = pos;
            break;
          }
          content += escaped(start);
          from = pos;
        } else pos++;
      }
      content += text.slice(from, pos);
      if (codeAt(pos) === quote) break;
      content += fold(folding, 0);
    }
    add("scalar", start, ++pos, content, single ? "single" : "double");
  }

  /** Steps over blanks and line breaks inside a scalar and gives the text they count as; tabs must stay behind `least`. */
  function fold(folding: boolean, least: number): string {
    const from = pos;
    let breaking = folding;
    let first = "";
    let more = "";
    let to = from;
    for (let code = codeAt(pos); isBlank(code) || isBreak(code); code = codeAt(pos)) {
      if (isBlank(code)) {
        if (breaking && code === TAB && column() < least) throw new Stop("tabs must not indent", pos);
        pos++;
        if (!breaking) to = pos;
      } else if (!breaking) {
        breaking = true;
        first = readBreak();
      } else more += readBreak();
    }
    if (!breaking) return text.slice(from, to);
    if (first !== "\n") return first + more;
    return more === "" ? " " : more;
  }

  function escaped(start: number): string {
    const letter = text.charAt(pos + 1);
    const plainEscape = ESCAPES.get(letter);
    if (plainEscape !== undefined) {
      pos += 2;
      return plainEscape;
    }
    const length = letter === "x" ? 2 : letter === "u" ? 4 : letter === "U" ? 8 : 0;
    if (length === 0)
      throw new Stop("`\\` in double quotes must begin an escape: write `\\\\`, or use single quotes", pos, start);
    const digits = text.slice(pos + 2, pos + 2 + length);
    const code = Number.parseInt(digits, 16);
    const valid = digits.length === length && /^[0-9a-fA-F]+$/.test(digits) && code <= 0x10ffff;
    if (!valid || (code >= 0xd800 && code < 0xe000))
      throw new Stop(`\`\\${letter}\` must be followed by a character's code`, pos, start);
    pos += 2 + length;
    return String.fromCodePoint(code);
  }

  function plain(): void {
    saveKey();
    keyAllowed = false;
    const start = pos;
    const least = indent + 1;
    let end = pos;
    let content = "";
    let gap = "";
    let broken = false;
    for (;;) {
      if (isDocumentMark(codeAt(pos)) || codeAt(pos) === 0x23) break;
      const from = pos;
      for (let code = codeAt(pos); !isBlankOrEnd(code); code = codeAt(++pos)) {
        if (code === 0x3a && isBlankOrEnd(codeAt(pos + 1))) break;
        if (flow > 0 && endsInFlow(code, codeAt(pos + 1))) break;
      }
      if (pos > from) {
        content += gap + text.slice(from, pos);
        gap = "";
        broken = false;
        end = pos;
      }
      const code = codeAt(pos);
      if (!isBlank(code) && !isBreak(code)) break;
      const before = line;
      gap = fold(false, least);
      broken = line !== before;
      if (flow === 0 && column() < least) break;
    }
    add("scalar", start, end, content);
    if (broken) keyAllowed = true;
  }

  /** In front of, between and behind flow collections a plain scalar ends at their signs. */
  function endsInFlow(code: number, after: number): boolean {
    switch (code) {
      case 0x2c:
      case 0x5b:
      case 0x5d:
      case 0x7b:
      case 0x7d:
        return true;
      case 0x3f:
        return isBlankOrEnd(after);
      case 0x3a:
        return after === SPACE || after === 0x2c || after === 0x5d || after === 0x7d;
      default:
        return false;
    }
  }

  if (codeAt(0) === 0xfeff) {
    pos = 1;
    lineStart = 1;
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return {
      tokens,
      obstacle: {
        message: `the file is no text: it holds the control character U+${code}`,
        at: control.index,
        from: control.index,
      },
    };
  }
  try {
    while (next());
  } catch (error) {
    if (error instanceof Stop) return { tokens, obstacle: error.obstacle };
    throw error;
  }
  return { tokens, obstacle: undefined };
}

/** Characters that libyaml takes for a sign that a file is no text; halves of a surrogate pair cannot come from UTF-8. */
const CONTROL =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const DIRECTIVE = /^%(?:YAML[ \t]+0?1\.0?1|TAG[ \t]+!(?:[0-9A-Za-z_-]*!)?[ \t]+[^\s,[\]{}]\S*)[ \t]*(?:[ \t]#.*)?$/;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\u001b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["\\", "\\"],
  ["N", "\u0085"],
  ["_", "\u00a0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function isBreak(code: number): boolean {
  return code === LF || code === CR || code === 0x85 || code === 0x2028 || code === 0x2029;
}

function isBreakOrEnd(code: number): boolean {
  return code === 0 || isBreak(code);
}

function isBlankOrEnd(code: number): boolean {
  return code <= SPACE
    ? code === SPACE || code === LF || code === 0 || code === TAB || code === CR
    : code >= 0x85 && isBreak(code);
}

function isNameChar(code: number): boolean {
  if (code <= SPACE || code > 0x7e) return false;
  return code !== 0x3a && code !== 0x5b && code !== 0x5d && code !== 0x7b && code !== 0x7d && code !== 0x2c;
}

function isTagChar(code: number, verbatim: boolean): boolean {
  if (code <= SPACE || code > 0x7e) return false;
  const char = String.fromCharCode(code);
  return /[0-9A-Za-z_\-;/?:@&=+$.!~*'()%]/.test(char) || (verbatim && /[,[\]{}]/.test(char));
}
