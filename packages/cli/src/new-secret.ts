const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX = "0123456789abcdef";
const SHORTEST = 32;
/** Every so many characters a hyphen: what asks for a special character has one, and URLs, shells and env files take it as it is. */
const GROUP = 8;

/** Bytes in base64, as Laravel (`base64:` in front) and Fernet want their keys: from 16 to 64 bytes make so many characters. */
const BASE64 = /^(base64:)?([\w+/-]{22,86}={1,2})$/;

/**
 * A new secret that fits where the old one stood, from the system's random numbers: hexadecimal digits for as many of them, base64 of
 * as many bytes, `sk-` in front where it was, no shorter than the old one and with 120 bits at least.
 */
export function newSecretFor(old: string): string {
  if (/^[0-9a-f]{32,}$/i.test(old)) return randomText(old.length, HEX);
  const [, mark = "", encoded] = BASE64.exec(old) ?? [];
  if (encoded !== undefined) return mark + randomBase64(Buffer.from(encoded, "base64").length);
  const prefix = old.startsWith("sk-") ? "sk-" : "";
  for (;;) {
    const text = randomText(Math.max(SHORTEST, old.length) - prefix.length, LETTERS_AND_DIGITS);
    const secret = [...text]
      .map((char, i) => ((i + 1) % (GROUP + 1) === 0 && i < text.length - 1 ? "-" : char))
      .join("");
    // A rule of the server may ask for each kind of character.
    if ([/^[A-Za-z]/, /[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(secret))) return prefix + secret;
  }
}

/** So many bytes; without the two digits in which the alphabets for files and for addresses differ. */
function randomBase64(bytes: number): string {
  for (;;) {
    const text = Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("base64");
    if (!/[+/]/.test(text)) return text;
  }
}

function randomText(length: number, alphabet: string): string {
  const most = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    // A byte above the last whole alphabet would favour its first characters.
    for (const byte of crypto.getRandomValues(new Uint8Array(length)))
      if (byte < most && text.length < length) text += alphabet[byte % alphabet.length];
  }
  return text;
}
