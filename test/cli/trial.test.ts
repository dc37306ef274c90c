import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { fakeDocker, labels } from "./fake-docker.js";
import { folder, run } from "./program.js";

const STACK = "services:\n  web:\n    image: nginx:1.22\n";
/** No `docker` on the way. */
const env = { PATH: "/nonexistent" };

test("without Docker a trial says so in one line", () => {
  const { code, out, err } = run(["trial"], { cwd: folder({ "compose.yaml": STACK }), env });
  expect({ code, out, err }).toEqual({
    code: 2,
    out: "",
    err: "error: `docker` is not installed, or not on the PATH\n",
  });
});

test.each<readonly [readonly string[], RegExp]>([
  [["--timeout", "soon"], /`--timeout soon`: expected a time such as 90s/],
  [["--settle", "0s"], /`--settle 0s`: expected a time/],
  [["--overlay", "x.yaml", "--patch", "y.diff"], /`--overlay` and `--patch` each say what to try/],
  [["--overlay", "x.yaml"], /`--overlay x\.yaml`: no such file/],
  [["--patch", "x.diff"], /`--patch x\.diff`: no such file/],
  [["--patch", "words.diff"], /`--patch words\.diff`: it is no unified diff/],
  [["--patch", "old.diff"], /`--patch old\.diff`: `compose\.yaml` is not the file it was made for/],
  [["--overlay", "wrong.yaml"], /`wrong\.yaml`: Docker refuses the result/],
  [["--unsafe=nothing"], /unknown rule `nothing`/],
  [["--service", "wep"], /unknown service `wep`: did you mean `web`/],
])("%j is refused before anything is started", (options, message) => {
  const cwd = folder({
    "compose.yaml": STACK,
    "words.diff": "no diff\n",
    "old.diff": "--- a/compose.yaml\n+++ b/compose.yaml\n@@ -1,2 +1,3 @@\n a: 1\n+b: 2\n c: 3\n",
    "wrong.yaml": "services:\n  web:\n    read_only: [1]\n",
  });
  const { code, out, err } = run(["trial", ...options], { cwd, env });
  expect(err).toMatch(message);
  expect({ code, out }).toEqual({ code: 2, out: "" });
});

test("an engine that does not answer is one line too", () => {
  const cwd = folder({ "compose.yaml": STACK });
  const docker = join(cwd, "docker");
  writeFileSync(
    docker,
    "#!/bin/sh\necho 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2\nexit 1\n",
    { mode: 0o755 },
  );
  const { code, err } = run(["trial"], { cwd, env: { PATH: `${cwd}:/bin:/usr/bin` } });
  expect(code).toBe(2);
  expect(err).toMatch(/^error: no container engine answers `docker`: is it running\?.*\n$/);
});

test("the report says what was tried and what the copy started without, for people and for programs", () => {
  const schema = JSON.parse(readFileSync(new URL("../../schemas/trial.json", import.meta.url), "utf8"));
  const compose = `name: shop
services:
  db:
    image: postgres:17
    ports: ["5432:5432"]
    environment: { POSTGRES_PASSWORD: correct-horse }
    volumes: ["rows:/var/lib/postgresql/data", "./more:/srv", "/dev/null:/dev/stick"]
volumes: { rows: }
`;
  const cwd = folder({ "compose.yaml": compose, "more/a": "a" });
  const container = {
    Id: "ab".repeat(32),
    Name: "/trial-db-1",
    Image: "sha256:1",
    Config: { Image: "postgres:17", Labels: labels("trial", "db"), Healthcheck: { Test: ["CMD", "true"] } },
    State: { Status: "running", Pid: 2 ** 22 + 7, StartedAt: "2026-01-01T00:00:00Z", Health: { Status: "healthy" } },
  };
  const bin = fakeDocker({ containers: [container], images: [{ Id: "sha256:1", Config: {} }] });
  const trial = (...args: readonly string[]) =>
    run(["trial", "--unsafe", "--quiet", ...args], { cwd, env: { PATH: `${bin}:/usr/bin:/bin` } });
  const { code, out, err } = trial("--format", "json");
  expect([code, err]).toEqual([0, ""]);
  const report = JSON.parse(out);
  const ajv = new Ajv({ strict: false });
  expect([ajv.validate(schema, report), ajv.errors]).toEqual([true, null]);
  expect(report).toMatchObject({
    version: 1,
    engine: { product: "docker" },
    project: "shop",
    services: [{ service: "db", verdict: "survived", blamed: [] }],
    leftOut: [{ service: "db", what: "`/dev/null`, a device of the machine" }],
    emptied: [{ service: "db", targets: ["/var/lib/postgresql/data"] }],
    starts: 2,
  });
  const text = trial().out.replace(/\s+/g, " ");
  expect(text).toContain(
    "the copy of `db` starts with empty `/var/lib/postgresql/data`: how the settings meet your data",
  );
  expect(text + out).not.toContain("correct-horse");
});
