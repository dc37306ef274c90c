import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { castBoolean, castFloat32, castInteger, castInteger64, castUmask } from "./casts.js";
import { formatDuration, parseDuration } from "./duration.js";
import { formatFileMode, parseFileMode } from "./filemode.js";
import { isIpAddress } from "./ip.js";
import { formatFloat, formatJsonFloat } from "./number.js";
import { isProjectName } from "./projectname.js";
import { quote } from "./quote.js";
import { resolvePlain, scalarText } from "./scalar.js";
import { compareBytes, utf8Length } from "./unicode.js";

describe("casts", () => {
  test.each([
    ["TRUE", { value: true }],
    ["false", { value: false }],
    ["Yes", { value: true, warning: '"Yes" for boolean is not supported by YAML 1.2, please use `true`' }],
    ["off", { value: false, warning: '"off" for boolean is not supported by YAML 1.2, please use `false`' }],
  ])("castBoolean(%j)", (text, value) => expect(castBoolean(text)).toEqual({ ok: true, value }));

  test.each(["1", "0", "t", "", " true"])("castBoolean refuses %j", (text) =>
    expect(castBoolean(text)).toEqual({ ok: false, message: `invalid boolean: ${text}` }),
  );

  test("names the function that Compose uses in errors", () => {
    expect(castInteger("x")).toEqual({ ok: false, message: 'strconv.Atoi: parsing "x": invalid syntax' });
    expect(castInteger64("x")).toEqual({ ok: false, message: 'strconv.ParseInt: parsing "x": invalid syntax' });
  });

  test.each([
    ["077", 63],
    ["0o77", 63],
    ["77", 77],
    ["4294967295", 4294967295],
  ])("castUmask(%j)", (text, value) => expect(castUmask(text)).toEqual({ ok: true, value }));

  test.each(["-1", "4294967296", "", "8_"])("castUmask refuses %j", (text) => expect(castUmask(text).ok).toBe(false));

  test("keeps CPUs in single precision", () => {
    expect(castFloat32("0.1")).toEqual({ ok: true, value: Math.fround(0.1) });
    expect(castFloat32("1e39")).toEqual({
      ok: false,
      message: 'strconv.ParseFloat: parsing "1e39": value out of range',
    });
  });
});

describe("printing", () => {
  test.each([
    [1.5, "1.5", "1.5"],
    [1e6, "1e+06", "1000000"],
    [999999.5, "999999.5", "999999.5"],
    [1e-7, "1e-07", "1e-7"],
    [0.00001, "1e-05", "0.00001"],
    [-0, "-0", "-0"],
    [1e21, "1e+21", "1e+21"],
  ])("%d", (value, text, json) => {
    expect(formatFloat(value)).toBe(text);
    expect(formatJsonFloat(value)).toBe(json);
  });

  test("reads back every float of single precision", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(formatFloat(value, 32)))).toBe(value);
        expect(Math.fround(Number(formatJsonFloat(value, 32)))).toBe(value);
      }),
    );
  });

  test("reads back every duration", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }), (value) => {
        expect(parseDuration(formatDuration(value))).toEqual({ ok: true, value });
      }),
    );
  });

  test("prints file modes in octal", () => {
    const mode = parseFileMode("0440");
    expect(mode.ok && formatFileMode(mode.value)).toBe("0440");
  });

  test("quotes what Go quotes", () => {
    expect(quote('a"\\\n\u0001\u007fé\u00a0\u2028😀')).toBe('"a\\"\\\\\\n\\x01\\x7fé\\u00a0\\u2028😀"');
  });
});

describe("resolvePlain", () => {
  test("keeps every digit of a large integer", () => {
    expect(resolvePlain("18446744073709551615")).toEqual({ tag: "int", value: 18446744073709551615n });
    expect(resolvePlain("9007199254740991")).toEqual({ tag: "int", value: 9007199254740991 });
  });

  test("reads back every double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const scalar = resolvePlain(scalarText({ tag: "float", value }));
        expect(Number(scalar.value)).toBe(Object.is(value, -0) ? -0 : value);
      }),
    );
  });
});

describe("texts", () => {
  test("measures and orders by UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        const encoder = new TextEncoder();
        expect(utf8Length(a)).toBe(encoder.encode(a).length);
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(encoder.encode(a), encoder.encode(b))));
      }),
    );
  });

  test.each(["::", "::1", "1::", "fe80::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "0.0.0.0"])(
    "%s is an address",
    (text) => expect(isIpAddress(text)).toBe(true),
  );

  test.each([
    "",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7:8::",
    "1.2.3",
    "1.2.3.04",
    "::1.2.3",
    "::12345",
    "fe80::1%eth0",
  ])("%j is no address", (text) => expect(isIpAddress(text)).toBe(false));

  test("knows a project name that needs no change", () => {
    expect(isProjectName("a-1")).toBe(true);
    for (const name of ["", "A", "-a", "a.b"]) expect(isProjectName(name)).toBe(false);
  });
});
