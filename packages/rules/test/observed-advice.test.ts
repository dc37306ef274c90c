import { type ObservedService, type Service, startMark } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";
import { adviceFrom, type ImageIds, observedKnowledge, profileKnowledge } from "../src/index.js";

function service(text: string): Service {
  const project = load({ cwd: "/p", files: ["compose.yaml"] }, (path) =>
    path === "/p/compose.yaml" ? { kind: "file", text: `services: {web: ${text}}` } : { kind: "missing" },
  );
  const [web] = project.services;
  if (web === undefined) throw new Error("no service");
  return web;
}

const WEB = "{image: 'acme/web:1'}";
const NOTE =
  "safe as observed for 60 minutes; what it does more rarely (backups, log rotation, its stop) may not have been seen";

function seenOf(more: Partial<ObservedService> = {}, text: string = WEB): ObservedService {
  return {
    image: "acme/web:1",
    image_id: "sha256:1234567890abcdef",
    start: startMark(service(text)),
    user: "",
    mounts: [],
    read_only: false,
    runs: [{ container: "c", from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z" }],
    watched: 60,
    writes: [],
    image_writes: [],
    ...more,
  };
}

function adviceOn(more: Partial<ObservedService> = {}, text: string = WEB, idOf: ImageIds = () => undefined) {
  const advice = adviceFrom([
    observedKnowledge({ version: 1, services: { web: seenOf(more, text) } }, idOf),
    profileKnowledge,
  ]);
  return (now: string = text) => {
    const web = service(now);
    return { ...advice, web };
  };
}

function readOnly(more: Partial<ObservedService>, now: string = WEB, then: string = WEB, idOf?: ImageIds) {
  const { web, readOnly: ask } = adviceOn(more, then, idOf)(now);
  const verdict = ask(web);
  if (!verdict.offered) return { never: verdict.reason };
  const { grade, value } = verdict;
  return {
    tmpfs: value,
    ...(grade.applicability === "safe" ? { safe: grade.note } : { unsafe: grade.caveat.split("; ").slice(1) }),
  };
}

const scratch = (path: string, more = {}) =>
  ({ path, kind: "scratch", hides: "nothing", uid: 0, gid: 0, ...more }) as const;

describe("what was seen of another image under the same name proves nothing", () => {
  const LATEST = "{image: acme/web}";
  const of = (image: string, idOf?: ImageIds) =>
    readOnly({ image }, `{image: '${image}'}`, `{image: '${image}'}`, idOf);

  it.each<readonly [string, ImageIds, readonly string[]]>([
    ["acme/web:1", () => "sha256:1234567890abcdef", []],
    ["acme/web:1", () => "sha256:other", ["`acme/web:1` is another image by now than the one seen"]],
    ["acme/web:1", () => undefined, []],
    ["acme/web:latest", () => "sha256:1234567890abcdef", []],
    ["acme/web:latest", () => "sha256:other", ["`acme/web:latest` is another image by now than the one seen"]],
    [
      "acme/web:latest",
      () => undefined,
      ["`acme/web:latest` moves, and no engine here tells whether it is still the image that was seen"],
    ],
    [`acme/web:latest@sha256:${"0".repeat(64)}`, () => undefined, []],
  ])("%s", (image, idOf, reasons) => {
    expect(of(image, idOf)).toMatchObject(reasons.length === 0 ? { safe: NOTE } : { unsafe: reasons });
  });

  it("asks for the name as it is written", () => {
    expect(
      readOnly({ image: "acme/web" }, LATEST, LATEST, (name) => (name === "acme/web" ? "sha256:1234567890abcdef" : "")),
    ).toMatchObject({ safe: NOTE });
  });
});

describe("a read-only root", () => {
  it("is safe with the paths that were seen, their owners, and /tmp", () => {
    const writes = [
      scratch("/run", { hides: "folders" }),
      scratch("/var/cache/web", { uid: 101, gid: 102 }),
      scratch("/jit", { exec: true }),
    ];
    expect(readOnly({ writes })).toEqual({
      tmpfs: ["/run", "/var/cache/web:uid=101,gid=102", "/jit:exec", "/tmp"],
      safe: NOTE,
    });
    expect(readOnly({ writes: [] })).toEqual({ tmpfs: ["/tmp"], safe: NOTE });
    expect(readOnly({ writes: [scratch("/tmp")] })).toEqual({ tmpfs: ["/tmp"], safe: NOTE });
  });

  it("leaves out what is mounted by now", () => {
    const mounted = "{image: 'acme/web:1', volumes: ['data:/data', 'cache:/var/run/web'], tmpfs: [/tmp]}";
    const writes = [scratch("/data/x", { kind: "data" }), scratch("/run/web")];
    expect(readOnly({ writes, image_writes: ["/data/config"] }, mounted)).toEqual({ tmpfs: [], safe: NOTE });
  });

  it.each<readonly [string, Partial<ObservedService>, string, string]>([
    ["another tag", { image: "acme/web:2" }, WEB, "it was seen with the image `acme/web:2`"],
    [
      "another command",
      {},
      "{image: 'acme/web:1', command: sh}",
      "it was seen with another `entrypoint`, `command` or `user`",
    ],
    [
      "another user",
      {},
      "{image: 'acme/web:1', user: '1000'}",
      "it was seen with another `entrypoint`, `command` or `user`",
    ],
    ["a mount less", { mounts: ["/data"] }, WEB, "it was seen with `/data` mounted"],
    [
      "a short time",
      { runs: [{ container: "c", from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:09:59Z" }] },
      WEB,
      "it was seen for 9 minutes only",
    ],
    [
      "an image that is built here",
      { image: "acme/web:1" },
      "{image: 'acme/web:1', build: .}",
      "the image is built here, and the next build may write elsewhere",
    ],
    [
      "data",
      { writes: [scratch("/app/db", { kind: "data" })] },
      WEB,
      "what lies in `/app/db` looks like data, and a tmpfs forgets it: mount a volume there",
    ],
    [
      "hidden files",
      { writes: [scratch("/app", { hides: "files" })] },
      WEB,
      "a tmpfs at `/app` hides files of the image",
    ],
    [
      "what was not looked into",
      { writes: [scratch("/app", { hides: "unknown" })] },
      WEB,
      "whether a tmpfs at `/app` hides files of the image was not seen",
    ],
    [
      "writes to the image",
      { image_writes: ["/etc/web.conf"] },
      WEB,
      "it changed files of its image, which it then cannot: `/etc/web.conf`",
    ],
  ])("is unsafe after %s", (_, more, now, caveat) => {
    expect(readOnly(more, now)).toMatchObject({ unsafe: [caveat] });
  });

  it("knows nothing from other software, without a look at what was written, or of other services", () => {
    const first = { tmpfs: ["/tmp"], unsafe: [] };
    expect(readOnly({ image: "acme/other:1" })).toEqual(first);
    const { writes: _, ...unknown } = seenOf();
    expect(
      adviceFrom([observedKnowledge({ version: 1, services: { web: unknown } }, () => undefined)]).readOnly(
        service(WEB),
      ),
    ).toMatchObject({
      grade: { applicability: "unsafe" },
    });
    expect(
      adviceFrom([observedKnowledge({ version: 1, services: { db: seenOf() } }, () => undefined)]).readOnly(
        service(WEB),
      ),
    ).toMatchObject({
      value: ["/tmp"],
      grade: { applicability: "unsafe" },
    });
  });

  it("adds to what the profile of the image knows", () => {
    const nginx = "{image: 'nginx:1.29'}";
    const seen = { image: "nginx:1.29", writes: [scratch("/run"), scratch("/var/cache/own", { uid: 7, gid: 7 })] };
    const known = ["/run", "/var/cache/own:uid=7,gid=7", "/var/cache/nginx", "/tmp"];
    expect(readOnly(seen, nginx, nginx)).toEqual({ tmpfs: known, safe: NOTE });
    // Its entry point edits this file, and does without.
    const tolerated = { ...seen, image_writes: ["/etc/nginx/conf.d/default.conf"] };
    expect(readOnly(tolerated, nginx, nginx)).toEqual({ tmpfs: known, safe: NOTE });
    expect(readOnly({ ...seen, image_writes: ["/usr/share/nginx/html/x"] }, nginx, nginx)).toMatchObject({
      unsafe: [expect.stringContaining("/usr/share")],
    });
  });

  it("does not overrule a profile that knows it breaks", () => {
    const cassandra = "{image: 'cassandra:5'}";
    expect(readOnly({ image: "cassandra:5" }, cassandra, cassandra)).toHaveProperty("never");
  });
});

describe("capabilities", () => {
  it.each<readonly [string, Partial<ObservedService>, "safe" | "unsafe"]>([
    ["none held by a service that starts as nobody special", { user: "1000", capabilities: [] }, "safe"],
    ["none held, but it starts as root", { user: "", capabilities: [] }, "unsafe"],
    ["some held", { user: "1000", capabilities: ["NET_RAW"] }, "unsafe"],
    ["not looked at", { user: "1000" }, "unsafe"],
  ])("%s", (_, more, grade) => {
    const { web, capabilities } = adviceOn(more)();
    expect(capabilities(web)).toMatchObject({ offered: true, grade: { applicability: grade } });
    if (grade === "safe") expect(capabilities(web)).toMatchObject({ value: [] });
  });
});

it("gives limits head-room above the peak, and calls none safe for a peak alone", () => {
  const { web, memory, pids } = adviceOn({ memory_peak: 3000 * 1024 ** 2, pids_peak: 1000 })();
  expect(memory(web)).toMatchObject({
    value: 6016 * 1024 ** 2,
    known: { grade: "review", reasons: ["in 60 minutes it used at most 3000 MiB of memory"] },
  });
  expect(pids(web)).toMatchObject({ value: 2000, known: { grade: "review" } });
  expect(adviceOn({ memory_peak: 1024 })().memory(web).value).toBeGreaterThan(128 * 1024 ** 2);
});

it("knows where code was run from", () => {
  const { web, runsFrom } = adviceOn({ writes: [scratch("/run/web", { exec: true }), scratch("/tmp")] })();
  expect([runsFrom(web, "/var/run/web"), runsFrom(web, "/tmp")]).toEqual([true, false]);
});
