import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { folder, run } from "./program.js";

const has = (command: string) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

/** What a shell says; it has to say nothing on standard error. */
function say(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", HOME: cwd, TERM: "xterm", LC_ALL: "C.UTF-8", ...env },
    timeout: 60_000,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

const SEVERITIES = ["critical", "high", "info", "low", "medium"];
const FILES = {
  "compose.yaml": "",
  "with blank.yaml": "",
  "sub/x.yaml": "",
  "$(touch pwned).yaml": "",
  "it's.yaml": "",
};

/** A line that ends where the cursor stands, and what can come there; `[]`: nothing. */
const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["compose-harden aud", ["audit"]],
  ["compose-harden fix --fo", ["--format"]],
  ["compose-harden fix --format ", ["json", "text"]],
  ["compose-harden check --min-severity ", SEVERITIES],
  ["compose-harden --fail-on ", [...SEVERITIES, "none"].sort()],
  ["compose-harden explain image-", ["image-digest", "image-tag"]],
  ["compose-harden check --rule read-", ["read-only-root"]],
  ["compose-harden completion ", ["bash", "fish", "zsh"]],
  ["compose-harden rules --format j", ["json"]],
  ["compose-harden fix --overlay comp", ["compose.yaml"]],
  ["compose-harden merge comp", ["compose.yaml"]],
  ["compose-harden config --project-directory s", ["sub/"]],
];

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

describe.skipIf(!has("zsh"))("zsh (needs zsh)", () => {
  /** What zsh shows for each line, from a real line editor on a terminal of its own. */
  const complete = (lines: readonly string[], cwd: string): readonly string[] => {
    writeFileSync(join(cwd, "_compose-harden"), run(["completion", "zsh"]).out);
    writeFileSync(join(cwd, "compose-harden"), "#!/bin/sh\n");
    chmodSync(join(cwd, "compose-harden"), 0o755);
    const typed = lines.map(
      (line) => `zpty -w -n shell $'${line.replaceAll("'", "\\'")}\\t'
sleep 1
zpty -w -n shell $'\\C-a\\C-k\\n'
sleep 0.3
while zpty -r -t shell text; do print -rn -- $text; done
print -r -- '@@@@'`,
    );
    const setUp =
      "PS1='> '; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d $PWD/dump; LISTMAX=1000; zstyle ':completion:*' list-colors ''; setopt noautomenu nolistbeep; COLUMNS=200; print READY";
    writeFileSync(
      join(cwd, "drive.zsh"),
      `zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell ${`'${setUp.replaceAll("'", "'\\''")}'`}
sleep 2
while zpty -r -t shell text; do :; done
${typed.join("\n")}
zpty -d shell
`,
    );
    return say("zsh", ["-f", "drive.zsh"], cwd).split("@@@@\n");
  };

  test("completes what is typed", { timeout: 120_000 }, () => {
    const shown = complete(
      CASES.map(([line]) => line),
      folder(FILES),
    );
    for (const [index, [line, words]] of CASES.entries()) {
      const out = shown[index] ?? "";
      const given = line.split(" ").at(-1) ?? "";
      // One possibility is typed into the line, several are listed below it.
      for (const word of words) expect(out, line).toContain(words.length === 1 ? word.slice(given.length) : word);
      for (const word of ["json", "medium", "image-tag", "zsh"]) {
        if (!words.includes(word) && !line.includes(word)) expect(out, line).not.toContain(word);
      }
    }
  });

  test("completes when it is sourced, too", () => {
    const cwd = folder();
    writeFileSync(join(cwd, "script"), run(["completion", "zsh"]).out);
    const script = "autoload -Uz compinit; compinit -u -d $PWD/dump; source ./script; print ${_comps[compose-harden]}";
    expect(say("zsh", ["-f", "-c", script], cwd)).toBe("_compose_harden\n");
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
