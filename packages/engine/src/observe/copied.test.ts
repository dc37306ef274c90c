import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { fakeDocker } from "../../test/fake-docker.js";
import { archiveEntries } from "../archive.js";
import { lookByCopy } from "./copied.js";

/** A folder as `docker cp` archives it. */
function archive(): Buffer {
  const root = mkdtempSync(join(tmpdir(), "compose-harden-archive-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "web/lock"), { recursive: true, mode: 0o750 });
  mkdirSync(join(root, `web/${"deep".repeat(40)}`));
  writeFileSync(join(root, "web/big"), Buffer.alloc(300_000, 7));
  writeFileSync(join(root, `web/${"deep".repeat(40)}/é`), "12345", { mode: 0o600 });
  symlinkSync("/etc/passwd", join(root, "web/link"));
  return execFileSync(
    "tar",
    ["--format=pax", "--owner=101", "--group=102", "--numeric-owner", "-C", root, "-cf", "-", "web"],
    {
      maxBuffer: 1 << 24,
    },
  );
}

async function* inPieces(data: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

it("reads the entries of an archive, in whatever pieces it comes", async () => {
  const data = archive();
  const whole = await archiveEntries(inPieces(data, data.length), 1 << 24);
  expect(whole?.map(({ path, kind, bytes, uid, gid }) => `${path} ${kind} ${bytes} ${uid}:${gid}`).sort()).toEqual(
    [
      "web folder 0 101:102",
      "web/big file 300000 101:102",
      `web/${"deep".repeat(40)} folder 0 101:102`,
      `web/${"deep".repeat(40)}/é file 5 101:102`,
      "web/link other 0 101:102",
      "web/lock folder 0 101:102",
    ].sort(),
  );
  expect(whole?.find(({ path }) => path === "web/lock")?.mode).toBe("750");
  for (const size of [1, 511, 513, 65_536]) {
    if (size === 1 && data.length > 400_000) continue;
    expect(await archiveEntries(inPieces(data, size), 1 << 24)).toEqual(whole);
  }
  expect(await archiveEntries(inPieces(data, 4096), 100_000)).toBeUndefined();
  expect(await archiveEntries(inPieces(Buffer.from("no archive at all"), 5), 1 << 24)).toEqual([]);
});

it("looks into folders by what docker copies of them", async () => {
  const docker = fakeDocker(
    '[ "$2" = c1:/run/web ] || { echo "Could not find the file" >&2; exit 1; }; cat "$HERE/archive"',
  );
  writeFileSync(join(docker.directory, "archive"), archive());
  const look = await lookByCopy(docker, "c1", ["/run/web", "/nope", "/"]);
  const seen = look("/run/web");
  expect(seen).toMatchObject({ uid: 101, gid: 102, mode: "750" });
  expect(typeof seen === "object" && seen.entries.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual(
    [`${"deep".repeat(40)} folder`, "big file", "link other", "lock folder"].sort(),
  );
  expect(look("/run/web/lock")).toMatchObject({ entries: [] });
  expect([look("/run/web/big"), look("/nope")]).toEqual(["file", undefined]);
});

it("gives up on a folder that takes too long", async () => {
  const docker = fakeDocker("exec sleep 30");
  const start = Date.now();
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 200);
  await expect(lookByCopy(docker, "c1", ["/run/web"], { signal: stop.signal })).rejects.toMatchObject({
    failure: "stopped",
  });
  expect(Date.now() - start).toBeLessThan(5000);
});
