import type { Severity } from "@compose-harden/model";
import { capabilityName } from "@compose-harden/profiles";
import { isLinuxContainer } from "../host/container.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Tier {
  readonly capabilities: Readonly<Record<string, string>>;
  readonly severity: Severity;
}

/** What each capability beyond Docker's defaults gives an intruder, from worst to least. */
const TIERS: readonly Tier[] = [
  {
    severity: severityOf("container", "host"),
    capabilities: {
      ALL: "it is as good as privileged",
      SYS_ADMIN: "it mounts file systems and leaves the container by several known ways",
      SYS_MODULE: "it loads code into the kernel of this machine",
      SYS_RAWIO: "it writes to memory and disks of this machine directly",
    },
  },
  {
    severity: severityOf("container", "host-part"),
    capabilities: {
      BPF: "it loads programs into the kernel that watch or change other processes",
      DAC_READ_SEARCH: "it opens files of this machine by their inode, outside its own root",
      MAC_ADMIN: "it changes the rules of the security module",
      MAC_OVERRIDE: "it ignores the rules of the security module",
      NET_ADMIN: "it changes addresses, routes and firewall rules of this machine",
      PERFMON: "it watches the kernel and other processes closely enough to read secrets",
      SYS_BOOT: "it restarts this machine or loads another kernel",
      SYS_PTRACE: "it reads and changes the memory of other processes it can see",
      SYS_TIME: "it sets the clock of this machine, on which certificates and logs rely",
      SYSLOG: "it reads the kernel's log and addresses, which attacks on the kernel need",
    },
  },
  {
    severity: severityOf("mishap", "outage"),
    capabilities: {
      BLOCK_SUSPEND: "it keeps this machine from sleeping",
      IPC_LOCK: "it locks memory that nobody else can then use",
      LEASE: "it delays other programs' access to files",
      LINUX_IMMUTABLE: "it makes files that root cannot delete",
      SYS_NICE: "it takes processor time before everything else",
      SYS_PACCT: "it switches process accounting",
      SYS_RESOURCE: "it exceeds quotas and limits",
      SYS_TTY_CONFIG: "it disturbs terminals of this machine",
      WAKE_ALARM: "it wakes this machine",
      AUDIT_CONTROL: "it switches auditing off",
      AUDIT_READ: "it reads the audit log",
      NET_BROADCAST: "it sends to everybody on its network",
    },
  },
];

const MILDEST = TIERS.at(-1);

/** Capabilities that stay within the container's own network or processes, and what makes those the machine's. */
const OWN: ReadonlyMap<string, { readonly shared: string; readonly gives: string }> = new Map([
  [
    "NET_ADMIN",
    { shared: "network_mode", gives: "it changes addresses, routes and firewall rules of the container's network" },
  ],
  ["SYS_PTRACE", { shared: "pid", gives: "it reads and changes the memory of the container's other processes" }],
]);

/** No service is given a capability that reaches beyond its container without a reason. */
export const dangerousCapabilities: Rule = {
  id: "dangerous-capabilities",
  summary: "no service is given a capability that reaches beyond its container",
  topic: "privileges",
  severity: severityOf("container", "host-part"),
  since: "0.1.0",
  references: [
    { title: "Linux: capabilities(7)", url: "https://man7.org/linux/man-pages/man7/capabilities.7.html" },
    {
      title: "Docker: Runtime privilege and Linux capabilities",
      url: "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
    },
  ],
  frameworks: { cis: ["5.4"], owasp: ["3"], nist: ["4.4.3"] },

  reads: ["cap_add"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    for (const item of service.cap_add.items) {
      const name = capabilityName(item.value);
      const tier = TIERS.find(({ capabilities }) => Object.hasOwn(capabilities, name));
      const { optional, required } = productOf(service)?.capabilities ?? {};
      // What merely disturbs others is worth what its image is documented to do with it: Vault keeps secrets out of the swap space.
      if (tier === undefined || (tier === MILDEST && optional?.add.includes(name) === true)) continue;
      const bounded = OWN.get(name);
      const own = bounded === undefined || service.get(bounded.shared)?.raw === "host" ? undefined : bounded;
      const isNeeded = required?.add.includes(name) === true;
      report({
        at: item,
        severity: own === undefined ? tier.severity : severityOf("container", "privileges"),
        message: `\`${service.name}\` is given the capability \`${name}\`${isNeeded ? ", which its image needs" : ""}`,
        risk: `with an intruder in the container, ${own?.gives ?? tier.capabilities[name]}`,
        fix: isNeeded
          ? undefined
          : {
              title: `remove the capability ${name}`,
              intents: [{ op: "drop", path: service.cap_add.path, item: item.raw }],
              applicability: "unsafe",
              caveat: `whatever \`${service.name}\` was given ${name} for fails with \`Operation not permitted\``,
            },
      });
    }
  },
};
