import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, run } from "./program.js";
import { CASES, FILES, has, say } from "./shells.js";

describe.skipIf(!has("zsh"))("zsh (needs zsh)", () => {
  /** What zsh shows for each line, from a real line editor on a terminal of its own. */
  const complete = (lines: readonly string[], cwd: string): readonly string[] => {
    const own = folder({ "_compose-harden": run(["completion", "zsh"]).out });
    const typed = lines.map(
      (line) => `zpty -w -n shell $'${line.replaceAll("'", "\\'")}\\t'
sleep 1
zpty -w -n shell $'\\C-a\\C-k\\n'
sleep 0.3
while zpty -r -t shell text; do print -rn -- $text; done
print -r -- '@@@@'`,
    );
    const setUp =
      "PS1='> '; fpath=($FUNCTIONS $fpath); autoload -Uz compinit; compinit -u -d $FUNCTIONS/dump; LISTMAX=1000; zstyle ':completion:*' list-colors ''; setopt noautomenu nolistbeep; COLUMNS=200; print READY";
    writeFileSync(
      join(own, "drive.zsh"),
      `zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell ${`'${setUp.replaceAll("'", "'\\''")}'`}
sleep 2
while zpty -r -t shell text; do :; done
${typed.join("\n")}
zpty -d shell
`,
    );
    return say("zsh", ["-f", join(own, "drive.zsh")], cwd, { FUNCTIONS: own })
      .replace(/\u001b\[[\d;?]*[A-Za-z]/g, "")
      .split("@@@@\n");
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
