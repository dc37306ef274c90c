import type { Read } from "@compose-harden/model";
import { expect, it } from "vitest";
import { profileAdvice } from "../src/advice/profile-advice.js";
import { checkWith } from "../src/check.js";
import { openclawConfig } from "../src/rules/openclaw-config.js";
import { loadFiles, table } from "./table.js";

const of = (content: string, image = "ghcr.io/openclaw/openclaw"): string =>
  `services: {web: {image: "${image}", configs: [{source: c, target: /home/node/.openclaw/openclaw.json}]}}\nconfigs: {c: {content: '${content}'}}`;
const found = ["services.web.configs[0]"];
const fine = 'agents: {defaults: {sandbox: {mode: "all"}}}, tools: {profile: "coding"}';

table(openclawConfig, [
  { case: "no configuration at hand", compose: "services: {web: {image: ghcr.io/openclaw/openclaw}}", finds: [] },
  { case: "nothing wrong", compose: of(`{${fine}}`), finds: [] },
  {
    case: "an allow-list",
    compose: of('{agents: {defaults: {sandbox: {mode: "all"}}}, tools: {allow: ["read"]}}'),
    finds: [],
  },
  { case: "empty: no sandbox, every tool", compose: of("{}"), finds: [...found, ...found] },
  { case: "no sandbox", compose: of('{tools: {profile: "coding"}}'), finds: found },
  {
    case: "half a sandbox",
    compose: of('{agents: {defaults: {sandbox: {mode: "non-main"}}}, tools: {profile: "coding"}}'),
    finds: found,
  },
  {
    case: "only a list of what is forbidden",
    compose: of('{agents: {defaults: {sandbox: {mode: "all"}}}, tools: {deny: ["browser"]}}'),
    finds: found,
  },
  {
    case: "no login",
    compose: of(`{gateway: {auth: {mode: "none"}}, ${fine}}`),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("high"),
  },
  {
    case: "a short token",
    compose: of(`{gateway: {auth: {token: "secret"}}, ${fine}}`),
    finds: found,
    first: ({ message }) => expect(message).not.toContain("secret"),
  },
  {
    case: "a token from a variable",
    compose: of(`{gateway: {auth: {token: "$\\{TOKEN}"}}, ${fine}}`.replace("$\\{", "$$$${")),
    finds: [],
  },
  {
    case: "a control page without pairing",
    compose: of(`{gateway: {controlUi: {dangerouslyDisableDeviceAuth: true}}, ${fine}}`),
    finds: found,
  },
  { case: "no JSON5", compose: of("gateway: x"), finds: [] },
  { case: "another product", compose: of("{}", "nginx"), finds: [] },
]);

it.each([
  ["a mounted folder", "./openclaw:/home/node/.openclaw", "/project/openclaw/openclaw.json"],
  ["a mounted file", "./my.json:/home/node/.openclaw/openclaw.json", "/project/my.json"],
])("reads %s", (_, volume, file) => {
  const project = loadFiles(`services: {web: {image: ghcr.io/openclaw/openclaw, volumes: ["${volume}"]}}`);
  const read: Read = (path) =>
    path === file ? { kind: "file", text: `{${fine.replace("all", "off")}}` } : { kind: "missing" };
  expect(checkWith([openclawConfig], project, {}, profileAdvice, read)).toHaveLength(1);
  expect(checkWith([openclawConfig], project)).toEqual([]);
});

it("reads nothing outside the project", () => {
  const project = loadFiles(
    'services: {web: {image: ghcr.io/openclaw/openclaw, volumes: ["../secret:/home/node/.openclaw"]}}',
  );
  const read: Read = () => ({ kind: "file", text: "{}" });
  expect(checkWith([openclawConfig], project, {}, profileAdvice, read)).toEqual([]);
});
