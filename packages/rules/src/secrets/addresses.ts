import { isPlaceholder } from "./placeholder.js";

/** A literal password in the address of a server. */
export interface AddressPassword {
  readonly start: number;
  readonly end: number;
  /** The name of the server; empty where none is written. */
  readonly host: string;
  readonly kind: "a password in a URL" | "a password in a connection string";
}

/** False where `passwordsInAddresses` surely finds nothing. */
export function mayHoldAddress(text: string): boolean {
  return (text.includes("@") && (text.includes("://") || text.includes("@tcp("))) || KEY.test(text);
}

/** The literal passwords of the URLs in a text, or of the connection string that it is. */
export function passwordsInAddresses(text: string): readonly AddressPassword[] {
  const inUrls = passwordsInUrls(text);
  if (inUrls.length > 0) return inUrls;
  return passwordsBeforeNetwork(text) ?? passwordsInConnection(text);
}

/** `user:password@tcp(db:3306)/app`, as programs in Go take the address of MySQL. */
function passwordsBeforeNetwork(text: string): readonly AddressPassword[] | undefined {
  const [, lead, password = "", host = ""] = /^([^\s:@/]+:)([^\s@]+)@tcp\(([^):]*)/.exec(text) ?? [];
  if (lead === undefined || isPlaceholder(password)) return undefined;
  return [{ start: lead.length, end: lead.length + password.length, host, kind: "a password in a connection string" }];
}

/** Everything up to the password, the password, and where the address leads. */
const URL_WITH_PASSWORD =
  /\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@?#]*:)([^\s@/?#]+)@(?=\S)(?!\d+(?:[\s/?#,"']|$))([^\s:/?#,]*)/gi;

function passwordsInUrls(text: string): readonly AddressPassword[] {
  if (!text.includes("://") || !text.includes("@")) return [];
  return [...text.matchAll(URL_WITH_PASSWORD)].flatMap(({ index, 1: lead = "", 2: password = "", 3: host = "" }) => {
    const start = index + lead.length;
    return isPlaceholder(password)
      ? []
      : [{ start, end: start + password.length, host, kind: "a password in a URL" as const }];
  });
}

/**
 * `user=app password=… host=db` (libpq), `Server=db;User Id=sa;Password=…` (ADO.NET), `jdbc:…?user=app&password=…`,
 * `cache:6379,password=…` (StackExchange.Redis), and the options of a mount, `username=me,password=…`.
 */
const KEY = /(?:^|[\s;?&,])(?:password|pwd)\s*=\s*/i;
const SERVER = /(?:^|[\s;?&,])(?:host|server|data source)\s*=\s*([\w.-]+)|\/\/([\w.-]+)|^([\w.-]+):\d+,/i;
const USER = /(?:^|[\s;?&,])(?:user|user ?id|username|uid|dbname|database|initial catalog)\s*=/i;

function passwordsInConnection(text: string): readonly AddressPassword[] {
  const key = KEY.exec(text);
  const server = SERVER.exec(text);
  if (key === null || (server === null && !USER.test(text))) return [];
  const rest = text.slice(key.index + key[0].length);
  const [, quote = "", quoted = "", plain = ""] =
    /^(["'])(.*?)\1|^([^\s,;&"'][^\s;&"']*?)(?=,\w+=|[\s;&"']|$)/.exec(rest) ?? [];
  const password = quote === "" ? plain : quoted;
  if (password === "" || isPlaceholder(password)) return [];
  const start = key.index + key[0].length + quote.length;
  const host = server?.slice(1).find((name) => name !== undefined) ?? "";
  return [{ start, end: start + password.length, host, kind: "a password in a connection string" }];
}
