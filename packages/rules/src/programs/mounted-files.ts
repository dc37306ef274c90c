import { isBelow, isList, isMap, type Project, type Service, valueAt } from "@compose-harden/model";
import type { Context, Place } from "../rule.js";

/** A file of a container that the project brings along. */
export interface MountedFile {
  /** The mount or the config that it comes by. */
  readonly at: Place;
  readonly text: string;
}

/** The file that a service has at a path, by a bind mount of it or of a folder above it, or as a config; undefined when it is not at hand. */
export function mountedFile(
  service: Service,
  path: string,
  { project, readFile }: Pick<Context<object>, "project" | "readFile">,
): MountedFile | undefined {
  const mounts = service.volumes.items.filter(({ value: { target } }) => brings(target, path));
  // The deepest of them hides the others.
  const [mount] = mounts.toSorted((a, b) => plain(b.value.target).length - plain(a.value.target).length);
  if (mount !== undefined) {
    const { type, source, target } = mount.value;
    const text =
      type === "bind" && source !== undefined ? readFile?.(source + path.slice(plain(target).length)) : undefined;
    return text === undefined ? undefined : { at: mount, text };
  }
  const used = service.get("configs");
  if (used === undefined || !isList(used.raw)) return undefined;
  const index = used.raw.findIndex((entry) => isMap(entry) && entry.target === path);
  const entry = used.raw[index];
  const text = isMap(entry) ? configText(String(entry.source), project, readFile) : undefined;
  return text === undefined ? undefined : { at: { path: [...used.path, index] }, text };
}

function configText(name: string, project: Project, readFile: Context<object>["readFile"]): string | undefined {
  const config = valueAt(project.data, ["configs", name]);
  if (!isMap(config)) return undefined;
  if (typeof config.content === "string") return config.content;
  return typeof config.file === "string" ? readFile?.(config.file) : undefined;
}

/** True when a mount at a target holds the path: it is the target, or lies below it. */
export function brings(target: string, path: string): boolean {
  return isBelow(path, plain(target));
}

function plain(target: string): string {
  return target.replace(/\/+$/, "");
}
