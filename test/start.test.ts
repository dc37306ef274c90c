import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleProgram } from "../scripts/bundle.mjs";
import { program, root, whenChanged } from "../scripts/workspace.mjs";

describe("work that is done only when something changed", () => {
  const name = `test-${process.pid}`;
  const inputs = `node_modules/.cache/compose-harden/${name}`;
  const file = `${root}/${inputs}/input.txt`;
  let made = 0;
  const run = (force = false, make: () => void = () => void made++): Promise<void> =>
    whenChanged(name, [inputs], force, make);

  beforeEach(() => {
    made = 0;
    mkdirSync(`${root}/${inputs}`, { recursive: true });
    writeFileSync(file, "one");
  });
  afterEach(() => {
    rmSync(`${root}/${inputs}`, { recursive: true });
    rmSync(`${root}/${inputs}.json`, { force: true });
  });

  it("is done once for the same bytes", async () => {
    await run();
    await run();
    expect(made).toBe(1);
  });

  it("is not done again when a checkout gave the same bytes a new time", async () => {
    await run();
    utimesSync(file, new Date(0), new Date(0));
    await run();
    expect(made).toBe(1);
  });

  it("is done again for other bytes of the same length and an older time", async () => {
    await run();
    writeFileSync(file, "two");
    utimesSync(file, new Date(0), new Date(0));
    await run();
    expect(made).toBe(2);
  });

  it("is done again for a file that came or went", async () => {
    await run();
    writeFileSync(`${root}/${inputs}/more.txt`, "");
    await run();
    rmSync(`${root}/${inputs}/more.txt`);
    await run();
    expect(made).toBe(3);
  });

  it("is done again when its result is missing", async () => {
    await run();
    await run(true);
    expect(made).toBe(2);
  });

  it("is tried again after it failed", async () => {
    const broken = (): void => {
      throw new Error("broken");
    };
    await expect(run(false, broken)).rejects.toThrow("broken");
    await run();
    expect(made).toBe(1);
  });
});

describe("npm run stack", () => {
  it("says where in the sources a place in the built program is", { timeout: 60_000 }, async () => {
    const lines: readonly string[] = (await bundleProgram()).text.split("\n");
    const line = lines.findIndex((text) => text.includes("This is a bug in compose-harden"));
    const column = lines[line]?.indexOf("This is a bug in compose-harden") ?? 0;
    const input = `Error: x\n    at ie (/a b/compose-harden.js:${line + 1}:${column + 1})\n    at node:vm:1:1\n`;
    const { stdout } = spawnSync(process.execPath, ["scripts/stack.mjs"], { cwd: root, input, encoding: "utf8" });
    expect(stdout).toMatch(/^Error: x\n {4}at ie \(.*packages\/cli\/src\/main\.ts:\d+:\d+\)\n {4}at node:vm:1:1\n$/);
    const [, source = "", row = ""] = /(packages\S+):(\d+):\d+\)/.exec(stdout) ?? [];
    const around = readFileSync(`${root}/${source}`, "utf8")
      .split("\n")
      .slice(Number(row) - 1, Number(row) + 2);
    expect(around.join("\n")).toContain("This is a bug in compose-harden");
  });
});

describe("npm start", () => {
  const folder = fileURLToPath(new URL("../scripts", import.meta.url));
  const { version } = JSON.parse(readFileSync(`${root}/packages/cli/package.json`, "utf8")) as {
    readonly version: string;
  };
  const start = (args: readonly string[], input = "") =>
    spawnSync("npm", ["start", "--", ...args], {
      cwd: folder,
      input,
      encoding: "utf8",
      shell: process.platform === "win32",
    });

  it("prints nothing but what the program prints", () => {
    start(["--version"]);
    const built = statSync(program).mtimeMs;
    expect(start(["--version"])).toMatchObject({ stdout: `${version}\n`, stderr: "", status: 0 });
    expect(statSync(program).mtimeMs).toBe(built);
  });

  it("hands over the exit code, standard input and the user's folder", () => {
    expect(start(["no-such-file.yaml"]).status).toBe(2);
    const args = ["check", "--format", "json", "-"];
    const stack = "services:\n  web:\n    image: nginx\n    ports: ['8080:80']\n";
    const direct = spawnSync(process.execPath, [program, ...args], { cwd: folder, input: stack, encoding: "utf8" });
    const { status, stdout } = start(args, stack);
    expect({ status, stdout }).toEqual({ status: direct.status, stdout: direct.stdout });
    expect(stdout).toContain("web");
  });

  it("runs one file, wherever that file lies", () => {
    const elsewhere = mkdtempSync(`${tmpdir()}/compose-harden-`);
    copyFileSync(program, `${elsewhere}/program.js`);
    expect(execFileSync(process.execPath, [`${elsewhere}/program.js`, "--version"], { encoding: "utf8" })).toBe(
      `${version}\n`,
    );
    rmSync(elsewhere, { recursive: true });
  });
});
