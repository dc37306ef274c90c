import type { Entry, Finding, Intent, Patch, Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { fix, type Policy } from "../src/index.js";

/** Files by path below `/project`; a lone text is `compose.yaml`. */
export type Files = string | Readonly<Record<string, string>>;

/** Fixes a project in memory by intents, one finding each. */
export function patchOf(
  files: Files,
  intents: readonly Intent[],
  policy: Policy = {},
  entry: Partial<Entry> = {},
): Patch {
  return patchOfFindings(
    files,
    intents.map((intent) => [intent]),
    policy,
    entry,
  );
}

/** Fixes a project in memory by findings with several intents. */
function patchOfFindings(
  files: Files,
  fixes: readonly (readonly [Intent, ...Intent[]])[],
  policy: Policy = {},
  entry: Partial<Entry> = {},
): Patch {
  const texts = new Map(
    Object.entries(typeof files === "string" ? { "compose.yaml": files } : files).map(([path, text]) => [
      path.startsWith("/") ? path : `/project/${path}`,
      text,
    ]),
  );
  const read: Read = (path) => {
    const text = texts.get(path);
    return text === undefined ? { kind: "missing" } : { kind: "file", text };
  };
  const project = load({ cwd: "/project", env: {}, ...entry }, read);
  return fix(project, fixes.map(findingOf), policy, read);
}

/** The text of the one file that changed, or why nothing did. */
export function fixed(
  files: Files,
  intents: readonly Intent[],
  policy: Policy = {},
  entry: Partial<Entry> = {},
): string {
  const { changes, refused } = patchOf(files, intents, policy, entry);
  const reasons = refused.map(({ refusal, detail }) => `${refusal}: ${detail}\n`);
  const texts = changes.map(({ path, after }) => (changes.length === 1 ? after : `== ${path.slice(9)}\n${after}`));
  return [...texts, ...reasons].join("");
}

function findingOf(intents: readonly [Intent, ...Intent[]]): Finding {
  const { path } = intents[0];
  return {
    rule: `${intents[0].op}-${path.slice(2).join("-")}`,
    severity: "low",
    service: path[0] === "services" ? path[1] : undefined,
    message: "a fact",
    risk: "a risk",
    path,
    origin: { value: { file: "", start: 0, end: 0 }, via: [], interpolated: false, derived: false },
    related: [],
    fix: { title: "do it", intents, applicability: "safe" },
  };
}

/** `set` of a service's attribute. */
export function set(
  service: string,
  below: string,
  value: Extract<Intent, { op: "set" }>["value"],
  written?: string,
): Intent {
  return {
    op: "set",
    path: ["services", service, ...below.split(".")],
    value,
    ...(written === undefined ? {} : { written }),
  };
}

/** `unset` of a service's attribute. */
export function unset(service: string, below: string): Intent {
  return { op: "unset", path: ["services", service, ...below.split(".")] };
}

/** `add` to a service's list. */
export function add(service: string, below: string, item: string): Intent {
  return { op: "add", path: ["services", service, ...below.split(".")], item };
}

/** `drop` from a service's list. */
export function drop(service: string, below: string, item: string): Intent {
  return { op: "drop", path: ["services", service, ...below.split(".")], item };
}

/** Binds a published port to an address. */
export function bind(
  service: string,
  port: {
    readonly target: number;
    readonly published?: string;
    readonly protocol?: string;
    readonly host_ip?: string;
    readonly mode?: string;
  },
  address = "127.0.0.1",
  written?: string,
): Intent {
  const item = { mode: "ingress", protocol: "tcp", ...port };
  const by = { ...item, host_ip: address };
  return {
    op: "replace",
    path: ["services", service, "ports"],
    item,
    by,
    ...(written === undefined ? {} : { written: { ...by, host_ip: written } }),
  };
}
