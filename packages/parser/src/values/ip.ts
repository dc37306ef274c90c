/** True for an IPv4 address in four plain decimal parts, or an IPv6 address without a zone. */
export function isIpAddress(text: string): boolean {
  return text.includes(":") ? isIpv6(text) : isIpv4(text);
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

const GROUPS = 8;

function isIpv6(text: string): boolean {
  if (text.includes("%")) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const [head = "", tail] = halves;
  const first = countGroups(head, tail === undefined);
  const second = tail === undefined ? 0 : countGroups(tail, true);
  if (first === undefined || second === undefined) return false;
  return tail === undefined ? first === GROUPS : first + second < GROUPS;
}

/** Number of 16-bit groups, or undefined when one is malformed; a trailing IPv4 address counts as two. */
function countGroups(text: string, last: boolean): number | undefined {
  if (text === "") return 0;
  const groups = text.split(":");
  const final = groups.at(-1) ?? "";
  const embedded = last && final.includes(".");
  if (embedded && !isIpv4(final)) return undefined;
  const plain = embedded ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return plain.length + (embedded ? 2 : 0);
}
