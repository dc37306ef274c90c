/**
 * The short syntax of a port with another host address, most likely form first: the law decides which is right. `${…}` stays
 * untouched, save a default that is itself the address. Empty when the text offers no place for an address.
 */
export function withHostAddress(text: string, address: string): readonly string[] {
  const ip = address.includes(":") && !/[[$]/.test(address) ? `[${address}]` : address;
  const parts = splitOutside(text);
  const [first = ""] = parts;
  const tail = parts.slice(-2).join(":");
  // `${SPEC:-8080:80}` may hold the colon itself.
  if (parts.length === 1) return isExpression(first) ? [`${ip}:${text}`, `${ip}::${text}`] : [`${ip}::${text}`];
  if (parts.length === 2)
    return isAddressExpression(first)
      ? [`${ip}:${text}`, `${withDefault(first, address)}:${parts[1]}`]
      : [`${ip}:${text}`];
  const host = parts.slice(0, -2).join(":");
  if (!host.includes("$")) return [`${ip}:${tail}`];
  const changed = withDefault(host, address);
  if (changed === undefined) return [];
  // `${NAME-address}` with an empty NAME is no address.
  return [...new Set([changed, changed.replace(/^(\[?\$\{\w+)-/, "$1:-")])].map((part) => `${part}:${tail}`);
}

/** `${NAME}`, `${NAME:-value}` or `${NAME-value}` with another default; undefined for any other text. */
export function withDefault(expression: string, value: string): string | undefined {
  const match = /^(\[?)(?:\$\{(\w+)(?:(:?-)([^{}]*))?\}|\$(\w+))(\]?)$/.exec(expression);
  const name = match?.[2] ?? match?.[5];
  if (match === null || name === undefined || value.includes("$")) return undefined;
  return `${match[1] ?? ""}\${${name}${match[3] ?? ":-"}${value}}${match[6] ?? ""}`;
}

function isExpression(part: string): boolean {
  return part.startsWith("$");
}

function isAddressExpression(part: string): boolean {
  return /^\$\{\w+:?-[\d.]+:\d*\}$/.test(part);
}

/** Parts between colons that stand neither in `${…}` nor in `[…]`. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const char of text) {
    if (char === "{" || char === "[") depth++;
    if (char === "}" || char === "]") depth--;
    if (char === ":" && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}
