import type { Entry, Gap, Project, Read } from "@compose-harden/model";
import { positionAt, sliceOf } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { load } from "./load.js";

function disk(files: Readonly<Record<string, string>>): Read {
  return (path) => {
    const text = files[path];
    return text === undefined ? { kind: "missing" } : { kind: "file", text };
  };
}

/** Loads `/p/compose.yaml` from a disk of files given relative to `/p`. */
function project(files: Readonly<Record<string, string>> | string, entry: Omit<Entry, "cwd"> = {}): Project {
  const all = typeof files === "string" ? { "compose.yaml": files } : files;
  const absolute = Object.fromEntries(Object.entries(all).map(([path, text]) => [`/p/${path}`, text]));
  return load({ cwd: "/p", ...entry }, disk(absolute));
}

function service(loaded: Project, name: string) {
  const found = loaded.services.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

/** Where a gap is, as file:line:column. */
function placeOf(loaded: Project, gap: Gap | undefined): string | undefined {
  if (gap?.at === undefined) return undefined;
  const text = loaded.files.find(({ path }) => path === gap.at?.file)?.text ?? "";
  const { line, column } = positionAt(text, gap.at.start);
  return `${gap.at.file}:${line}:${column}`;
}

/** The bytes and hops of what is written at a path. */
function writtenAt(loaded: Project, path: readonly (string | number)[]) {
  return loaded.originsOf(path).map((origin) => {
    const file = loaded.files.find((candidate) => candidate.path === origin.value.file);
    return [file && sliceOf(file, origin.value), ...origin.via.map(({ kind }) => kind)];
  });
}

describe("a service", () => {
  const loaded = project(`
name: p
services:
  web:
    image: nginx
    command: nginx -g "daemon off;"
    user: "1000"
    read_only: true
    ports: ["127.0.0.1:8080:80/udp", 90]
    volumes: [./data:/data:ro, cache:/cache, {type: tmpfs, target: /run, tmpfs: {size: 1m}}]
    tmpfs: /tmp:size=64m,exec
    security_opt: [no-new-privileges:true]
    environment: {A: 1, B: }
    labels: [x=y]
    mem_limit: 512m
    pids_limit: 100
    cpu_quota: 50000
volumes: {cache: }
`);
  const web = service(loaded, "web");

  it("loads without gaps", () => expect(loaded.gaps).toEqual([]));
  it("is read as types", () => {
    expect(web.command?.value).toEqual(["nginx", "-g", "daemon off;"]);
    expect(web.entrypoint).toBeUndefined();
    expect(web.user?.value).toBe("1000");
    expect(web.read_only?.value).toBe(true);
    expect(web.privileged).toBeUndefined();
    expect(web.ports.items.map(({ value }) => value)).toEqual([
      { target: 80, published: "8080", host_ip: "127.0.0.1", protocol: "udp", mode: "ingress" },
      { target: 90, published: undefined, host_ip: undefined, protocol: "tcp", mode: "ingress" },
    ]);
    expect(
      web.volumes.items.map(({ value }) => `${value.type} ${value.source} ${value.target} ${value.read_only}`),
    ).toEqual(["bind /p/data /data true", "volume cache /cache false", "tmpfs undefined /run false"]);
    expect(web.tmpfs.items.map(({ value, path }) => [value.target, value.options, path[2]])).toEqual([
      ["/tmp", ["size=64m", "exec"], "tmpfs"],
      ["/run", ["size=1048576"], "volumes"],
    ]);
    expect([...web.environment.items].map(([name, { value }]) => [name, value])).toEqual([
      ["A", "1"],
      ["B", null],
    ]);
    expect(web.labels.items.get("x")?.value).toBe("y");
    expect(web.limits.memory).toMatchObject({ value: 536870912, path: ["services", "web", "mem_limit"] });
    expect(web.limits.cpus).toMatchObject({ value: 0.5, path: ["services", "web", "cpu_quota"] });
    expect(web.limits.pids?.value).toBe(100);
    expect(web.get("networks", "default")?.raw).toBeNull();
  });
  it("gives absent lists a path", () => {
    expect(web.cap_drop).toEqual({ path: ["services", "web", "cap_drop"], origins: [], items: [] });
  });
  it("knows the bytes of each value", () => {
    expect(writtenAt(loaded, ["services", "web", "mem_limit"])).toEqual([["512m"]]);
    expect(writtenAt(loaded, ["services", "web", "ports", 1, "target"])).toEqual([["90"]]);
    expect(writtenAt(loaded, ["services", "web", "ports", 0, "host_ip"])).toEqual([["127.0.0.1"]]);
  });
});

describe("the way of a value", () => {
  it("leads through aliases and merge keys", () => {
    const loaded = project(`
x-l: &l [A]
x-base: &base
  cap_drop: *l
  user: a
services:
  s:
    <<: *base
    image: i
    user: b
`);
    expect(loaded.gaps).toEqual([]);
    expect(writtenAt(loaded, ["services", "s", "cap_drop", 0])).toEqual([["A", "alias", "merge-key"]]);
    expect(writtenAt(loaded, ["services", "s", "user"])).toEqual([["b"]]);
    expect(service(loaded, "s").blocks.map(({ via }) => via.map(({ kind }) => kind))).toEqual([["merge-key"], []]);
  });
  it("leads through files", () => {
    const loaded = project({
      "compose.yaml":
        "include: [sub/inc.yaml]\nservices:\n  s:\n    extends: {file: sub/base.yaml, service: b}\n    image: i\n",
      "compose.override.yml": "services: {s: {cap_add: [X]}}\n",
      "sub/base.yaml": "services: {b: {cap_add: [B], build: ., env_file: e.env}}\n",
      "sub/inc.yaml": "services: {t: {image: t, volumes: [./d:/d]}}\n",
      "sub/e.env": "K=v\n",
    });
    expect(loaded.gaps).toEqual([]);
    expect(writtenAt(loaded, ["services", "s", "cap_add"]).map(([, ...hops]) => hops)).toEqual([
      ["extends"],
      ["override"],
    ]);
    expect(loaded.data).toMatchObject({
      services: {
        s: { build: { context: "/p/sub" }, cap_add: ["B", "X"], environment: { K: "v" } },
        t: { volumes: [{ source: "/p/sub/d" }] },
      },
    });
    expect(writtenAt(loaded, ["services", "t", "image"])).toEqual([["t", "include"]]);
    expect(loaded.files.map(({ path }) => path)).toEqual([
      "/p/compose.yaml",
      "/p/compose.override.yml",
      "/p/sub/inc.yaml",
      "/p/sub/base.yaml",
    ]);
    expect(loaded.envFiles.map(({ path }) => path)).toEqual(["/p/sub/e.env"]);
  });
  it("marks what was substituted", () => {
    const loaded = project({ "compose.yaml": "services: {s: {image: 'i:${T}', user: '$$x'}}\n", ".env": "T=1\n" });
    const [image] = loaded.originsOf(["services", "s", "image"]);
    expect(image?.interpolated).toBe(true);
    expect(loaded.data).toMatchObject({ services: { s: { image: "i:1", user: "$x" } } });
  });
});

describe("what Docker refuses is one gap with its place, and the rest is read", () => {
  const table: readonly (readonly [
    name: string,
    text: string,
    reason: Gap["reason"],
    place: string | undefined,
    rest: unknown,
  ])[] = [
    [
      "a required variable",
      "services:\n  s:\n    image: i:${T:?say which}\n",
      "interpolation",
      "3:12",
      { s: { image: "i:" } },
    ],
    ["an unknown attribute", "services:\n  s:\n    image: i\n    imge: j\n", "schema", "4:5", { s: { image: "i" } }],
    ["a wrong type", "services:\n  s:\n    image: i\n    user: 1000\n", "schema", "4:11", { s: { image: "i" } }],
    ["a duplicate key", "services:\n  s:\n    image: i\n    image: j\n", "yaml", "4:5", { s: { image: "j" } }],
    [
      "a key that is no text",
      "services:\n  s:\n    image: i\n    labels:\n      1: a\n",
      "structure",
      "5:7",
      { s: { labels: { 1: "a" } } },
    ],
    ["a merge of a scalar", "services:\n  s:\n    image: i\n    <<: 1\n", "yaml", "4:9", { s: { image: "i" } }],
    ["a missing base", "services:\n  s:\n    image: i\n    extends: t\n", "extends", "4:14", { s: { image: "i" } }],
    [
      "a missing base file",
      "services:\n  s:\n    image: i\n    extends: {file: x.yaml, service: t}\n",
      "extends",
      "4:21",
      { s: { image: "i" } },
    ],
    [
      "a circle of extensions",
      "services:\n  s:\n    image: i\n    extends: t\n  t:\n    image: j\n    extends: s\n",
      "extends",
      "4:14",
      { s: { image: "i" }, t: { image: "j" } },
    ],
    [
      "a missing include",
      "include:\n  - x.yaml\nservices:\n  s:\n    image: i\n",
      "include",
      "2:5",
      { s: { image: "i" } },
    ],
    [
      "a circle of inclusions",
      "include:\n  - compose.yaml\nservices:\n  s:\n    image: i\n",
      "include",
      "2:5",
      { s: { image: "i" } },
    ],
    [
      "a missing env file",
      "services:\n  s:\n    image: i\n    env_file: x.env\n",
      "env-file",
      "4:15",
      { s: { image: "i" } },
    ],
    ["a service without image", "services:\n  s:\n    user: a\n", "consistency", "3:5", { s: { user: "a" } }],
    [
      "an invalid port",
      "services:\n  s:\n    image: i\n    ports: ['80', 'x']\n",
      "semantic",
      "4:19",
      { s: { ports: [{ target: 80 }] } },
    ],
    ["a tab", "services:\n  s:\n    image: i\n\tuser: a\n", "yaml", "4:1", { s: { image: "i" } }],
    ["a list at the top", "- a\n", "structure", "1:1", undefined],
  ];
  it.each(table)("%s", (_, text, reason, place, rest) => {
    const loaded = project(text);
    const refused = loaded.gaps.filter(({ kind }) => kind === "refused");
    expect(refused[0]).toMatchObject({ reason });
    expect(placeOf(loaded, refused[0])).toBe(`/p/compose.yaml:${place}`);
    if (rest !== undefined) expect(loaded.data).toMatchObject({ services: rest });
  });
  it("no file at all", () => {
    expect(project({}).gaps).toMatchObject([{ reason: "file" }, ...[]]);
  });
  it("an empty file", () => expect(project("# nothing\n").gaps[0]).toMatchObject({ reason: "structure" }));
});

it.each(["~", "[~]", "[{}]", "[2024-01-02]"])("`include: %s` brings in nothing", (include) => {
  expect(project(`include: ${include}\nservices: {s: {image: i}}\n`).gaps).toEqual([]);
});

describe("what is elsewhere", () => {
  it.each(["https://github.com/o/r.git", "oci://r/i:1", "git@h:o/r.git"])("%s is told and not fetched", (where) => {
    const asked: string[] = [];
    const files = disk({ "/p/compose.yaml": `include: ['${where}']\nservices: {s: {image: i}}\n` });
    const loaded = load({ cwd: "/p" }, (path) => {
      asked.push(path);
      return files(path);
    });
    expect(loaded.gaps).toMatchObject([{ kind: "unread", reason: "remote" }]);
    expect(asked.every((path) => path.startsWith("/"))).toBe(true);
  });
});

describe("profiles", () => {
  const text = "services:\n  a: {image: i}\n  b: {image: i, profiles: [x]}\n  c: {profiles: [y]}\n";
  const active = (entry: Omit<Entry, "cwd">) =>
    project(text, entry).services.flatMap((found) => (found.active ? [found.name] : []));
  it("choose what runs", () => {
    expect(active({})).toEqual(["a"]);
    expect(active({ profiles: ["x"] })).toEqual(["a", "b"]);
    expect(active({ env: { COMPOSE_PROFILES: "x,y" } })).toEqual(["a", "b", "c"]);
    expect(active({ profiles: ["*"] })).toEqual(["a", "b", "c"]);
  });
  it("spare what does not run the checks", () => {
    expect(project(text).gaps).toEqual([]);
    expect(project(text, { profiles: ["y"] }).gaps).toMatchObject([{ reason: "consistency" }]);
  });
});

describe("hostile input ends soon, with a gap", () => {
  const bomb = (open: string, close: string, item: (name: string, i: number) => string): string => {
    const names = "abcdefghi".split("");
    const line = (name: string, i: number): string => {
      const items = names.map((_, k) => item(i === 0 ? "x" : `*${names[i - 1]}`, k)).join(", ");
      return `x-${name}: &${name} ${open}${items}${close}\n`;
    };
    return `${names.map(line).join("")}services: {s: {image: i}}\n`;
  };
  const table: readonly (readonly [
    name: string,
    files: Readonly<Record<string, string>>,
    reason: Gap["reason"] | undefined,
  ])[] = [
    ["aliases of lists", { "compose.yaml": bomb("[", "]", (value) => value) }, "limit"],
    ["aliases of mappings", { "compose.yaml": bomb("{", "}", (value, i) => `k${i}: ${value}`) }, "limit"],
    ["too many values", { "compose.yaml": `services: {s: {image: i}}\nx-a: [${"a,".repeat(100_001)}]\n` }, "limit"],
    ["deep nesting", { "compose.yaml": `services: {s: {image: i}}\nx-a: ${"[".repeat(20_000)}\n` }, "yaml"],
    ["an anchor within itself", { "compose.yaml": "services: {s: {image: i}}\nx-a: &a [*a]\n" }, "yaml"],
    [
      "10,000 services",
      { "compose.yaml": `services:\n${Array.from({ length: 10_000 }, (_, i) => `  s${i}: {image: i}\n`).join("")}` },
      undefined,
    ],
    [
      "200 inclusions",
      {
        "compose.yaml": `include: [${Array.from({ length: 200 }, (_, i) => `i${i}.yaml`).join()}]\nservices: {s: {image: i}}\n`,
        ...Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`i${i}.yaml`, `services: {t${i}: {image: i}}\n`])),
      },
      undefined,
    ],
    [
      "inclusions that double at every step",
      {
        "compose.yaml": "include: [n0.yaml]\nservices: {s: {image: i}}\n",
        ...Object.fromEntries(
          Array.from({ length: 30 }, (_, i) => [
            `n${i}.yaml`,
            i === 29 ? "services: {t: {image: t}}\n" : `include: [n${i + 1}.yaml, ./n${i + 1}.yaml]\n`,
          ]),
        ),
      },
      undefined,
    ],
  ];
  it.each(table)("%s", (_, files, reason) => {
    const loaded = project(files);
    expect(loaded.gaps.map((gap) => gap.reason)).toEqual(reason === undefined ? [] : [reason]);
    if (reason !== undefined && !("n0.yaml" in files))
      expect(loaded.services.some(({ name }) => name.startsWith("s"))).toBe(true);
  });
});
