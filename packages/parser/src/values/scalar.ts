import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import type { Integer } from "./number.js";
import { formatFloat, isDecimal, parseFloating, parseInteger, parseUnsigned } from "./number.js";
import { readTimestamp } from "./timestamp.js";

/**
 * A scalar with its YAML type. A timestamp's value is the text Compose prints for it; an integer beyond 2^53 is a bigint.
 */
export type Scalar =
  | { readonly tag: "null"; readonly value: null }
  | { readonly tag: "bool"; readonly value: boolean }
  | { readonly tag: "int"; readonly value: Integer }
  | { readonly tag: "float"; readonly value: number }
  | { readonly tag: "timestamp"; readonly value: string }
  | { readonly tag: "str"; readonly value: string };

const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["true", "True", "TRUE"].map((word) => [word, { tag: "bool", value: true }] as const),
  ...["false", "False", "FALSE"].map((word) => [word, { tag: "bool", value: false }] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, { tag: "null", value: null }] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, { tag: "float", value: Number.NaN }] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map(
    (word) => [word, { tag: "float", value: Number.POSITIVE_INFINITY }] as const,
  ),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, { tag: "float", value: Number.NEGATIVE_INFINITY }] as const),
  ...["-0", "-0.0"].map((word) => [word, { tag: "float", value: -0 }] as const),
]);

const LONGEST_WORD = 5;

/**
 * Gives an unquoted, untagged scalar its type, as the YAML library of Compose does: integers take `0x`, `0o`, `0b`, a
 * leading zero for octal and `_`; unquoted dates are timestamps; `yes`, `on` and `22:22` are strings.
 */
export function resolvePlain(text: string): Scalar {
  return readPlain(text, true);
}

function readPlain(text: string, timestamps: boolean): Scalar {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  if (first === 0x2e) {
    const float = parseFloating(text);
    if (float.ok) return { tag: "float", value: float.value };
  } else if ((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d) {
    return readNumber(text, timestamps);
  }
  return { tag: "str", value: text };
}

function readNumber(text: string, timestamps: boolean): Scalar {
  const timestamp = timestamps && text.charCodeAt(4) === 0x2d ? readTimestamp(text) : undefined;
  if (timestamp !== undefined) return { tag: "timestamp", value: timestamp };
  if (!NUMERIC.test(text)) return { tag: "str", value: text };
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const signed = parseInteger(plain, 0);
  if (signed.ok) return { tag: "int", value: signed.value };
  const unsigned = parseUnsigned(plain, 0, 64);
  if (unsigned.ok) return { tag: "int", value: unsigned.value };
  if (isDecimal(plain)) {
    const float = parseFloating(plain);
    if (float.ok) return { tag: "float", value: float.value };
  }
  return { tag: "str", value: text };
}

/** Every character a number can hold: most values that start with a digit (ports, addresses, versions) are told apart here. */
const NUMERIC = /^[0-9a-fA-FxXoO_.+-]+$/;

const TAG_PREFIX = "tag:yaml.org,2002:";

/**
 * Gives a scalar that carries a tag its type; quoted or not makes no difference. Tags that YAML does not know (`!foo`)
 * leave a string. `!!binary` is decoded to text.
 */
export function resolveTagged(text: string, tag: string): Decoded<Scalar> {
  const short = tag.startsWith(TAG_PREFIX) ? `!!${tag.slice(TAG_PREFIX.length)}` : tag;
  switch (short) {
    case "!!bool":
    case "!!int":
    case "!!null":
    case "!!float":
    case "!!timestamp": {
      const scalar = readPlain(text, short === "!!timestamp");
      if (`!!${scalar.tag}` === short) return accept(scalar);
      if (short === "!!float" && scalar.tag === "int" && isInt64(scalar.value)) {
        return accept({ tag: "float", value: Number(scalar.value) });
      }
      const found = text === "<<" ? "merge" : scalar.tag;
      return refuse(`cannot construct !!${found} \`${text}\` as a ${short}`);
    }
    case "!!binary":
      return decodeBase64(text);
    default:
      return accept({ tag: "str", value: text });
  }
}

function isInt64(value: Integer): boolean {
  return typeof value === "number" || value < 2n ** 63n;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function decodeBase64(text: string): Decoded<Scalar> {
  const packed = text.replace(/[\r\n]/g, "");
  if (!BASE64.test(packed)) return refuse("!!binary value contains invalid base64 data");
  const bytes: number[] = [];
  for (let i = 0; i < packed.length; i += 4) {
    let bits = 0;
    for (let j = i; j < i + 4; j++) bits = bits * 64 + Math.max(0, ALPHABET.indexOf(packed.charAt(j)));
    bytes.push(bits >> 16, (bits >> 8) & 0xff, bits & 0xff);
  }
  const padding = packed.endsWith("==") ? 2 : packed.endsWith("=") ? 1 : 0;
  return accept({ tag: "str", value: decodeUtf8(bytes.slice(0, bytes.length - padding)) });
}

/** UTF-8 to text; a byte that is not UTF-8 becomes U+FFFD, as in Compose's JSON output. */
function decodeUtf8(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : 4;
    const tail = bytes.slice(i + 1, i + length);
    const whole = tail.length === length - 1 && tail.every((byte) => byte >= 0x80 && byte < 0xc0);
    const code = tail.reduce(
      (sum, byte) => sum * 64 + (byte & 0x3f),
      length === 1 ? lead : lead & (0xff >> (length + 1)),
    );
    const least = [0, 0, 0x80, 0x800, 0x10000][length] ?? 0;
    const valid = (lead < 0x80 || (lead >= 0xc2 && lead < 0xf5)) && whole && code >= least && code <= 0x10ffff;
    const scalar = valid && !(code >= 0xd800 && code < 0xe000);
    text += scalar ? String.fromCodePoint(code) : "\ufffd";
    i += scalar ? length : 1;
  }
  return text;
}

/** A scalar as Go's `%v` prints it, which is what Compose puts where it needs text: `1.50` → `1.5`, `0x10` → `16`. */
export function scalarText(scalar: Scalar): string {
  switch (scalar.tag) {
    case "null":
      return "<nil>";
    case "bool":
    case "int":
      return String(scalar.value);
    case "float":
      return formatFloat(scalar.value);
    case "timestamp":
    case "str":
      return scalar.value;
    default:
      return scalar satisfies never;
  }
}
