import { describe, expect, it } from "vitest";
import type { Change } from "../changes.js";
import type { Folder, Look } from "../proc/folder.js";
import { type WriteClues, writesOf } from "./writes.js";

/** A file system from its files: `/run/a.pid` has 10 bytes; a path that ends in `/` is an empty folder. */
function fileSystem(paths: readonly string[], owners: Readonly<Record<string, number>> = {}): Look {
  const folders = new Map<string, Map<string, "folder" | "file">>([["/", new Map()]]);
  for (const path of paths) {
    const steps = path.split("/").filter((step) => step !== "");
    steps.forEach((step, index) => {
      const parent = `/${steps.slice(0, index).join("/")}`;
      const isFolder = index < steps.length - 1 || path.endsWith("/");
      folders.get(parent)?.set(step, isFolder ? "folder" : "file");
      const here = `/${steps.slice(0, index + 1).join("/")}`;
      if (isFolder && !folders.has(here)) folders.set(here, new Map());
    });
  }
  return (path) => {
    const entries = folders.get(path);
    if (entries === undefined) {
      const parent = folders.get(path.slice(0, path.lastIndexOf("/")) || "/");
      return parent?.get(path.slice(path.lastIndexOf("/") + 1)) === "file" ? "file" : undefined;
    }
    const id = owners[path] ?? 0;
    const folder: Folder = {
      uid: id,
      gid: id,
      mode: "755",
      changed: 0,
      entries: [...entries].map(([name, kind]) => ({
        name,
        kind,
        bytes: kind === "folder" ? 0 : name.endsWith(".db") ? 9999 : 10,
      })),
    };
    return folder;
  };
}

function changed(text: string): readonly Change[] {
  const kinds = { A: "added", C: "changed", D: "deleted" } as const;
  return text.split(", ").map((line) => ({ kind: kinds[line.charAt(0) as "A"], path: line.slice(2) }));
}

function grouped(clues: Partial<WriteClues>) {
  const { writes, imageWrites } = writesOf({
    changes: [],
    openFiles: [],
    code: [],
    mounts: [],
    look: () => undefined,
    ...clues,
  });
  const words = writes.map(({ path, kind, hides, uid, exec }) =>
    [
      path,
      kind,
      hides,
      ...(uid === undefined || uid === 0 ? [] : [`uid ${uid}`]),
      ...(exec === true ? ["exec"] : []),
    ].join(" "),
  );
  return { writes: words, imageWrites };
}

describe("writes are grouped into", () => {
  it.each<readonly [string, Partial<WriteClues>, { writes: string[]; imageWrites?: string[] }]>([
    [
      "the folder of the image that is nearest",
      {
        changes: changed(
          "C /var, C /var/cache, C /var/cache/nginx, A /var/cache/nginx/a, A /var/cache/nginx/b, C /run, A /run/nginx.pid",
        ),
        look: fileSystem(["/var/cache/nginx/a/", "/var/cache/nginx/b/", "/run/nginx.pid", "/run/lock/"]),
      },
      { writes: ["/run scratch folders", "/var/cache/nginx scratch nothing"] },
    ],
    [
      "a folder with its owner",
      {
        changes: changed("C /run, C /run/postgresql, A /run/postgresql/.s"),
        look: fileSystem(["/run/postgresql/.s"], { "/run/postgresql": 999 }),
      },
      { writes: ["/run/postgresql scratch nothing uid 999"] },
    ],
    [
      "both, where the inner one has to exist",
      {
        changes: changed("C /run, A /run/a.pid, C /run/b, A /run/b/c"),
        look: fileSystem(["/run/a.pid", "/run/b/c"]),
      },
      { writes: ["/run scratch folders", "/run/b scratch nothing"] },
    ],
    [
      "the service's own folder among files of the image",
      {
        changes: changed("C /app, A /app/.cache, A /app/.cache/x, A /app/uploads, A /app/uploads/y.db"),
        look: fileSystem(["/app/main.js", "/app/.cache/x", "/app/uploads/y.db"]),
      },
      { writes: ["/app/.cache scratch nothing", "/app/uploads data nothing"] },
    ],
    [
      "nothing, for a file among files of the image",
      { changes: changed("C /app, A /app/app.db"), look: fileSystem(["/app/main.js", "/app/app.db"]) },
      { writes: [], imageWrites: ["/app/app.db"] },
    ],
    [
      "nothing, for files of the image that are changed or removed",
      {
        changes: changed("C /etc, C /etc/app.conf, D /etc/old.conf"),
        look: fileSystem(["/etc/app.conf", "/etc/passwd"]),
      },
      { writes: [], imageWrites: ["/etc/app.conf", "/etc/old.conf"] },
    ],
    [
      "a folder in which files came and went",
      { changes: changed("C /tmp"), look: fileSystem(["/tmp/"]) },
      { writes: ["/tmp scratch nothing"] },
    ],
    [
      "/tmp whole, whatever an image left there",
      { changes: changed("C /tmp, A /tmp/x"), look: fileSystem(["/tmp/x", "/tmp/leftover"]) },
      { writes: ["/tmp scratch files"] },
    ],
    [
      "a folder without a removed file of the image",
      { changes: changed("C /run, A /run/a, D /run/b"), look: fileSystem(["/run/a"]) },
      { writes: ["/run scratch nothing"] },
    ],
    [
      "nothing of mounts, of the way to them and of what the engine makes",
      {
        changes: changed(
          "C /srv, A /srv/data, A /srv/data/x, A /.dockerenv, C /etc, A /etc/hosts, A /etc/mtab, A /dev, A /dev/shm, A /proc, C /run, A /run/secrets, A /run/secrets/key",
        ),
        mounts: ["/srv/data", "/run/secrets/key"],
        look: fileSystem(["/srv/data/x", "/etc/passwd", "/run/secrets/key"]),
      },
      { writes: [] },
    ],
    [
      "folders of files that are open, also when they are removed already",
      {
        openFiles: ["/tmp/#sql-1", "/var/log/app/a.log", "/data/x"],
        mounts: ["/data"],
        look: fileSystem(["/tmp/", "/var/log/app/"]),
      },
      { writes: ["/tmp scratch nothing", "/var/log/app scratch nothing"] },
    ],
    [
      "nothing, for an open file of the image",
      { openFiles: ["/app/state"], look: fileSystem(["/app/state", "/app/main"]) },
      { writes: [], imageWrites: ["/app/state"] },
    ],
    [
      "a folder that code is run from",
      {
        changes: changed("C /tmp, A /tmp/lib.so"),
        code: ["/tmp/lib.so", "/usr/bin/java"],
        look: fileSystem(["/tmp/lib.so"]),
      },
      { writes: ["/tmp scratch nothing exec"] },
    ],
    [
      "folders nobody could look into",
      { changes: changed("C /opt, A /opt/x, C /tmp, A /tmp/y") },
      { writes: ["/opt data unknown", "/tmp scratch unknown"] },
    ],
    ["nothing, where the engine's own files changed a folder", { changes: changed("C /etc, C /") }, { writes: [] }],
    [
      "nothing, where Compose cannot write the path",
      { changes: changed("A /a:b"), look: fileSystem(["/a:b/", "/x"]) },
      { writes: [], imageWrites: ["/a:b"] },
    ],
  ])("%s", (_, clues, { writes, imageWrites = [] }) => {
    expect(grouped(clues)).toEqual({ writes, imageWrites });
  });
});
