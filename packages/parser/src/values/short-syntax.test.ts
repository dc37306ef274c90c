import { describe, expect, test } from "vitest";
import type { Span } from "./decoded.js";
import { parseDevice, parseDeviceCount, parseSshKey } from "./device.js";
import { parseEnvironmentItem, splitKeyValue } from "./mapping.js";
import { parsePort } from "./port.js";
import { parseVolume } from "./volume.js";

/** The texts of the parts, by name. */
function cut(text: string, parts: object): Record<string, unknown> {
  const slice = (span: Span): string => text.slice(span.start, span.end);
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, Array.isArray(part) ? part.map(slice) : slice(part as Span)]),
  );
}

describe("parsePort", () => {
  test.each([
    ["80", { target: "80" }],
    ["8080:80/udp", { published: "8080", target: "80", protocol: "udp" }],
    ["[::1]:1-2:3-4", { hostIp: "[::1]", published: "1-2", target: "3-4" }],
    ["::1::80", { hostIp: "::1", published: "", target: "80" }],
    [":80:80", { hostIp: "", published: "80", target: "80" }],
  ])("tells the parts of %s", (text, parts) => {
    const port = parsePort(text);
    if (!port.ok) throw new Error(port.message);
    expect(cut(text, port.value.parts)).toEqual(parts);
  });
});

describe("parseVolume", () => {
  test.each([
    ["/data", { target: "/data", options: [] }],
    ["v1:/data", { source: "v1", target: "/data", options: [] }],
    ["C:\\a:/b:ro,x,z", { source: "C:\\a", target: "/b", options: ["ro", "x", "z"] }],
    ["${A:-b:c}:/d:${M}", { source: "${A:-b:c}", target: "/d", options: ["${M}"] }],
  ])("tells the parts of %s", (text, parts) => {
    const volume = parseVolume(text);
    if (!volume.ok) throw new Error(volume.message);
    expect(cut(text, volume.value.parts)).toEqual(parts);
  });
});

describe("parseDevice", () => {
  test.each([
    ["/dev/a", { source: "/dev/a", target: "/dev/a", permissions: "rwm" }, { source: "/dev/a" }],
    [
      "/dev/a::r",
      { source: "/dev/a", target: "/dev/a", permissions: "r" },
      { source: "/dev/a", target: "", permissions: "r" },
    ],
    ["a:b", { source: "a", target: "b", permissions: "rwm" }, { source: "a", target: "b" }],
  ])("reads %s", (text, device, parts) => {
    const parsed = parseDevice(text);
    if (!parsed.ok) throw new Error(parsed.message);
    expect(parsed.value.device).toEqual(device);
    expect(cut(text, parsed.value.parts)).toEqual(parts);
  });

  test("refuses a fourth part", () => {
    expect(parseDevice("a:b:c:d")).toEqual({
      ok: false,
      message: "confusing device mapping, please use long syntax: a:b:c:d",
    });
  });
});

describe("small items", () => {
  test("reads the count of a device request", () => {
    expect(parseDeviceCount("ALL")).toEqual({ ok: true, value: -1 });
    expect(parseDeviceCount("2")).toEqual({ ok: true, value: 2 });
    expect(parseDeviceCount("two")).toEqual({
      ok: false,
      message: `invalid value "two", the only value allowed is 'all' or a number`,
    });
  });

  test("reads an SSH key", () => {
    expect(parseSshKey("default")).toEqual({ ok: true, value: { id: "default", path: null } });
    expect(parseSshKey("id=/a=b")).toEqual({ ok: true, value: { id: "id", path: "/a=b" } });
    expect(parseSshKey("id")).toEqual({ ok: false, message: 'invalid ssh key "id"' });
  });

  test("splits at the first equals sign", () => {
    expect(splitKeyValue("A=b=c")).toMatchObject({ key: "A", value: "b=c" });
    expect(splitKeyValue("A")).toMatchObject({ key: "A", value: null });
  });

  test("refuses an environment key that ends in a blank", () => {
    expect(parseEnvironmentItem("A =1")).toMatchObject({ ok: false });
    expect(parseEnvironmentItem("A b=1")).toMatchObject({ ok: true });
    expect(parseEnvironmentItem("=1")).toMatchObject({ ok: true, value: { key: "", value: "1" } });
  });
});
