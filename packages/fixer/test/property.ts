import type { Intent } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyIntents, differences } from "../src/index.js";
import { add, bind, fixed, patchOf, set } from "./fixed.js";

/** How a generated file is written. */
interface Style {
  readonly step: number;
  readonly dash: number;
  readonly eol: string;
  readonly bom: boolean;
  readonly end: boolean;
  readonly notes: boolean;
  readonly blanks: boolean;
}

const style = fc.record<Style>({
  step: fc.constantFrom(2, 3, 4),
  dash: fc.constantFrom(0, 2, 4),
  eol: fc.constantFrom("\n", "\r\n"),
  bom: fc.boolean(),
  end: fc.boolean(),
  notes: fc.boolean(),
  blanks: fc.boolean(),
});

/** An attribute of a service, in one of the ways to write it. */
const attribute = fc.constantFrom(
  ["container_name", "box"],
  ["restart", "'no'"],
  ["user", '"1000"'],
  ["privileged", "true"],
  ["read_only", "false"],
  ["read_only", '"false"'],
  ["tmpfs", "/run"],
  ["tmpfs", ["/run", "'/var/tmp:size=1m'"]],
  ["cap_drop", ["NET_RAW"]],
  ["cap_drop", "[NET_RAW, MKNOD]"],
  ["security_opt", ["label:disable"]],
  ["security_opt", "[]"],
  ["ports", ['"80:80"', "81:81 # eighty-one"]],
  ["ports", '["80:80"]'],
  ["ports", ["target: 80", "'443:443'"]],
  ["environment", ["A=1", "B=${B:-2}"]],
  ["environment", "{A: '1'}"],
  ["volumes", ["data:/data"]],
  ["deploy", "{resources: {limits: {pids: 10}}}"],
  ["deploy", "*deploy"],
  ["mem_limit", "1g"],
  ["command", "|\n      echo one\n      # no comment\n"],
  ["command", "[echo, '# no comment']"],
  ["healthcheck", "{test: [CMD, true], interval: 5s}"],
  ["labels", "&labels {a: b}"],
) as fc.Arbitrary<readonly [string, string | readonly string[]]>;

const service = fc.record({
  base: fc.constantFrom("", "<<: *base", "<<: [*base]", "extends: parent"),
  attributes: fc.uniqueArray(attribute, { maxLength: 7, selector: ([key]) => key }),
});

const HEAD = [
  "x-base: &base",
  "  init: true",
  "  cap_drop: [SETPCAP]",
  "  labels:",
  "    - a=b",
  "x-deploy: &deploy {replicas: 1}",
  "volumes: {data: {}}",
  "services:",
  "  parent:",
  "    image: alpine",
  "    security_opt: [seccomp:unconfined]",
];

/** The text of a file with the given services, before its style. */
function textOf(
  services: readonly { base: string; attributes: readonly (readonly [string, string | readonly string[]])[] }[],
  look: Style,
): string {
  const lines = HEAD.map((line) => reindent(line, look));
  const pad = (level: number) => " ".repeat(level * look.step);
  services.forEach(({ base, attributes }, i) => {
    if (look.blanks) lines.push("");
    if (look.notes) lines.push(`${pad(1)}# ---- s${i} ----`);
    lines.push(`${pad(1)}s${i}:`, `${pad(2)}image: nginx${look.notes ? " # pinned" : ""}`);
    if (base !== "") lines.push(`${pad(2)}${base}`);
    for (const [key, value] of attributes) {
      if (look.notes) lines.push(`${pad(2)}# about ${key}`);
      if (typeof value === "string") {
        const [first = "", ...more] = value.split("\n");
        lines.push(
          `${pad(2)}${key}: ${first}`,
          ...more.filter((line) => line !== "").map((line) => `${pad(2)} ${line.trim()}`),
        );
      } else {
        lines.push(`${pad(2)}${key}:`);
        for (const item of value) lines.push(`${pad(2)}${" ".repeat(look.dash)}- ${item}`);
        if (look.notes) lines.push(`${pad(2)}${" ".repeat(look.dash)}# - commented: out`);
      }
    }
  });
  const text = lines.join(look.eol) + (look.end ? look.eol : "");
  return (look.bom ? "\uFEFF" : "") + text;
}

function reindent(line: string, look: Style): string {
  const blanks = /^ */.exec(line)?.[0].length ?? 0;
  return " ".repeat((blanks / 2) * look.step) + line.trimStart();
}

const wish = fc.constantFrom<(name: string) => Intent>(
  (name) => add(name, "security_opt", "no-new-privileges:true"),
  (name) => add(name, "cap_drop", "ALL"),
  (name) => add(name, "tmpfs", "/tmp"),
  (name) => set(name, "read_only", true),
  (name) => set(name, "init", true),
  (name) => set(name, "cpus", 1),
  (name) => set(name, "deploy.resources.limits.memory", "536870912", "512M"),
  (name) => set(name, "environment.C", "3"),
  (name) => bind(name, { target: 80, published: "80" }),
  (name) => bind(name, { target: 81, published: "81" }),
  (name) => bind(name, { target: 80 }),
);

const project = fc.record({ services: fc.array(service, { minLength: 1, maxLength: 3 }), look: style });
const wishes = fc.array(fc.tuple(wish, fc.nat(3)), { minLength: 1, maxLength: 8 });

/** What holds for generated files and wishes, tried so many times. */
export function properties(runs: number): void {
  it("keeps the law, settles, and does not depend on order, whatever is written", { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(project, wishes, ({ services, look }, asked) => {
        const text = textOf(services, look);
        const names = ["parent", ...services.map((_, i) => `s${i}`)];
        const intents = asked.map(([make, i]) => make(names[i % names.length] ?? "parent"));
        const patch = patchOf(text, intents);
        const [change] = patch.changes;
        const after = change?.after ?? text;
        const applied = patch.applied.flatMap(({ finding }) => finding.fix?.intents ?? []);
        expect(differences(applyIntents(dataOf(text), applied), dataOf(after), applied)).toEqual([]);
        expect(commentsIn(after)).toEqual(commentsIn(text));
        expect(after.endsWith("\n")).toBe(text.endsWith("\n"));
        expect(after.includes("\r\n") ? /(?<!\r)\n/.test(after) : look.eol === "\r\n" && after.includes("\n")).toBe(
          false,
        );
        expect(patchOf(after, applied).changes).toEqual([]);
        expect(patchOf(text, intents.toReversed()).changes).toEqual(patch.changes);
      }),
      { numRuns: runs },
    );
  });

  it("gives the same file step by step", { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(project, wishes, ({ services, look }, asked) => {
        const text = textOf(services, look);
        const intents = asked.map(([make, i]) => make(`s${i % services.length}`));
        const patch = patchOf(text, intents);
        // Shared text changes only when all its users ask at once.
        const shared = patch.applied.some(({ edits }) => edits.some(({ range }) => range.start < text.indexOf("s0:")));
        fc.pre(patch.refused.length === 0 && !shared);
        const steps = (order: readonly Intent[]) =>
          order.reduce((now, intent) => patchOf(now, [intent]).changes[0]?.after ?? now, text);
        const together = patch.changes[0]?.after ?? text;
        expect(steps(intents)).toBe(together);
        expect(steps(intents.toReversed())).toBe(together);
      }),
      { numRuns: runs },
    );
  });

  function dataOf(text: string) {
    return load({ cwd: "/project", env: {} }, (path) =>
      path === "/project/compose.yaml" ? { kind: "file", text } : { kind: "missing" },
    ).data;
  }

  function commentsIn(text: string): readonly string[] {
    return [...text.matchAll(/(?:^|\s)(# (?!no comment).*?)\r?$/gm)].map((match) => match[1] ?? "");
  }

  it("says why it writes nothing", () => {
    expect(fixed("services:\n  web:\n    image: nginx\n    ports: ['80:80']\n", [bind("web", { target: 81 })])).toBe(
      "",
    );
  });
}
