import { expect } from "vitest";
import { noNewPrivileges } from "../src/rules/no-new-privileges.js";
import { table } from "./table.js";

const options = (list: string): string => `services: {web: {image: nginx, security_opt: ${list}}}`;
const missing = ["services.web.security_opt"];

table(noNewPrivileges, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  {
    case: "absent, with the newest release of an image that is known to work with it",
    compose: "services: {web: {image: nginx}}",
    finds: missing,
    first: ({ fix }) => expect(fix?.applicability).toBe("safe"),
  },
  {
    case: "absent",
    compose: "services: {web: {image: team/app}}",
    finds: missing,
    first: ({ fix, origin }) => {
      expect(fix).toMatchObject({ applicability: "unsafe", intents: [{ op: "add", item: "no-new-privileges:true" }] });
      expect(origin.value.start).toBeLessThanOrEqual("services: {web: ".length);
    },
  },
  {
    case: "an image that raises privileges when it starts",
    compose: "services: {web: {image: 'netdata/netdata:v2.5.0'}}",
    finds: missing,
    first: ({ fix, message }) => {
      expect(fix).toBeUndefined();
      expect(message).toMatch(/and its image does not work with it: /);
    },
  },
  {
    case: "an image that is known to work with it",
    compose: "services: {web: {image: 'nginx:1.29'}}",
    finds: missing,
    first: ({ fix }) => {
      expect(fix?.applicability).toBe("safe");
      expect(fix?.evidence?.map(({ kind }) => kind)).toContain("experiment");
    },
  },
  {
    case: "the same with another start than the known one",
    compose: "services: {web: {image: 'nginx:1.29', entrypoint: [/start.sh]}}",
    finds: missing,
    first: ({ fix }) =>
      expect(fix).toMatchObject({ applicability: "unsafe", caveat: expect.stringContaining("replaces the start") }),
  },
  { case: "build only", compose: "services: {web: {build: .}}", finds: missing },
  { case: "empty list", compose: options("[]"), finds: missing },
  { case: "wrong type", compose: options("no-new-privileges:true"), finds: missing },
  { case: "other options only", compose: options("['seccomp:unconfined']"), finds: missing },
  { case: "bare", compose: options("[no-new-privileges]"), finds: [] },
  { case: "colon", compose: options("['no-new-privileges:true']"), finds: [] },
  {
    case: "unquoted colon",
    compose: "services:\n  web:\n    image: nginx\n    security_opt:\n      - no-new-privileges:true\n",
    finds: [],
  },
  { case: "equals sign", compose: options("[no-new-privileges=true]"), finds: [] },
  { case: "other words for true", compose: options("[no-new-privileges=T]"), finds: [] },
  {
    case: "false",
    compose: options("['no-new-privileges:false']"),
    finds: ["services.web.security_opt[0]"],
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ op: "replace", by: "no-new-privileges:true" }]),
  },
  {
    case: "0",
    compose: options("[no-new-privileges=0]"),
    finds: ["services.web.security_opt[0]"],
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ op: "replace", by: "no-new-privileges=true" }]),
  },
  {
    case: "the last entry wins, and is true",
    compose: options("['no-new-privileges:false', no-new-privileges]"),
    finds: [],
  },
  {
    case: "the last entry wins, and is false",
    compose: options("[no-new-privileges, 'no-new-privileges:false']"),
    finds: ["services.web.security_opt[1]"],
    first: ({ fix }) =>
      expect(fix?.intents).toEqual([
        { op: "drop", path: ["services", "web", "security_opt"], item: "no-new-privileges:false" },
      ]),
  },
  { case: "a variable", compose: options("['no-new-privileges:${NNP:-true}']"), finds: [] },
  {
    case: "an unset variable",
    compose: options("['no-new-privileges:${NNP}']"),
    finds: ["services.web.security_opt[0]"],
  },
  {
    case: "merge key",
    compose:
      "x-s: &s {security_opt: ['no-new-privileges:true']}\nservices: {web: {<<: *s, image: a}, db: {<<: *s, image: a, security_opt: []}}",
    finds: ["services.db.security_opt"],
  },
  {
    case: "extends",
    compose: "services: {base: {image: a, security_opt: [no-new-privileges]}, web: {extends: base}}",
    finds: [],
  },
  {
    case: "override file",
    compose: {
      "compose.yaml": "services: {web: {image: a}}",
      "override.yaml": "services: {web: {security_opt: [no-new-privileges]}}",
    },
    finds: [],
  },
  { case: "a provider runs no container", compose: "services: {web: {provider: {type: model}}}", finds: [] },
  {
    case: "a Windows container",
    compose:
      "services: {web: {image: mcr.microsoft.com/windows/servercore:ltsc2022}, b: {image: a, isolation: hyperv}, c: {image: a, platform: windows/amd64}}",
    finds: [],
  },
  {
    case: "a Swarm service, for which nothing can be written",
    compose: "services: {web: {image: nginx, deploy: {mode: global}}}",
    finds: missing,
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
]);
