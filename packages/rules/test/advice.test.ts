import type { Service } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { describe, expect, test } from "vitest";
import { adviceFrom, type Knowledge, profileAdvice } from "../src/index.js";

function service(text: string): Service {
  const project = load({ cwd: "/p", files: ["compose.yaml"] }, (path) =>
    path === "/p/compose.yaml" ? { kind: "file", text: `services: {web: ${text}}` } : { kind: "missing" },
  );
  const [web] = project.services;
  if (web === undefined) throw new Error("no service");
  return web;
}

const seen = { kind: "observed", where: "container web", states: "seen" } as const;
const web = service("{image: 'acme/web:1'}");

describe("sources of knowledge", () => {
  const nothing: Knowledge = {
    capabilities: () => ({ grade: "unknown", value: undefined, reasons: ["?"], evidence: [] }),
  };
  const safe: Knowledge = {
    capabilities: () => ({ grade: "safe", value: { cap_add: ["CHOWN"] }, reasons: [], evidence: [] }),
  };
  const breaks: Knowledge = {
    capabilities: () => ({ grade: "never", value: undefined, reasons: ["it needs the host"], evidence: [] }),
  };

  test("the first that knows something answers", () => {
    expect(adviceFrom([nothing, safe, breaks]).capabilities(web)).toMatchObject({
      offered: true,
      value: ["CHOWN"],
      grade: { applicability: "safe" },
    });
    expect(adviceFrom([{}, breaks, safe]).capabilities(web)).toEqual({ offered: false, reason: "it needs the host" });
  });

  test("without knowledge nothing is safe, and nothing is claimed", () => {
    const advice = adviceFrom([nothing]);
    for (const verdict of [advice.capabilities(web), advice.readOnly(web), advice.noNewPrivileges(web)])
      expect(verdict).toMatchObject({ offered: true, grade: { applicability: "unsafe" } });
    expect(advice.memory(web).known).toBeUndefined();
  });

  test("no capability is added that the service does not have today", () => {
    const much: Knowledge = {
      capabilities: () => ({ grade: "safe", value: { cap_add: ["NET_ADMIN", "SETUID"] }, reasons: [], evidence: [] }),
    };
    expect(adviceFrom([much]).capabilities(web)).toMatchObject({ value: ["SETUID"] });
    const given = service("{image: 'acme/web:1', cap_add: [CAP_NET_ADMIN]}");
    expect(adviceFrom([much]).capabilities(given)).toMatchObject({ value: ["NET_ADMIN", "SETUID"] });
  });

  test("a bound is never below the first guess", () => {
    const bound = (mb: number) =>
      adviceFrom([{ memory: () => ({ grade: "safe", value: mb, reasons: [], evidence: [seen] }) }]).memory(web).value;
    expect([bound(64), bound(4096)]).toEqual([1024 ** 3, 4 * 1024 ** 3]);
  });
});

describe("image profiles", () => {
  test("an unknown image", () => {
    expect(profileAdvice.capabilities(web)).toMatchObject({ offered: true, grade: { applicability: "unsafe" } });
    expect(profileAdvice.noNewPrivileges(service("{build: .}"))).toMatchObject({ grade: { applicability: "unsafe" } });
  });

  test("a known image, and what holds it back", () => {
    expect(profileAdvice.capabilities(service("{image: 'redis:7.4'}"))).toMatchObject({
      value: ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETPCAP", "SETUID"],
      grade: { applicability: "safe" },
    });
    expect(profileAdvice.capabilities(service("{image: 'redis:7.4', command: [sh, -c, redis-server]}"))).toMatchObject({
      grade: { applicability: "unsafe", caveat: expect.stringContaining("its own `command`") },
    });
    // An empty user leaves it to the image.
    expect(profileAdvice.capabilities(service("{image: 'redis:7.4', user: ''}"))).toMatchObject({
      value: ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETPCAP", "SETUID"],
    });
  });
});
