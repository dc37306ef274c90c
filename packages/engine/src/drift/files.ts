import { isMap, valueAt } from "@compose-harden/model";
import type { MountedPath } from "../container.js";
import { flagIn, listIn, mapIn, textIn, textsIn } from "../shape.js";
import { type Comparer, listDifferences, type Pair, quoted } from "./difference.js";

/** Volumes, bind mounts and tmpfs mounts. */
export const files: Comparer = function* (pair) {
  const { container } = pair;
  const said = wantedMounts(pair);
  const runs = container.mounts.filter(({ type }) => type !== "tmpfs");
  for (const mount of runs) {
    const wanted = said.find(({ target }) => target === clean(mount.target));
    if (wanted === undefined) {
      if (!isExpectedBeside(pair, mount))
        yield {
          attribute: "volumes",
          message: `has ${sourceText(mount)} mounted at \`${mount.target}\`, which the file does not say`,
          weaker: mount.type === "bind",
        };
      continue;
    }
    if (wanted.source !== undefined && !isSameSource(wanted, mount))
      yield {
        attribute: "volumes",
        message: `has ${sourceText(mount)} mounted at \`${mount.target}\`, and the file says \`${wanted.source}\``,
        weaker: false,
      };
    if (wanted.readOnly && mount.writable)
      yield {
        attribute: "volumes",
        message: `may write to \`${mount.target}\`, and the file says read-only`,
        weaker: true,
      };
    if (!wanted.readOnly && !mount.writable)
      yield {
        attribute: "volumes",
        message: `may only read \`${mount.target}\`, and the file says it may write`,
        weaker: false,
      };
  }
  const targets = runs.map(({ target }) => clean(target));
  const missing = said
    .filter(({ target, isOptional }) => !isOptional && !targets.includes(target))
    .map(({ target }) => target);
  if (missing.length > 0)
    yield {
      attribute: "volumes",
      message: `has nothing mounted at ${quoted(missing)}, and the file says it has`,
      weaker: false,
    };
  yield* tmpfs(pair);
};

interface Wanted {
  readonly type: string;
  /** Absent where any will do. */
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** True for what Docker Compose may also copy into the container. */
  readonly isOptional: boolean;
}

function wantedMounts({ project, file }: Pair): readonly Wanted[] {
  const volumes = listIn(file.volumes).flatMap((entry): readonly Wanted[] => {
    const { type, source, target, read_only } = mapIn(entry);
    if (type === "tmpfs") return [];
    const named =
      type === "volume" && source !== undefined
        ? textIn(mapIn(valueAt(project.data, ["volumes", textIn(source)])).name)
        : "";
    const from = named === "" ? textIn(source) : named;
    return [
      {
        type: textIn(type),
        ...(from === "" ? {} : { source: from }),
        target: clean(textIn(target)),
        readOnly: flagIn(read_only),
        isOptional: false,
      },
    ];
  });
  const handed = (["secrets", "configs"] as const).flatMap((section) =>
    listIn(file[section]).map((use): Wanted => {
      const { source, target } = mapIn(use);
      const name = isMap(use) ? textIn(source) : textIn(use);
      const path = textIn(target) || (section === "secrets" ? name : `/${name}`);
      return {
        type: "bind",
        target: clean(path.startsWith("/") ? path : `/run/secrets/${path}`),
        readOnly: true,
        isOptional: true,
      };
    }),
  );
  const written = volumes.map(({ target }) => target);
  return [...volumes, ...handed.filter(({ target }) => !written.includes(target))];
}

/** What nobody writes in the file, and belongs there: a `VOLUME` of the image, another container's volumes, the API socket asked for. */
function isExpectedBeside({ file, image, container }: Pair, mount: MountedPath): boolean {
  if (mount.type === "volume" && image?.volumes.some((path) => clean(path) === clean(mount.target)) === true)
    return true;
  if (mount.type === "volume" && image === undefined && /^[0-9a-f]{64}$/.test(mount.name)) return true;
  if (listIn(file.volumes_from).length > 0) return true;
  return (
    flagIn(file.use_api_socket) &&
    (/docker\.sock$/.test(mount.target) || mount.target.startsWith("/run/secrets/") || container.id === "")
  );
}

function isSameSource(wanted: Wanted, mount: MountedPath): boolean {
  if (mount.type === "volume") return wanted.source === mount.name;
  // Docker Desktop shows the machine's folders below these.
  const source = mount.source.replace(/^(?:\/host_mnt|\/run\/desktop\/mnt\/host)(?=\/)/, "");
  return clean(wanted.source ?? "") === clean(source);
}

function sourceText({ type, source, name }: MountedPath): string {
  if (type === "volume") return /^[0-9a-f]{64}$/.test(name) ? "a volume without name" : `the volume \`${name}\``;
  return `\`${source}\``;
}

/** What Podman adds to the options of a tmpfs: https://docs.podman.io/en/latest/markdown/podman-run.1.html#tmpfs-fs */
const BY_PODMAN = ["rw", "rprivate", "nosuid", "nodev", "tmpcopyup"];

/** Where Podman makes a read-only root writable: https://docs.podman.io/en/latest/markdown/podman-run.1.html#read-only-tmpfs */
const READ_ONLY_BY_PODMAN = ["/run", "/tmp", "/var/tmp"];

const tmpfs: Comparer = function* ({ file, container, engine }) {
  const isPodman = engine.product === "podman";
  const said = new Map<string, string>();
  for (const entry of textsIn(file.tmpfs)) {
    const at = entry.indexOf(":");
    said.set(clean(at < 0 ? entry : entry.slice(0, at)), at < 0 ? "" : entry.slice(at + 1));
  }
  const volumes = listIn(file.volumes)
    .map(mapIn)
    .filter(({ type }) => type === "tmpfs")
    .map(({ target }) => clean(textIn(target)));
  const isByEngine = (path: string) =>
    isPodman && container.readOnly && !said.has(path) && READ_ONLY_BY_PODMAN.includes(path);
  const runs = new Map(
    Object.entries(container.tmpfs)
      .map(([path, options]): [string, string] => [clean(path), options])
      .filter(([path]) => !isByEngine(path)),
  );
  const mounted = container.mounts.filter(({ type }) => type === "tmpfs").map(({ target }) => clean(target));
  yield* listDifferences("tmpfs", "the tmpfs", [...said.keys(), ...volumes], [...runs.keys(), ...mounted], {
    extra: false,
    missing: false,
  });
  const normal = (options: string) =>
    options
      .split(",")
      .filter((option) => option !== "" && !(isPodman && BY_PODMAN.includes(option)))
      .sort()
      .join(",");
  for (const [path, options] of said) {
    const now = runs.get(path);
    if (now !== undefined && normal(now) !== normal(options))
      yield {
        attribute: "tmpfs",
        message: `has the tmpfs at \`${path}\` with ${now === "" ? "no options" : `\`${now}\``}, and the file says ${options === "" ? "none" : `\`${options}\``}`,
        weaker: /\b(?:exec|suid|dev)\b/.test(now) && !/\b(?:exec|suid|dev)\b/.test(options),
      };
  }
};

function clean(path: string): string {
  return path.replace(/\/+/g, "/").replace(/(?<=.)\/$/, "");
}
