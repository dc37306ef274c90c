import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Read } from "@compose-harden/model";
import { load, parseSyntax } from "@compose-harden/parser";
import { expect, it } from "vitest";
import { parseDocument } from "yaml";

const path = fileURLToPath(new URL("../../examples/local-ai/compose.yaml", import.meta.url));
/** The first services of the example: about as long as the files people write. */
const text = readFileSync(path, "utf8").split("\n").slice(0, 80).join("\n");
const read: Read = (asked) => (asked === path ? { kind: "file", text } : { kind: "missing" });

/** The shortest of many runs, in milliseconds: what the work takes when nothing else happens. */
function best(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 300; i++) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

it("loads a typical file in at most twice the time that `yaml` takes to parse it", () => {
  const yaml = best(() => parseDocument(text));
  const syntax = best(() => parseSyntax(path, text));
  const all = best(() => load({ cwd: "/", files: [path], env: {} }, read).data);
  const show = (time: number): string => `${time.toFixed(2)} ms`;
  console.log(
    `yaml ${show(yaml)}, our syntax ${show(syntax)}, whole load ${show(all)}: ${(all / yaml).toFixed(2)} times yaml`,
  );
  expect(all / yaml).toBeLessThan(2);
});
