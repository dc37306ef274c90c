import type { Located, Mount, Origin, Project, Service } from "@compose-harden/model";
import { cleanPath, isMap, rememberedIn, rememberedText, valueAt, writtenAs } from "@compose-harden/model";

/** A mount of something that lies on the machine. */
export interface HostMount {
  readonly mount: Located<Mount>;
  /** The path of the machine, cleaned. */
  readonly path: string;
  /** The path as the file names it where it is relative: on another machine `~/.ssh` is another one. */
  readonly name: string;
}

/** The mounts of a service but for the volumes that Docker keeps. */
export const hostMountsOf: (service: Service, project: Project) => readonly HostMount[] = rememberedIn(
  ({ volumes }, project) =>
    volumes.items.flatMap((mount) => {
      const path = hostPathOf(mount, project);
      return path === undefined ? [] : [{ mount, path, name: relativeName(mount, project) ?? path }];
    }),
);

/** `~/.ssh`, `../data` and `${ROOT:-..}/data` as they are written. */
function relativeName({ path, origin }: Located<Mount>, project: Project): string | undefined {
  const text = writtenAs(project.originsOf([...path, "source"]).at(-1) ?? origin, project);
  return /^["']?((?:[~.]|\$\{\w+:?-[~.])(?:\$\{[^}]*\}|[^:"'])*)/.exec(text ?? "")?.[1];
}

function hostPathOf({ value: mount, path, origin }: Located<Mount>, project: Project): string | undefined {
  if (mount.source === undefined) return undefined;
  if (mount.type === "bind" || mount.type === "npipe")
    return (
      unknownStart(mount.source, project.originsOf([...path, "source"]).at(-1) ?? origin, project) ??
      hostPath(mount.source)
    );
  if (mount.type !== "volume") return undefined;
  // A local volume can be a bind mount in disguise.
  const volume = valueAt(project.data, ["volumes", mount.source]);
  // To another driver a device is what that driver takes it for.
  if (!isMap(volume) || (volume.driver ?? "local") !== "local") return undefined;
  const options = volume.driver_opts;
  if (!isMap(options) || typeof options.device !== "string" || !options.device.startsWith("/")) return undefined;
  return /\br?bind\b/.test(String(options.o ?? "")) ? hostPath(options.device) : undefined;
}

/**
 * The path as written where it begins with a variable that nobody has set: `${DATA}/db` is not `/db` on the machine of whoever
 * sets it. Undefined for all others.
 */
function unknownStart(source: string, origin: Origin | undefined, project: Project): string | undefined {
  const text = origin?.interpolated === true ? writtenAs(origin, project) : undefined;
  if (text === undefined) return undefined;
  const [written, rest] = /^\$(?:\{\w+\}|\w+)([^:"']*)/.exec(text.replace(/^["']/, "")) ?? [];
  if (written === undefined || rest === undefined) return undefined;
  return hostPath(rest.replace(/\$(\{\w+\}|\w+)/g, "")) === hostPath(source) ? written.replace(/\/+$/, "") : undefined;
}

/** `.`, `..`, doubled and trailing slashes resolved, as the kernel would: Compose leaves them in place. */
function hostPath(path: string): string {
  return path.startsWith("/") ? cleanPath(path) : path;
}

const SOCKET_NAME =
  /(^|\/)(docker|docker\.raw|docker-cli|podman|containerd|crio|cri-dockerd|dockershim|balena-engine|buildkitd)\.sock$|(^|\/)docker\.sock\.raw$|\/(lxd|incus)\/(unix\.socket|.*\/unix\.socket)$|^(\\\\|\/\/)\.[\\/]pipe[\\/](docker|podman|containerd)/i;

const SOCKET_FOLDERS: ReadonlySet<string> = new Set([
  "/",
  "/run",
  "/var",
  "/var/run",
  ...["/run", "/var/run"].flatMap((run) =>
    ["containerd", "crio", "docker", "k3s", "k3s/containerd", "podman"].map((name) => `${run}/${name}`),
  ),
]);

/** How a path of the machine leads to a container engine's control socket. */
export const socketBehind: (path: string) => "socket" | "folder" | undefined = rememberedText((path) => {
  if (SOCKET_NAME.test(path)) return "socket";
  const isFolder = SOCKET_FOLDERS.has(path) || /\/\.docker\/(run|desktop)$|^\/run\/user\/\d+\/podman$/.test(path);
  return isFolder ? "folder" : undefined;
});
