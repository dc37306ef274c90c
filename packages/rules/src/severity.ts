import type { Severity } from "@compose-harden/model";

/**
 * Who can make use of a weakness.
 * `network`: whoever reaches a published port. `container`: code that runs in the container, its own or an intruder's.
 * `reader`: whoever can read the project's files or ask Docker about its containers. `mishap`: nobody needs to try.
 */
export type Actor = "network" | "container" | "reader" | "mishap";

/**
 * What they reach with it.
 * `host`: the whole machine. `host-part`: its network, processes, devices or files. `data`: data and credentials.
 * `privileges`: more rights inside the container. `outage`: something stops. `comfort`: an intruder's work gets easier.
 */
export type Reach = "host" | "host-part" | "data" | "privileges" | "outage" | "comfort";

/** The written table every rule's severity is read from. */
export const SEVERITY_TABLE: Readonly<Record<Actor, Readonly<Record<Reach, Severity>>>> = {
  network: {
    host: "critical",
    "host-part": "critical",
    data: "high",
    privileges: "high",
    outage: "medium",
    comfort: "medium",
  },
  container: {
    host: "critical",
    "host-part": "high",
    data: "high",
    privileges: "medium",
    outage: "medium",
    comfort: "low",
  },
  reader: { host: "high", "host-part": "high", data: "high", privileges: "medium", outage: "low", comfort: "low" },
  mishap: { host: "high", "host-part": "medium", data: "medium", privileges: "low", outage: "low", comfort: "info" },
};

/** The severity of a weakness from who can use it and what they reach. */
export function severityOf(actor: Actor, reach: Reach): Severity {
  return SEVERITY_TABLE[actor][reach];
}
