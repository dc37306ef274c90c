import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Origin, Read } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { discoverIn } from "../src/discover.js";
import { lookupIn, openSession } from "../src/session.js";
import { castText } from "../src/stages/cast.js";
import { interpolateLeniently } from "../src/stages/interpolate.js";
import { loadSet } from "../src/stages/load-set.js";
import { parseSyntax } from "../src/syntax/parse.js";
import type { Node, ScalarNode } from "../src/tree/node.js";
import { resolvePlain, scalarText } from "../src/values/scalar.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const probes = join(root, "../shared/loading/fixtures/probes");
const examples = join(root, "examples");
const corpus = join(root, "../shared/corpus");

const read: Read = (path) => {
  try {
    if (statSync(path).isDirectory()) return { kind: "directory" };
    return { kind: "file", text: readFileSync(path, "utf8") };
  } catch {
    return { kind: "missing" };
  }
};

interface Count {
  held: number;
  derived: number;
  unwritten: number;
  readonly broken: string[];
}

/** Checks the law for every scalar of the merged model of a file, as it is before values take their printed form. */
function check(file: string, count: Count): void {
  const cwd = dirname(file);
  const session = openSession(cwd, "/home/user", read);
  const { environment, directory } = discoverIn(session, { cwd, files: [file] });
  const model = loadSet(session, {
    files: [{ path: file, at: undefined }],
    directory,
    base: directory,
    environment,
    included: [],
  });
  const walk = (node: Node): void => {
    if (node.kind === "map") node.entries.forEach(walk);
    else if (node.kind === "seq") node.items.forEach(walk);
    else if (node.origin === undefined) count.unwritten++;
    else if (node.origin.derived) count.derived++;
    else if (holds(node, node.origin, session.files.get(node.origin.value.file)?.text ?? "")) count.held++;
    else count.broken.push(`${file}: ${String(node.value)}`);
  };

  function holds(node: ScalarNode, { value, interpolated, via }: Origin, text: string): boolean {
    const bytes = text.slice(value.start, value.end);
    // The line break behind a block of text is not part of its range.
    const alone = parseSyntax("alone", /^[|>]/.test(bytes) ? `${bytes}\n` : bytes).documents[0]?.root;
    if (alone === undefined) return node.value === null;
    if (alone.kind !== "scalar") return false;
    const scalar = alone.style === "plain" ? resolvePlain(alone.text) : ({ tag: "str", value: alone.text } as const);
    if (scalar.tag !== "str") {
      return Object.is(scalar.value, node.value) || (node.tag === "str" && node.value === scalarText(scalar));
    }
    // Included files see variables of their own.
    if (interpolated && via.some(({ kind }) => kind === "include")) return scalar.value.includes("$");
    const written = interpolated ? interpolateLeniently(scalar.value, lookupIn(environment)).text : scalar.value;
    if (node.tag === "str")
      return node.value === written || (bytes.startsWith("|+") && written.trimEnd() === String(node.value).trimEnd());
    const casts = (["bool", "int", "float", "float32", "umask"] as const).map((cast) => castText(written, cast));
    return casts.some((cast) => cast.ok && cast.value.scalar.value === node.value);
  }

  walk(model);
}

function run(files: readonly string[]): Count {
  const count: Count = { held: 0, derived: 0, unwritten: 0, broken: [] };
  for (const file of files) check(file, count);
  console.log(
    `origins of ${files.length} files: ${count.held} hold, ${count.broken.length} do not; ${count.derived} computed, ${count.unwritten} unwritten`,
  );
  return count;
}

function yamlFiles(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(directory, name));
}

describe("the bytes at a value's origin, parsed alone, give the value before interpolation", () => {
  it.skipIf(!existsSync(examples))("in every example", () => {
    expect(run(yamlFiles(examples)).broken).toEqual([]);
  });
  it.skipIf(!existsSync(probes))(
    "in every probe",
    () => {
      const count = run(yamlFiles(probes));
      expect(count.broken).toEqual([]);
      expect(count.held).toBeGreaterThan(1000);
    },
    120_000,
  );
  it.skipIf(!existsSync(corpus))(
    "in every file of the corpus",
    () => {
      const lines = readFileSync(join(corpus, "PROJECTS.jsonl"), "utf8").trim().split("\n");
      const files = lines.flatMap((line) => {
        const project = JSON.parse(line) as { readonly dir: string; readonly files: readonly string[] };
        return project.files.map((name) => join(corpus, project.dir, name));
      });
      const count = run([...new Set(files)].filter((file) => existsSync(file)));
      expect(count.broken).toEqual([]);
      expect(count.held).toBeGreaterThan(10_000);
    },
    120_000,
  );
});
