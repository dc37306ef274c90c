import type { Intent } from "@compose-harden/model";
import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Settings below /proc/sys that open what the kernel keeps shut, with the value that does so. */
const WEAKENING: readonly (readonly [name: RegExp, value: RegExp, risk: string])[] = [
  [
    /^net\.ipv4\.conf\..*\.route_localnet$/,
    /^1$/,
    "other machines of its network reach what listens on loopback in the container",
  ],
  [/^net\.ipv4\.conf\..*\.(accept|send|secure)_redirects$/, /^1$/, "a neighbour on its network redirects its traffic"],
  [/^net\.ipv6\.conf\..*\.accept_(redirects|ra)$/, /^[12]$/, "a neighbour on its network redirects its traffic"],
  [/^net\.ipv[46]\.conf\..*\.accept_source_route$/, /^1$/, "a sender chooses the way its packets take, around filters"],
  [/^net\.ipv4\.conf\..*\.rp_filter$/, /^0$/, "packets with a forged sender are accepted"],
  [/^net\.ipv4\.tcp_syncookies$/, /^0$/, "a flood of half-open connections stops the service"],
  [
    /^kernel\.(core_pattern|modprobe|sysrq|yama\.ptrace_scope|kptr_restrict|dmesg_restrict|randomize_va_space|unprivileged_bpf_disabled)$/,
    /./,
    "it changes a setting of the whole machine, and most of these end in code that runs as root",
  ],
  [/^vm\.(mmap_min_addr|overcommit_memory)$/, /./, "it changes a setting of the whole machine"],
];

/** No service weakens the kernel's settings or escapes its clean-up. */
export const kernelSettings: Rule = {
  id: "kernel-settings",
  summary: "no service weakens kernel settings or is exempt from the kernel's clean-up when memory runs out",
  topic: "privileges",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    { title: "Compose: sysctls", url: "https://docs.docker.com/reference/compose-file/services/#sysctls" },
    { title: "Linux: IP sysctl", url: "https://docs.kernel.org/networking/ip-sysctl.html" },
    {
      title: "Compose: oom_kill_disable",
      url: "https://docs.docker.com/reference/compose-file/services/#oom_kill_disable",
    },
  ],
  frameworks: { owasp: ["7"], nist: ["4.4.3"] },

  reads: ["sysctls", "oom_kill_disable", "oom_score_adj"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    const sysctls = service.get("sysctls")?.raw;
    for (const [name, value] of Object.entries(typeof sysctls === "object" && sysctls !== null ? sysctls : {})) {
      const found = WEAKENING.find(([known, weak]) => known.test(name) && weak.test(String(value)));
      if (found === undefined) continue;
      report({
        at: { path: [...service.path, "sysctls", name] },
        message: `\`${service.name}\` sets the kernel's \`${name}\` to \`${value}\``,
        risk: found[2],
        fix: {
          title: `remove ${name}`,
          intents: [{ op: "unset", path: [...service.path, "sysctls", name] }],
          applicability: "unsafe",
          caveat: `routing or forwarding that \`${service.name}\` does for others may need it`,
        },
      });
    }
    const never = service.get("oom_kill_disable");
    const score = service.get("oom_score_adj");
    const spared = [
      ...(never?.value === true ? ["oom_kill_disable"] : []),
      ...(Number(score?.value ?? 0) <= -500 ? ["oom_score_adj"] : []),
    ];
    const [first] = spared;
    if (first === undefined) return;
    const unset = (name: string): Intent => ({ op: "unset", path: [...service.path, name] });
    report({
      at: { path: [...service.path, first] },
      severity: severityOf("mishap", "outage"),
      message: `\`${service.name}\` is spared when memory runs out`,
      risk: "the kernel ends other processes of this machine in its place, or none, and the machine hangs",
      fix: {
        title: `remove ${spared.join(" and ")}`,
        intents: [unset(first), ...spared.slice(1).map(unset)],
        applicability: "unsafe",
        caveat: `\`${service.name}\` is ended like others when memory runs out`,
      },
    });
  },
};
