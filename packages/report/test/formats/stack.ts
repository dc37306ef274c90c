import type { Finding, Gap, Origin, Project, Service, SourceFile } from "@compose-harden/model";
import { expect } from "vitest";
import type { FormatOptions } from "../../src/formats/formats.js";
import type { Result, RuleInfo } from "../../src/result.js";
import { PLAIN } from "../../src/style.js";

/** Texts that come from files, and so from strangers. */
export interface Names {
  readonly file: string;
  readonly service: string;
  /** Stands in messages, between backticks as rules do it. */
  readonly value: string;
  readonly reason: string;
}

const RULES: readonly RuleInfo[] = [
  {
    id: "first-rule",
    summary: "the first holds",
    severity: "medium",
    references: [{ title: "T", url: "https://t.example/" }],
  },
  {
    id: "second",
    summary: "the second holds",
    severity: "low",
    references: [{ title: "U", url: "https://u.example/" }],
  },
];

/** Options for all formats. */
export const OPTIONS: FormatOptions = {
  style: PLAIN,
  columns: 80,
  display: (path) => path,
  version: "1.2.3",
  rules: RULES,
  pages: new Map([["first-rule", "<!-- header:start -->\n# first-rule\n"]]),
};

/** Where a piece of a file's text stands; it has to be there. */
export function at(file: SourceFile, piece: string): Origin {
  const start = file.text.indexOf(piece);
  expect(start).toBeGreaterThanOrEqual(0);
  const value = { file: file.path, start, end: start + piece.length };
  return { value, via: [], interpolated: false, derived: false };
}

/** A service without any settings. */
export function service(name: string, environment: Readonly<Record<string, string>> = {}): Service {
  const list = { path: ["services", name], origins: [], items: [] };
  return {
    name,
    active: true,
    path: ["services", name],
    blocks: [],
    image: undefined,
    build: undefined,
    command: undefined,
    entrypoint: undefined,
    user: undefined,
    read_only: undefined,
    privileged: undefined,
    network_mode: undefined,
    ports: list,
    volumes: list,
    tmpfs: list,
    security_opt: list,
    cap_add: list,
    cap_drop: list,
    environment: {
      ...list,
      items: new Map(
        Object.entries(environment).map(([key, value]) => [
          key,
          { value, raw: value, path: ["services", name, "environment", key], origin: undefined },
        ]),
      ),
    },
    labels: { ...list, items: new Map() },
    limits: { memory: undefined, cpus: undefined, pids: undefined },
    has: () => false,
    get: () => undefined,
  };
}

/** A project of one file. */
export function projectOf(file: SourceFile, services: readonly Service[], gaps: readonly Gap[] = []): Project {
  const data = { services: Object.fromEntries(services.map(({ name }) => [name, {}])) };
  return {
    entry: { cwd: "/", files: [file.path] },
    name: "p",
    directory: "/",
    files: [file],
    envFiles: [],
    services,
    data,
    fullData: data,
    profiles: [],
    gaps,
    warnings: [],
    originsOf: () => [],
  };
}

/** A finding at a place. */
export function findingAt(origin: Origin, parts: Partial<Finding> = {}): Finding {
  return {
    rule: "first-rule",
    severity: "high",
    service: "web",
    message: "`web` is open",
    risk: "everybody comes in",
    path: ["services", "web", "ports"],
    origin,
    related: [],
    fix: undefined,
    ...parts,
  };
}

/** A project in which every text from a file is a stranger's: two findings, one suppressed, a gap and a remark. */
export function hostileResult({ file: path, service: name, value, reason }: Names): Result {
  const file = { path, text: `services:\n  web:\n    image: ${value}\n` };
  const origin = at(file, "web");
  const related = [{ message: `\`${value}\` is here`, origin }];
  const first = findingAt(origin, {
    service: name,
    message: `\`${name}\` runs \`${value}\` as it is`,
    risk: `\`${value}\` may do harm`,
    fix: {
      title: `replace \`${value}\``,
      applicability: "unsafe",
      caveat: `\`${name}\` may stop`,
      intents: [{ op: "unset", path: ["services", name, "image"] }],
    },
    path: ["services", name, "image"],
    related,
  });
  const second = findingAt(origin, { ...first, rule: "second", severity: "info" });
  const gap: Gap = { kind: "unread", reason: "yaml", message: `\`${value}\` is odd`, at: origin.value };
  return {
    label: path,
    project: projectOf(file, [service(name)], [gap]),
    findings: [first, second],
    suppressed: [{ finding: { ...second, severity: "low" }, by: "comment", reason }],
    remarks: [{ message: `\`${value}\` is unknown`, at: origin.value }],
    hidden: 0,
  };
}
