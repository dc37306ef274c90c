import { existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Docker } from "@compose-harden/engine";
import { type Image, inspectImages, type PathKind } from "@compose-harden/engine";
import type { Project, Service } from "@compose-harden/model";
import { profileOf } from "@compose-harden/profiles";

/** What the trial knows of a service's image. */
export interface Subject {
  /** The image's name; undefined where the engine does not have it. */
  readonly image: string | undefined;
  /** Folders in which it keeps data. */
  readonly data: readonly string[];
  /** TCP ports it may answer on. */
  readonly ports: readonly number[];
  /** TCP ports that the stack publishes. */
  readonly published: readonly number[];
}

/** Ports tried of one service. */
const MAX_PORTS = 8;

/** True for images that the engine has. */
export async function hasImage(docker: Docker, name: string): Promise<boolean> {
  return (await inspectImages(docker, [name])).length > 0;
}

/** What is known of the images of a project's services, from the engine, the profiles and the files. */
export async function subjectsOf(docker: Docker, project: Project): Promise<ReadonlyMap<string, Subject>> {
  const nameOf = (service: Service) => service.image?.value ?? `${project.name}-${service.name}`;
  const names = [...new Set(project.services.filter(({ active }) => active).map(nameOf))];
  const images = new Map<string, Image>();
  for (const name of names) {
    const [image] = await inspectImages(docker, [name]);
    if (image !== undefined) images.set(name, image);
  }
  return new Map(
    project.services.map((service) => {
      const image = images.get(nameOf(service));
      const profile = service.image === undefined ? undefined : profileOf(service.image.value);
      const published = service.ports.items
        .filter(({ value }) => value.protocol === "tcp")
        .map(({ value }) => value.target);
      const ports = [
        ...published,
        ...(profile?.ports ?? []).filter(({ proto = "tcp" }) => proto === "tcp").map(({ port }) => port),
        ...(image?.exposed ?? []).filter((port) => !port.endsWith("/udp")).map((port) => Number.parseInt(port, 10)),
      ];
      const data = [
        ...(image?.volumes ?? []),
        ...(profile?.paths ?? []).filter(({ kind }) => kind === "persist").map(({ path }) => path),
      ];
      return [
        service.name,
        {
          image: image === undefined ? undefined : nameOf(service),
          data,
          ports: [...new Set(ports)].filter((port) => port > 0).slice(0, MAX_PORTS),
          published: [...new Set(published)].slice(0, MAX_PORTS),
        },
      ];
    }),
  );
}

/** What lies at a path of this machine. */
export function kindOf(path: string): PathKind {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return "directory";
    if (stats.isSocket()) return "socket";
    return stats.isFile() ? "file" : "device";
  } catch {
    return existsSync(path) ? "device" : "missing";
  }
}

/** Folders up to this size are copied into the copy's volumes. */
const SMALL = { files: 2000, bytes: 32 * 1024 * 1024 };

/** True for a folder that is quick to copy, and can be read. */
export function isSmall(folder: string): boolean {
  let files = 0;
  let bytes = 0;
  const waiting = [folder];
  try {
    for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
      for (const entry of readdirSync(here, { withFileTypes: true })) {
        files++;
        if (entry.isDirectory()) waiting.push(join(here, entry.name));
        else if (entry.isFile()) bytes += lstatSync(join(here, entry.name)).size;
        if (files > SMALL.files || bytes > SMALL.bytes) return false;
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** True if a folder of the container lies in one of the others or holds it. */
export function isDataFolder(target: string, data: readonly string[]): boolean {
  const folder = target.replace(/\/+$/, "");
  return data.some((path) => folder === path || folder.startsWith(`${path}/`) || path.startsWith(`${folder}/`));
}
