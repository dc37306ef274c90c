import type { Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";
import { decidedBy } from "./decided.js";

describe("a variable decides", () => {
  it.each([
    [
      "${BIND:-0.0.0.0}:80:80",
      "BIND=0.0.0.0\n",
      {},
      "what decides is the value of `BIND` (in `.env`): change it there",
    ],
    ["$BIND:80:80", "", { BIND: "0.0.0.0" }, "what decides is the value of `BIND` (set in the shell): change it there"],
    [
      "${BIND}:${PORT}:80",
      "BIND=0.0.0.0\nPORT=80\n",
      {},
      "what decides is the value of `BIND` (in `.env`): change it there",
    ],
    ["${BIND:-0.0.0.0}:${PORT:-80}:80", "BIND=\n", {}, undefined],
    ["80:80", "BIND=0.0.0.0\n", {}, undefined],
    ["${ALL}", "ALL=0.0.0.0:80:80\n", {}, "what decides is the value of `ALL` (in `.env`): change it there"],
  ])("%s with %j", (port, dotenv, env, told) => {
    const text = `services:\n  web:\n    image: nginx\n    ports:\n      - "${port}"\n`;
    const texts = new Map([
      ["/project/compose.yaml", text],
      ["/project/.env", dotenv],
    ]);
    const read: Read = (path) => {
      const found = texts.get(path);
      return found === undefined ? { kind: "missing" } : { kind: "file", text: found };
    };
    const project = load({ cwd: "/project", env }, read);
    const place = project.services[0]?.ports.items[0];
    if (place?.origin === undefined) throw new Error("no port");
    const by = { ...Object(place.raw), host_ip: "127.0.0.1" };
    const intents = [{ op: "replace", path: ["services", "web", "ports"], item: place.raw, by }] as const;
    const fix = { title: "bind", intents, applicability: "safe" } as const;
    const finding = { rule: "r", severity: "low", message: "", risk: "", related: [], path: place.path } as const;
    expect(decidedBy(project, { ...finding, service: "web", origin: place.origin, fix }, read)).toBe(told);
  });
});
