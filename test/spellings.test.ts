import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, Read } from "@compose-harden/model";
import { rules } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";
import { fixAll, violationsOf } from "./laws/laws.js";
import { loadSample, type Sample } from "./laws/sample.js";

/**
 * Each hazard in the spellings that Docker takes, beside what looks like it and is none. The pages in `spellings` are the cases: a
 * heading, the files of a project, and behind the name of a service, network, volume or config `# + RULE … - RULE …`: the rules
 * that find something there, and those that find nothing. `secret` stands for every rule about a secret in clear text.
 */
const FOLDER = join(import.meta.dirname, "spellings");

const SECRET = ["inline-secret", "secret-in-command", "secret-in-build-args", "guessable-password", "published-key"];
const IDS: ReadonlySet<string> = new Set([...rules.map(({ id }) => id), "secret"]);

interface Mark {
  readonly name: string;
  readonly found: readonly string[];
  readonly silent: readonly string[];
}

describe.each(readdirSync(FOLDER))("%s", (page) => {
  const [, ...chapters] = readFileSync(join(FOLDER, page), "utf8").split(/^## /m);
  it.each(chapters.map((chapter) => [chapter.slice(0, chapter.indexOf("\n")), chapter] as const))(
    "%s",
    (name, text) => {
      const files = filesOf(text);
      const marks = [...files.values()].flatMap(marksOf);
      const sample = sampleOf(name, files);
      const outcome = fixAll(sample);
      const findings = outcome.findings.map((finding) => `${nameOf(finding)}: ${finding.rule}`);
      const all = (pick: (mark: Mark) => readonly string[]) =>
        marks.flatMap((mark) => pick(mark).map((rule) => `${mark.name}: ${rule}`));
      expect(marks).not.toEqual([]);
      expect(loadSample(sample).gaps).toEqual([]);
      expect(all(({ found }) => found).filter((one) => !findings.includes(one))).toEqual([]);
      expect(all(({ silent }) => silent).filter((one) => findings.includes(one))).toEqual([]);
      expect(violationsOf(outcome)).toEqual([]);
    },
  );
});

/** The fenced blocks of a chapter by file name, `compose.yaml` where none is said. */
function filesOf(chapter: string): ReadonlyMap<string, string> {
  const blocks = chapter.matchAll(/^```\w+ ?(.*)\n([\s\S]*?)^```$/gm);
  return new Map(Array.from(blocks, ([, name, text = ""]) => [`/p/${name || "compose.yaml"}`, text]));
}

function marksOf(text: string): readonly Mark[] {
  return Array.from(text.matchAll(/^\s*["']?([\w.-]+)["']?:.* # ([+-] .*)$/gm), ([, name = "", marks = ""]) => {
    const found: string[] = [];
    const silent: string[] = [];
    let list = found;
    for (const word of marks.split(" ")) {
      if (word === "+" || word === "-") list = word === "+" ? found : silent;
      else if (!IDS.has(word)) throw new Error(`no rule is called ${word}`);
      else list.push(...(word === "secret" ? SECRET : [word]));
    }
    return { name, found, silent };
  });
}

function sampleOf(name: string, files: ReadonlyMap<string, string>): Sample {
  const read: Read = (path) => {
    const text = files.get(path);
    if (text !== undefined) return { kind: "file", text };
    return path === "/p" ? { kind: "directory" } : { kind: "missing" };
  };
  return { name, entry: { cwd: "/p", env: { HOME: "/home/user" } }, read };
}

/** The service that a finding is about, or the part of the project. */
function nameOf({ service, path }: Finding): string {
  return service ?? String(path[1] ?? path[0]);
}
