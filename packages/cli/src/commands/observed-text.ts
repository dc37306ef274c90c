import { type ObservedPort, type ObservedService, type ObservedWrite, observedSeconds } from "@compose-harden/model";
import { counted, escapeText, wrap } from "@compose-harden/report";
import type { Screen } from "../terminal.js";

/** What was seen of services, for people: one block each. */
export function observedText(
  services: readonly (readonly [name: string, seen: ObservedService | undefined])[],
  { style, columns }: Screen,
): string {
  return services
    .flatMap(([name, seen]) => {
      if (seen === undefined) return [];
      const head = `${style.bold(escapeText(name))}  ${escapeText(seen.image)}, seen for ${timeText(observedSeconds(seen))}`;
      const rows = rowsOf(seen).flatMap(([label, text]) =>
        wrap(escapeText(text), columns - INDENT).map((line, index) =>
          index === 0 ? `  ${style.dim(label.padEnd(INDENT - 2))}${line}` : `${" ".repeat(INDENT)}${line}`,
        ),
      );
      return [`${[head, ...rows].join("\n")}\n`];
    })
    .join("\n");
}

const INDENT = 17;

function rowsOf(seen: ObservedService): readonly (readonly [label: string, text: string])[] {
  const { writes, image_writes = [], written_mounts, memory_peak, pids_peak, users, ports, capabilities } = seen;
  const known = <T>(label: string, value: T | undefined, text: (value: T) => string) =>
    [label, value === undefined ? "unknown" : text(value)] as const;
  return [
    ...(seen.read_only ? [["root", "read-only"] as const] : []),
    known("writes", writes, (all) => all.map(writeText).join(", ") || "nothing outside of its mounts"),
    ...(image_writes.length === 0 ? [] : [["image's files", image_writes.join(", ")] as const]),
    ...(seen.mounts.length === 0 && (written_mounts ?? []).length === 0
      ? []
      : [known("written mounts", written_mounts, (all) => all.join(", ") || "none seen") as readonly [string, string]]),
    known("memory", memory_peak, (bytes) => `at most ${sizeText(bytes)}`),
    known("processes", pids_peak, (pids) => `at most ${pids}`),
    known("users", users, (all) => all.join(", ")),
    known("ports", ports, (all) => all.map(portText).join(", ") || "none"),
    known("capabilities", capabilities, (all) => (all.length === 0 ? "none held" : `held: ${all.join(", ")}`)),
  ];
}

function writeText({ path, kind, hides }: ObservedWrite): string {
  const remarks = [
    ...(kind === "data" ? ["looks like data"] : []),
    ...(hides === "files" ? ["holds files of the image"] : []),
  ];
  return remarks.length === 0 ? path : `${path} (${remarks.join(", ")})`;
}

const FROM = { self: "itself", project: "the project", host: "this machine", elsewhere: "elsewhere" } as const;

function portText({ port, protocol, from }: ObservedPort): string {
  const who = from.map((one) => FROM[one]).join(" and ");
  return `${port}/${protocol} (${who === "" ? "nobody seen" : `from ${who}`})`;
}

/** Bytes for people: `12 MiB`. */
function sizeText(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return `${Math.max(1, Math.round(bytes / 1024 ** 2))} MiB`;
}

/** Seconds for people, in their largest whole unit. */
function timeText(seconds: number): string {
  if (seconds >= 2 * 86_400) return counted(Math.floor(seconds / 86_400), "day");
  if (seconds >= 2 * 3600) return counted(Math.floor(seconds / 3600), "hour");
  if (seconds >= 120) return counted(Math.floor(seconds / 60), "minute");
  return counted(Math.floor(seconds), "second");
}
