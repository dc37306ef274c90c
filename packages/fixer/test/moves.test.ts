import type { Finding, Move, Patch, Read } from "@compose-harden/model";
import { load, parseDotenv } from "@compose-harden/parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fix, type Keeping, type Policy } from "../src/index.js";
import { withVariables } from "../src/secrets/dotenv.js";

const keeping: Keeping = { git: () => "outside", isTaken: () => false };

describe("an env file with more variables", () => {
  const more = (text: string, variables: Readonly<Record<string, string>>) =>
    withVariables(text, new Map(Object.entries(variables)));

  it.each([
    ["a new file", "", { B: "1", A: "2" }, "# Secrets moved out of the Compose files\nA=2\nB=1\n"],
    ["one that is there", "TAG=1\n", { A: "2" }, "TAG=1\n\n# Secrets moved out of the Compose files\nA=2\n"],
    ["no final newline", "TAG=1", { A: "2" }, "TAG=1\n\n# Secrets moved out of the Compose files\nA=2\n"],
    ["CRLF", "TAG=1\r\nX=\r\n", { A: "2" }, "TAG=1\r\nX=\r\n\r\n# Secrets moved out of the Compose files\r\nA=2\r\n"],
    [
      "in order, whoever came first",
      "# Secrets moved out of the Compose files\nA=1\nC=3\n",
      { B: "2" },
      "# Secrets moved out of the Compose files\nA=1\nB=2\nC=3\n",
    ],
    ["one that is there and empty", "A=\nB=1\n", { A: "x" }, "A=x\nB=1\n"],
    ["one that is there and has the value", "A='x'\n", { A: "x" }, "A='x'\n"],
    ["one that has another value", "A=y\n", { A: "x" }, undefined],
    ["a file that Docker refuses", "?\n", { A: "x" }, undefined],
    ["a dollar sign", "", { A: "a$b#c" }, "# Secrets moved out of the Compose files\nA='a$b#c'\n"],
    ["both quotes", "", { A: `a'b"c$` }, `# Secrets moved out of the Compose files\nA="a'b\\"c\\$"\n`],
    ["lines", "", { A: "a\nb" }, "# Secrets moved out of the Compose files\nA='a\nb'\n"],
  ])("%s", (_, text, variables, expected) => {
    expect(more(text, variables as Readonly<Record<string, string>>)).toBe(expected);
  });

  it("holds any value, or says that it cannot", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("$", "'", '"', "\\", "#", " #", "\n", "\r", "${X}", "\\n"),
    );
    const value = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(""));
    let held = 0;
    let all = 0;
    fc.assert(
      fc.property(value, value, (a, b) => {
        all++;
        const text = more("OLD=1\n", { A: a, B: b });
        if (text === undefined) return;
        held++;
        const file = parseDotenv(text, () => undefined);
        expect(file.ok && [...file.entries].map(([name, { value: read }]) => [name, read])).toEqual([
          ["OLD", "1"],
          ["A", a],
          ["B", b],
        ]);
      }),
      { numRuns: 2_000 },
    );
    expect(held / all).toBeGreaterThan(0.9);
  });
});

describe("a move of any value in any style", () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 4 }),
    fc.constantFrom("$$", "'", '"', "\\", "#", " #", ": ", "{", "}", "[", ",", "${", "\n", "%", "@"),
  );
  const secret = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => `s3cr3t${parts.join("")}`);
  const single = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const styles: Readonly<Record<string, (text: string) => string>> = {
    "a mapping": (text) => `environment:\n      PASSWORD: ${JSON.stringify(text)} # note`,
    "single quotes": (text) =>
      `environment:\n      PASSWORD: ${/[^ -~]/.test(text) ? JSON.stringify(text) : single(text)}`,
    "a list": (text) => `environment:\n    - ${JSON.stringify(`PASSWORD=${text}`)}`,
    flow: (text) => `environment: {A: b, PASSWORD: ${JSON.stringify(text)}, C: d}`,
    "a URL": (text) => `environment:\n      PASSWORD: ${JSON.stringify(`x://u:${text}@h/s3cr3t`)}`,
    "an anchor": (text) => `environment: &e\n      PASSWORD: ${JSON.stringify(text)}\n  b: {image: a, environment: *e}`,
  };

  it.each(Object.entries(styles))("%s", (name, write) => {
    let moves = 0;
    fc.assert(
      fc.property(secret, (value) => {
        const text = `services:\n  web:\n    image: a\n    ${write(value.replaceAll("$", "$$$$"))}\n`;
        const around = name === "a URL" ? { before: ":", after: "@" } : {};
        const patch = moved({ "compose.yaml": text }, { part: value, ...around });
        const after = textOf(patch, "compose.yaml");
        if (after === undefined) return;
        moves++;
        expect(after).toContain("${PW:?}");
        expect(after.replace("h/s3cr3t", "")).not.toContain("s3cr3t");
        expect(dataOf({ "compose.yaml": after, ".env": textOf(patch, ".env") ?? "" })).toEqual(
          dataOf({ "compose.yaml": text }),
        );
      }),
      { numRuns: 100 },
    );
    expect(moves).toBeGreaterThan(60);
  });
});

function dataOf(files: Readonly<Record<string, string>>): unknown {
  return load({ cwd: "/project", env: {} }, readerOf(files)).data;
}

function readerOf(files: Readonly<Record<string, string>>): Read {
  return (path) => {
    const text = files[path.replace("/project/", "")];
    return text === undefined ? { kind: "missing" } : { kind: "file", text };
  };
}

describe("a move", () => {
  it.each<[string, string, Partial<Move>, string]>([
    ["a mapping", "environment: {PASSWORD: hunter2}", {}, 'environment: {PASSWORD: "${PW:?}"}'],
    ["a list", "environment: [PASSWORD=hunter2]", {}, 'environment: ["PASSWORD=${PW:?}"]'],
    ["a fallback", 'environment: {PASSWORD: "${OLD:-hunter2}"}', {}, 'environment: {PASSWORD: "${OLD:?}"}'],
    [
      "a fallback of what is not set",
      "environment: {PASSWORD: '${OLD-hunter2}'}",
      {},
      "environment: {PASSWORD: '${OLD?}'}",
    ],
    [
      "a fallback that holds it",
      "environment: {PASSWORD: '${OLD:-x://u:hunter2@h}'}",
      { before: ":", after: "@" },
      "environment: {PASSWORD: '${OLD:-x://u:${PW:?}@h}'}",
    ],
    [
      "a part, not what is like it",
      'environment: {PASSWORD: "x://hunter2:hunter2@h"}',
      { before: ":", after: "@" },
      'environment: {PASSWORD: "x://hunter2:${PW:?}@h"}',
    ],
    ["quotes of the other kind", "environment: {PASSWORD: 'hunter2'}", {}, "environment: {PASSWORD: '${PW:?}'}"],
    ["a dollar sign", "environment: {PASSWORD: a$$b}", { part: "a$b" }, 'environment: {PASSWORD: "${PW:?}"}'],
  ])("of %s", (_, before, move, after) => {
    const patch = moved({ "compose.yaml": `services:\n  web:\n    image: a\n    ${before}\n` }, move);
    expect(patch.refused).toEqual([]);
    expect(textOf(patch, "compose.yaml")).toBe(`services:\n  web:\n    image: a\n    ${after}\n`);
    expect(textOf(patch, ".env")).toMatch(/^# Secrets .*\n(PW|OLD)=\S+\n$/);
  });

  it("keeps the lines of a block scalar", () => {
    const lines = (secret: string) =>
      `services:\n  web:\n    image: a\n    environment:\n      PASSWORD: |\n        one\n        key: ${secret}\n        three\n`;
    const patch = moved({ "compose.yaml": lines("hunter2") }, { before: " ", after: "\n" });
    expect(textOf(patch, "compose.yaml")).toBe(lines("${PW:?}"));
  });

  it("takes another name where the first means something else", () => {
    const compose = "services: {web: {image: 'a:${PW-1}', environment: {PASSWORD: hunter2}}}\n";
    expect(textOf(moved({ "compose.yaml": compose }), ".env")).toContain("WEB_PW=hunter2");
  });

  it("takes another name where the shell sets the first", () => {
    const patch = moved(
      { "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}}\n" },
      {},
      { PW: "x" },
    );
    expect(textOf(patch, ".env")).toContain("WEB_PW=hunter2");
  });

  it("shares what the env file has", () => {
    const patch = moved({
      "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}}\n",
      ".env": "PW=hunter2\n",
    });
    expect(patch.changes.map(({ path }) => path)).toEqual(["/project/compose.yaml"]);
  });

  it("tells git first, and writes the value before it goes", () => {
    const patch = moved(
      { "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}}\n" },
      {},
      {},
      { keeping: { ...keeping, git: () => ({ ignoreFile: "/project/.gitignore", line: "/.env" }) } },
    );
    expect(patch.changes.map(({ path, mode, role }) => [path, mode, role])).toEqual([
      ["/project/.gitignore", undefined, "ignore"],
      ["/project/.env", 0o600, "env"],
      ["/project/compose.yaml", undefined, undefined],
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, Partial<Keeping>, string]>([
    ["git has the env file", {}, { git: () => "tracked" }, "under version control"],
    [
      "a service gets all of the env file",
      {
        "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}, b: {image: a, env_file: .env}}",
        ".env": "A=1\n",
      },
      {},
      "`env_file` would give all of `/project/.env` to `b` as well",
    ],
    [
      "no quotes hold it",
      { "compose.yaml": 'services: {web: {image: a, environment: {PASSWORD: "hunter2"}}}', ".env": "?" },
      {},
      "cannot hold it",
    ],
    [
      "it is put together",
      { "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: 'hunter${X:-2}'}}}" },
      {},
      "put together",
    ],
  ])("is refused where %s", (_, files, facts, detail) => {
    const compose = { "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}}" };
    const patch = moved({ ...compose, ...files }, {}, {}, { keeping: { ...keeping, ...facts } });
    expect(patch.changes).toEqual([]);
    expect(patch.refused.map((one) => one.detail).join()).toContain(detail);
    expect(JSON.stringify(patch.refused.map((one) => one.detail))).not.toContain("hunter2");
  });

  it("tells git once", () => {
    const git = () => ({ ignoreFile: "/project/.gitignore", line: "/.env" });
    const files = {
      "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}}\n",
      ".gitignore": "node_modules\r\n/.env\r\n",
    };
    expect(moved(files, {}, {}, { keeping: { ...keeping, git } }).changes.map(({ role }) => role)).toEqual([
      "env",
      undefined,
    ]);
  });

  it("is refused where nothing is known of the files around", () => {
    const patch = moved(
      { "compose.yaml": "services: {web: {image: a, environment: {PASSWORD: hunter2}}}" },
      {},
      {},
      {},
    );
    expect(patch.refused.map((one) => one.detail)).toEqual(["there is no place for an env file beside it"]);
  });
});

function moved(
  files: Readonly<Record<string, string>>,
  move: Partial<Move> = {},
  env: Readonly<Record<string, string>> = {},
  policy: Policy = { keeping },
): Patch {
  const read = readerOf(files);
  const project = load({ cwd: "/project", env }, read);
  const path = ["services", "web", "environment", "PASSWORD"];
  const finding: Finding = {
    rule: "a-rule",
    severity: "low",
    service: "web",
    message: "a fact",
    risk: "a risk",
    path,
    origin: { value: { file: "", start: 0, end: 0 }, via: [], interpolated: false, derived: false },
    related: [],
    fix: {
      title: "move it",
      intents: [],
      moves: [{ path, part: "hunter2", before: "", after: "", names: ["PW", "WEB_PW"], ...move }],
      applicability: "safe",
    },
  };
  return fix(project, [finding], policy, read);
}

function textOf(patch: Patch, name: string): string | undefined {
  return patch.changes.find(({ path }) => path === `/project/${name}`)?.after;
}
