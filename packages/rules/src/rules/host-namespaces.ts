import type { Intent, Service, Severity } from "@compose-harden/model";
import { isLinuxContainer, usesGpu } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Namespace {
  readonly attribute: "pid" | "ipc" | "uts" | "cgroup" | "userns_mode";
  readonly noun: string;
  readonly severity: Severity;
  readonly risk: string;
  readonly caveat: string;
}

const NAMESPACES: readonly Namespace[] = [
  {
    attribute: "pid",
    noun: "processes",
    severity: severityOf("container", "host-part"),
    risk: "an intruder in it sees every process of this machine with its arguments, and as root reads their environment and ends them",
    caveat: "monitoring that reads the machine's processes then sees only its own",
  },
  {
    attribute: "ipc",
    noun: "shared memory",
    severity: severityOf("container", "host-part"),
    risk: "an intruder in it reads and changes the shared memory of this machine's programs",
    caveat:
      "programs that exchange data with others through shared memory lose it; PyTorch and vLLM need `shm_size` instead",
  },
  {
    attribute: "uts",
    noun: "host name",
    severity: severityOf("mishap", "privileges"),
    risk: "with SYS_ADMIN a process in it changes the name of this machine",
    caveat: "the container's host name becomes its own",
  },
  {
    attribute: "cgroup",
    noun: "control groups",
    severity: severityOf("container", "privileges"),
    risk: "a process in it sees the control groups of all containers, and with a writable mount changes their limits",
    caveat: "monitoring that reads control groups of other containers no longer finds them",
  },
  {
    attribute: "userns_mode",
    noun: "user ids",
    severity: severityOf("mishap", "privileges"),
    risk: "where the daemon maps container users to unprivileged ones, this container's root is the machine's root again",
    caveat: "on a daemon with user namespaces, files of its volumes belong to other ids afterwards",
  },
];

/** Containers have namespaces of their own. */
export const hostNamespaces: Rule = {
  id: "host-namespaces",
  summary: "containers have their own processes, shared memory, host name, control groups and users",
  topic: "privileges",
  severity: severityOf("container", "host-part"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Isolate containers with a user namespace",
      url: "https://docs.docker.com/engine/security/userns-remap/",
    },
    { title: "Compose: pid", url: "https://docs.docker.com/reference/compose-file/services/#pid" },
    { title: "Linux: namespaces(7)", url: "https://man7.org/linux/man-pages/man7/namespaces.7.html" },
  ],
  frameworks: { cis: ["5.16", "5.17", "5.21", "5.25", "5.31"], owasp: ["3"], nist: ["4.4.3"] },

  reads: ["pid", "ipc", "uts", "cgroup", "userns_mode"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    for (const { attribute, noun, severity, risk, caveat } of NAMESPACES) {
      const at = service.get(attribute);
      if (at?.value !== "host") continue;
      report({
        at,
        severity,
        message: `\`${service.name}\` shares the ${noun} of the machine (\`${attribute}: host\`)`,
        risk,
        fix: {
          title: `remove ${attribute}: host`,
          intents: [{ op: "unset", path: [...service.path, attribute] }, ...sharedMemory(service, attribute)],
          applicability: "unsafe",
          caveat,
        },
      });
    }
  },
};

/** What a private shared memory needs to hold the batches of a model: Docker's own default is 64 MiB. */
function sharedMemory(service: Service, attribute: string): readonly Intent[] {
  if (attribute !== "ipc" || service.get("shm_size") !== undefined) return [];
  if (!usesGpu(service)) return [];
  return [{ op: "set", path: [...service.path, "shm_size"], value: String(8 * 1024 ** 3), written: "8g" }];
}
