import { isIpAddress } from "./ip.js";

/** True for a path that is absolute on Windows: a drive with a slash, a network share, a device. */
export function isWindowsAbsolute(path: string): boolean {
  const volume = volumeLength(path);
  if (volume === 0) return false;
  if (isSeparator(path, 0) && isSeparator(path, 1)) return true;
  return isSeparator(path, volume);
}

function isSeparator(path: string, at: number): boolean {
  const char = path.charAt(at);
  return char === "/" || char === "\\";
}

function volumeLength(path: string): number {
  if (path.charAt(1) === ":" && path.charCodeAt(0) < 0x80) return 2;
  if (!isSeparator(path, 0)) return 0;
  // A device path of the kind `\??\`; those that start with two separators are absolute whatever follows.
  if (/^[\\/]\?\?(?:[\\/]|$)/.test(path)) {
    if (path.length === 3) return 3;
    const end = path.slice(4).search(/[\\/]/);
    return end < 0 ? path.length : end + 4;
  }
  return isSeparator(path, 1) ? path.length : 0;
}

/** True for a reference that a remote loader reads (git, OCI), as opposed to a path. */
export function isRemote(reference: string): boolean {
  if (reference.startsWith("oci://")) return true;
  if (/^\.{1,2}\//.test(reference)) return false;
  if (/^(?:github\.com\/|git:\/\/|ssh:\/\/|git\+ssh:\/\/)/.test(reference)) return true;
  if (/^https?:\/\//.test(reference)) return isGitUrl(reference);
  const at = reference.indexOf("@");
  const colon = reference.indexOf(":");
  if (at <= 0 || colon <= at) return false;
  return !/[/\\: ]/.test(reference.slice(0, at)) && !/[/\\ ]/.test(reference.slice(at + 1, colon));
}

/** True for an http(s) URL whose path ends in `.git`; a fragment or a query may follow. */
function isGitUrl(url: string): boolean {
  if (/[\u0000-\u001f\u007f]/.test(url)) return false;
  const hash = url.indexOf("#");
  const fragment = hash < 0 ? "" : url.slice(hash + 1);
  const beforeFragment = hash < 0 ? url : url.slice(0, hash);
  const query = beforeFragment.indexOf("?");
  const location = query < 0 ? beforeFragment : beforeFragment.slice(0, query);
  const rest = location.slice(location.indexOf("//") + 2);
  const slash = rest.indexOf("/");
  if (slash < 0 || !isAuthority(rest.slice(0, slash))) return false;
  const path = rest.slice(slash);
  if (BAD_ESCAPE.test(path) || BAD_ESCAPE.test(fragment)) return false;
  return path
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .endsWith(".git");
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;
const USER_INFO = /^(?:[A-Za-z0-9._:~!$&'()*+,;=@-]|%[0-9a-fA-F]{2})*$/;
const HOST = /^(?:[A-Za-z0-9!$&'()*+,;=\]<>"._~-]|[^\u0000-\u007f]|%[89a-fA-F][0-9a-fA-F]|%25)*(?::[0-9]*)?$/;
const BRACKETED = /^\[([^\]]*)\](?::[0-9]*)?$/;

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf("@");
  const host = text.slice(at + 1);
  if (at >= 0 && !USER_INFO.test(text.slice(0, at))) return false;
  if (!host.startsWith("[")) return HOST.test(host);
  if (BAD_ESCAPE.test(host)) return false;
  const address = BRACKETED.exec(host)?.[1]?.replace(/%25[^ []+$/, "");
  return address?.includes(":") === true && isIpAddress(address);
}
