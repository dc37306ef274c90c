import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { folder, run } from "./program.js";
import { CASES, FILES, has, say } from "./shells.js";

test("the scripts name every command and option that help names", () => {
  const names = (text: string) => new Set(text.match(/(?<![\w-])--[a-z][a-z-]+/g));
  const { out } = run(["--help"]);
  const commands = [...out.matchAll(/^ {2}(\w+)(?: |$)/gm)].flatMap(([, name]) =>
    name === undefined || name === "help" ? [] : [name],
  );
  expect(commands.length).toBeGreaterThan(6);
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = run(["completion", shell]).out;
    for (const command of commands) {
      expect(script).toContain(command);
      for (const option of names(run([command, "--help"]).out.replace(/^.*?\n\nOptions:/s, ""))) {
        expect(script, `${shell} ${command}`).toContain(shell === "fish" ? `-l ${option.slice(2)}` : option);
      }
    }
  }
});

test("refuses another shell", () => {
  const { code, err } = run(["completion", "tcsh"]);
  expect(err).toContain("Allowed choices are bash, zsh, fish");
  expect(code).toBe(2);
});

describe.skipIf(!has("bash"))("bash", () => {
  /** As readline calls it: words are parted at blanks and at `=`. */
  const complete = (line: string, cwd: string): readonly string[] => {
    const words = line.split(/ |(=)/).filter((word) => word !== undefined);
    const list = words.map((word) => `'${word}'`).join(" ");
    const script = `source ./script; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _compose_harden; printf '%s\\n' "\${COMPREPLY[@]}"`;
    writeFileSync(join(cwd, "script"), run(["completion", "bash"]).out);
    return say("bash", ["--norc", "-c", script], cwd)
      .split("\n")
      .filter((word) => word !== "");
  };
  const clean = (words: readonly string[]) =>
    [...new Set(words)].map((word) => (word === "sub" ? "sub/" : word)).sort();

  test.each(CASES)("%s", (line, words) => {
    expect(clean(complete(line, folder(FILES)))).toEqual(words);
  });

  test("values behind =, options, and names that hold blanks or try to run something", () => {
    const cwd = folder(FILES);
    expect(complete("compose-harden fix --format=", cwd)).toEqual(["text", "json"]);
    expect(complete("compose-harden fix --format=j", cwd)).toEqual(["json"]);
    expect(complete("compose-harden fix --unsafe=read-o", cwd)).toEqual(["read-only-root"]);
    expect(complete("compose-harden fix --unsafe comp", cwd)).toContain("compose.yaml");
    expect(complete("compose-harden check --service ", cwd)).toEqual([]);
    expect(complete("compose-harden audit -", cwd)).toContain("--format");
    const all = complete("compose-harden check ", cwd);
    expect(all).toEqual(expect.arrayContaining(["with blank.yaml", "$(touch pwned).yaml", "it's.yaml"]));
    expect(complete("compose-harden fix \\$", cwd)).not.toContain("pwned");
    expect(say("ls", [], cwd)).not.toMatch(/^pwned$/m);
  });
});

describe.skipIf(!has("fish"))("fish (needs fish)", () => {
  const complete = (line: string, cwd: string): readonly string[] => {
    writeFileSync(join(cwd, "script"), run(["completion", "fish"]).out);
    const out = say("fish", ["--no-config", "-c", 'source ./script; complete -C "$LINE"'], cwd, { LINE: line });
    return out.split("\n").flatMap((text) => (text === "" ? [] : [text.replace(/\t.*/, "")]));
  };

  test.each(CASES)("%s", (line, words) => {
    expect(complete(line, folder(FILES)).toSorted()).toEqual(words);
  });
});

describe.skipIf(!has("man") || !has("mandoc"))("the manual page (needs man and mandoc)", () => {
  const page = fileURLToPath(new URL("../../packages/cli/man/compose-harden.1", import.meta.url));

  test("has nothing that man or mandoc warns of", () => {
    expect(say("man", ["--warnings", "-l", page], "/")).toContain("COMPOSE-HARDEN(1)");
    const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "warning", page], { encoding: "utf8" });
    // It has no date, so that it is the same whenever it is made.
    expect(stdout.replace(/^.*missing date.*\n/m, "")).toBe("");
  });

  test("tells every option as it is typed", () => {
    const text = say("man", ["-l", page], "/", { MANWIDTH: "300" });
    for (const words of ["--shard part/parts", "--unsafe[=rules]", "-w, --write", "--no-env", "EXIT STATUS"])
      expect(text).toContain(words);
  });
});
