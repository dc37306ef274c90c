import type { Evidence, Service } from "@compose-harden/model";
import { capabilityName, type Advice as Known, setsUser } from "@compose-harden/profiles";
import { DEFAULT_CAPABILITIES, STEP_DOWN_CAPABILITIES } from "./capabilities.js";
import { sizesFor } from "./sizes.js";

/** How far a change may be trusted for one service. */
export type Grade = { readonly evidence?: readonly Evidence[]; readonly note?: string } & (
  | { readonly applicability: "safe" }
  | { readonly applicability: "unsafe"; readonly caveat: string }
);

/** What to write, and how far it may be trusted; or why nothing is offered, because the service is known to break with it. */
export type Verdict<T> =
  | { readonly offered: true; readonly value: T; readonly grade: Grade }
  | { readonly offered: false; readonly reason: string };

/** A limit with which the service is believed to work. */
export interface Bound {
  /** Bytes of memory, processors, or processes and threads. */
  readonly value: number;
  /** What is known of it; undefined for a first guess. */
  readonly known: Known<unknown> | undefined;
}

/** What the rules ask before they offer a change that depends on what runs in the container. */
export interface Advice {
  noNewPrivileges(service: Service): Verdict<true>;
  /** `tmpfs` entries that a read-only root needs. */
  readOnly(service: Service): Verdict<readonly string[]>;
  /** Capabilities to add back after all are dropped, without `CAP_`. */
  capabilities(service: Service): Verdict<readonly string[]>;
  memory(service: Service): Bound;
  cpus(service: Service): Bound;
  pids(service: Service): Bound;
  /** The tag to name instead of one that moves; undefined where none is known. */
  release(service: Service): Verdict<string> | undefined;
  /** True when programs are known to be started from this path: its tmpfs needs `exec`. */
  runsFrom(service: Service, path: string): boolean;
}

/**
 * One source of knowledge about services: the image profiles, or what was seen of a running container. What it does not
 * know it answers with `unknown` or undefined, and the next source is asked.
 */
export interface Knowledge {
  noNewPrivileges?(service: Service): Known<unknown> | undefined;
  readOnly?(service: Service): Known<{ readonly tmpfs: readonly string[] }> | undefined;
  capabilities?(service: Service): Known<{ readonly cap_add: readonly string[] }> | undefined;
  /** MiB. */
  memory?(service: Service): Known<number> | undefined;
  cpus?(service: Service): Known<number> | undefined;
  pids?(service: Service): Known<number> | undefined;
  release?(service: Service): Known<string> | undefined;
  runsFrom?(service: Service, path: string): boolean | undefined;
}

/** Advice that rests on these sources, the one that is asked first before the others. */
export function adviceFrom(sources: readonly Knowledge[]): Advice {
  const ask = <T>(question: (source: Knowledge) => Known<T> | undefined): Known<T> | undefined => {
    for (const source of sources) {
      const answer = question(source);
      if (answer !== undefined && answer.grade !== "unknown") return answer;
    }
    return undefined;
  };
  return {
    noNewPrivileges: (service) =>
      verdict(
        ask((source) => source.noNewPrivileges?.(service)),
        () => true,
        `whatever raises privileges in \`${service.name}\` stops working: \`sudo\`, \`su\`, programs with file capabilities such as \`ping\``,
      ),
    readOnly: (service) =>
      verdict(
        ask((source) => source.readOnly?.(service)),
        (known) => known?.tmpfs ?? ["/tmp"],
        `\`${service.name}\` can then write only to its volumes and tmpfs mounts: start it and look for \`Read-only file system\` in its logs`,
      ),
    capabilities: (service) => {
      const known = ask((source) => source.capabilities?.(service));
      return verdict(
        known,
        // With a user of its own it has no use for the common ones: capabilities added for it do not take effect.
        (value) =>
          value?.cap_add.filter((name) => isGiven(service, name)) ??
          (setsUser(service.user?.value) ? [] : STEP_DOWN_CAPABILITIES),
        known === undefined
          ? `\`${service.name}\` keeps what entry points commonly need to prepare folders and step down to their own user; for more it fails with \`Operation not permitted\`, and for less it can be cut further`
          : `what \`${service.name}\` does beyond its ordinary start fails with \`Operation not permitted\` when it needs more`,
      );
    },
    memory: (service) =>
      bound(
        sizesFor(service).memory,
        ask((source) => source.memory?.(service)),
        MiB,
      ),
    cpus: (service) =>
      bound(
        sizesFor(service).cpus,
        ask((source) => source.cpus?.(service)),
      ),
    pids: (service) =>
      bound(
        sizesFor(service).pids,
        ask((source) => source.pids?.(service)),
      ),
    release: (service) => {
      const known = ask((source) => source.release?.(service));
      if (known?.value === undefined) return undefined;
      const caveat = `\`${service.name}\` may run another release now: a newer one goes back to this one, which may not read its data, and an older one is upgraded: look with \`docker compose images\``;
      return { offered: true, value: known.value, grade: graded(known, caveat) };
    },
    runsFrom: (service, path) => sources.some((source) => source.runsFrom?.(service, path) === true),
  };
}

const MiB = 1024 ** 2;

/** The grade of a change: safe only where what is known says so, else with the caveat and what is known to go wrong. */
export function graded(known: Known<unknown> | undefined, caveat: string): Grade {
  if (known === undefined) return { applicability: "unsafe", caveat };
  const { evidence } = known;
  if (known.grade === "safe") {
    const note = known.reasons.join("; ");
    return { applicability: "safe", evidence, ...(note === "" ? {} : { note }) };
  }
  return { applicability: "unsafe", caveat: [caveat, ...known.reasons].join("; "), evidence };
}

function verdict<T, V>(known: Known<T> | undefined, value: (known: T | undefined) => V, caveat: string): Verdict<V> {
  if (known?.grade === "never") return { offered: false, reason: known.reasons.join("; ") };
  return { offered: true, value: value(known?.value), grade: graded(known, caveat) };
}

/** What the sources know, in units of `unit`, and never less than the first guess: whatever works within less works within more. */
function bound(guess: number, known: Known<number> | undefined, unit = 1): Bound {
  return { value: Math.max(guess, (known?.value ?? 0) * unit), known };
}

/** Nothing is added that the service does not have today: it works without. */
function isGiven(service: Service, name: string): boolean {
  return DEFAULT_CAPABILITIES.has(name) || service.cap_add.items.some(({ value }) => capabilityName(value) === name);
}
