import type { Json } from "@compose-harden/model";

const TOKEN =
  /\s+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|([{}[\],:])|("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|([^\s{}[\],:"'/]+)/y;

/** The value of a JSON5 text (comments, bare keys, single quotes, trailing commas); undefined when it is none. */
export function parseJson5(text: string): Json | undefined {
  const tokens = tokensOf(text.replace(/^\ufeff/, ""));
  if (tokens === undefined) return undefined;
  const [value, end] = valueFrom(tokens, 0);
  return end === tokens.length ? value : undefined;
}

/** Punctuation and bare words as they are, strings in double quotes; undefined when something else stands there. */
function tokensOf(text: string): readonly string[] | undefined {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (found === null) return undefined;
    const [, mark, quoted, bare] = found;
    const token = mark ?? (quoted === undefined ? bare : `"${unquoted(quoted)}`);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", 0: "\0" };

function unquoted(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))/g, (_, u, x, other) => {
    const code: string | undefined = u ?? x;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return /[\r\n\u2028\u2029]/.test(other) ? "" : (ESCAPES[other] ?? other);
  });
}

/** The value that starts at a token, and the token after it; that is no place (-1) when there is none. */
function valueFrom(tokens: readonly string[], start: number): readonly [Json | undefined, number] {
  const token = tokens[start];
  if (token === undefined || /^[}\],:]$/.test(token)) return [undefined, -1];
  if (token === "{" || token === "[") return collectionFrom(tokens, start, token === "{" ? "}" : "]");
  if (token.startsWith('"')) return [token.slice(1), start + 1];
  if (token === "true" || token === "false") return [token === "true", start + 1];
  if (token === "null") return [null, start + 1];
  const number = Number(token.replace(/^\+/, ""));
  return Number.isNaN(number) ? [undefined, -1] : [number, start + 1];
}

function collectionFrom(
  tokens: readonly string[],
  start: number,
  close: "}" | "]",
): readonly [Json | undefined, number] {
  const members: (readonly [string, Json])[] = [];
  let at = start + 1;
  while (tokens[at] !== close) {
    const key = close === "}" ? tokens[at] : String(members.length);
    if (close === "}") {
      if (key === undefined || /^[{}[\],:]$/.test(key) || tokens[at + 1] !== ":") return [undefined, -1];
      at += 2;
    }
    const [value, next] = valueFrom(tokens, at);
    if (value === undefined || next < 0) return [undefined, -1];
    members.push([(key ?? "").replace(/^"/, ""), value]);
    at = next;
    if (tokens[at] === ",") at++;
    else if (tokens[at] !== close) return [undefined, -1];
  }
  return [close === "}" ? Object.fromEntries(members) : members.map(([, value]) => value), at + 1];
}
