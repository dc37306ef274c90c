import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "./program.js";

/** A container as `docker inspect` prints it, as far as tests care. */
export interface FakeContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig?: Readonly<Record<string, unknown>>;
  readonly Mounts?: readonly unknown[];
  readonly NetworkSettings?: Readonly<Record<string, unknown>>;
  readonly State?: Readonly<Record<string, unknown>>;
}

/** What a fake `docker` answers. */
export interface FakeEngine {
  readonly containers: readonly FakeContainer[];
  readonly images?: readonly unknown[];
  /** The id of the image that every name stands for now; default: the engine has no image of that name. */
  readonly imageId?: string;
  /** Lines of `docker diff`. */
  readonly diff?: string;
}

/** A directory for the PATH with a `docker` that answers from a recording. It needs nothing but a shell and cat. */
export function fakeDocker({ containers, images = [], imageId = "", diff = "" }: FakeEngine): string {
  const directory = folder({
    "containers.json": containers.map((one) => JSON.stringify(complete(one))).join("\n"),
    "images.json": images.map((one) => JSON.stringify(one)).join("\n"),
    ids: containers.map((one) => `${one.Id} ${projectOf(one)}\n`).join(""),
    diff,
    "image-id": imageId,
    info: JSON.stringify({
      ServerVersion: "28.0.0",
      OSType: "linux",
      DefaultRuntime: "runc",
      LoggingDriver: "json-file",
    }),
  });
  const bin = join(directory, "bin");
  mkdirSync(bin);
  const script = `#!/bin/sh
here='${directory}'
case $1 in
info) cat "$here/info";;
ps) project=; for word; do case $word in label=com.docker.compose.project=*) project=\${word##*=};; esac; done
  while read -r id of; do case $project in ''|"$of"*) echo "$id";; esac; done <"$here/ids";;
compose|cp|network|volume|rm|logs) exit 0;;
inspect) if [ "$3" = image ]; then cat "$here/images.json"; else cat "$here/containers.json"; fi;;
diff) cat "$here/diff";;
image) [ -s "$here/image-id" ] || { echo 'Error: No such image' >&2; exit 1; }; cat "$here/image-id";;
stats) printf '{"ID":"%s","MemUsage":"12.5MiB / 1GiB","PIDs":"4"}\\n' "$6";;
top) printf 'PID UID GID COMMAND\\n999999 101 101 nginx\\n';;
*) echo "unknown command $1" >&2; exit 1;;
esac
`;
  writeFileSync(join(bin, "docker"), script);
  chmodSync(join(bin, "docker"), 0o755);
  return bin;
}

function projectOf({ Config }: FakeContainer): string {
  const { Labels } = Config as { readonly Labels?: Readonly<Record<string, string>> };
  return Labels?.["com.docker.compose.project"] ?? "";
}

function complete(container: FakeContainer): object {
  return {
    HostConfig: {},
    NetworkSettings: { Networks: {}, Ports: {} },
    Mounts: [],
    // A process number that no process has: the machine of the tests shows nothing of it.
    State: { Status: "running", Pid: 2 ** 22 + 7, StartedAt: "2026-01-01T00:00:00Z" },
    ...container,
  };
}

/** The labels of Docker Compose. */
export function labels(project: string, service: string, more: Readonly<Record<string, string>> = {}) {
  return {
    "com.docker.compose.project": project,
    "com.docker.compose.service": service,
    "com.docker.compose.container-number": "1",
    "com.docker.compose.oneoff": "False",
    ...more,
  };
}
