import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, program, run } from "./program.js";

const STACK = `services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
  db:
    image: postgres:17
    ports: ["5432:5432"]
`;

const hasPython = spawnSync("python3", ["-c", "import pty"]).status === 0;

/** Runs `fix -i` at a pseudo-terminal, answering each prompt when it appears. */
function talk(
  cwd: string,
  answers: readonly string[],
  args: readonly string[] = [],
): Promise<{ code: number; screen: string }> {
  const spawner = "import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
  const child = spawn("python3", ["-c", spawner, process.execPath, program, "fix", "-i", ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? "", TERM: "xterm", NO_COLOR: "1" },
  });
  return new Promise((done, fail) => {
    const left = [...answers];
    let screen = "";
    let seen = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      screen += text;
      // The prompt is drawn again for every key: a new question begins with its heading.
      const questions = screen.match(/\(\d+\/\d+\) [^\r\n]*[\s\S]*?Apply this fix\?/g)?.length ?? 0;
      if (questions <= seen) return;
      seen = questions;
      const next = left.shift();
      if (next === undefined) fail(new Error(`one question too many:\n${screen}`));
      else child.stdin.write(next === "\u0003" ? next : `${next}\r`);
    });
    child.on("error", fail).on("close", (code) => done({ code: code ?? -1, screen }));
  });
}

const RULES = ["--rule", "published-on-all-interfaces", "--rule", "memory-limit"];
const text = (cwd: string) => readFileSync(join(cwd, "compose.yaml"), "utf8");
const stack = () => folder({ "compose.yaml": STACK });

test("without a terminal it is refused", () => {
  const cwd = stack();
  const { code, err, out } = run(["fix", "-i"], { cwd });
  expect(err).toMatch(/^error: `--interactive` asks questions and needs a terminal/);
  expect({ code, out }).toEqual({ code: 2, out: "" });
});

describe.skipIf(!hasPython)("at a terminal", () => {
  test("yes and no: only what was accepted is written", async () => {
    const cwd = stack();
    const { code, screen } = await talk(cwd, ["n", "y", "y", "n"], RULES);
    expect(code).toBe(0);
    expect(screen).toMatch(/\(1\/4\) web: set mem_limit to .* \[memory-limit, medium, unsafe\]/);
    expect(screen).toMatch(/may break: /);
    expect(screen).toMatch(/\+ {4}ports: \["127\.0\.0\.1:8080:80"\]/);
    expect(text(cwd)).toContain("127.0.0.1:8080:80");
    expect(text(cwd)).not.toContain("127.0.0.1:5432");
    expect(text(cwd).match(/mem_limit/g)).toHaveLength(1);
    expect(screen).toMatch(/2 fixes written to compose\.yaml/);
  });

  test("a secret that moves is not shown", async () => {
    const secret = "corr3ct-h0rse";
    const cwd = folder({
      "compose.yaml": `services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: ${secret}\n`,
    });
    const { screen } = await talk(cwd, ["y"], ["--rule", "inline-secret"]);
    expect(screen).toContain("+POSTGRES_PASSWORD=*************");
    expect(screen).toContain("-      POSTGRES_PASSWORD: *************");
    expect(screen).not.toContain(secret);
    expect([text(cwd), readFileSync(join(cwd, ".env"), "utf8")].map((file) => file.includes(secret))).toEqual([
      false,
      true,
    ]);
  });

  test("all of a rule", async () => {
    const cwd = stack();
    const { screen } = await talk(cwd, ["a", "n", "n"], RULES);
    expect(text(cwd).match(/mem_limit/g)).toHaveLength(2);
    expect(screen).toMatch(/2 fixes written/);
  });

  test("skip a service", async () => {
    const cwd = stack();
    await talk(cwd, ["s", "y", "y"], RULES);
    expect(text(cwd).split("  db:")[0]).toBe(STACK.split("  db:")[0]);
    expect(text(cwd)).toContain("127.0.0.1:5432:5432");
  });

  test("why shows the risk and asks again", async () => {
    const cwd = stack();
    const { screen } = await talk(cwd, ["w", "n", "n", "n", "n"], RULES);
    expect(screen).toMatch(/risk: /);
    expect(screen).toMatch(/evidence: /);
    expect(text(cwd)).toBe(STACK);
  });

  test("undo takes the last answer back", async () => {
    const cwd = stack();
    await talk(cwd, ["y", "u", "n", "n", "n", "n"], RULES);
    expect(text(cwd)).toBe(STACK);
  });

  test("quit keeps what was accepted", async () => {
    const cwd = stack();
    const { code } = await talk(cwd, ["n", "y", "q"], RULES);
    expect(code).toBe(0);
    expect(text(cwd)).toBe(STACK.replace("8080:80", "127.0.0.1:8080:80"));
  });

  test("Ctrl-C writes nothing", async () => {
    const cwd = stack();
    const { code, screen } = await talk(cwd, ["y", "\u0003"], RULES);
    expect(screen).toMatch(/interrupted: nothing was written/);
    expect(code).toBe(2);
    expect(text(cwd)).toBe(STACK);
  });
});
