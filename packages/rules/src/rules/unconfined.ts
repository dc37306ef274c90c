import type { Severity } from "@compose-harden/model";
import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Switch {
  readonly option: RegExp;
  readonly what: string;
  readonly severity: Severity;
  readonly risk: string;
}

const SWITCHES: readonly Switch[] = [
  {
    option: /^seccomp[:=]unconfined$/,
    what: "the seccomp filter",
    severity: severityOf("container", "host-part"),
    risk: "an intruder in it can use every system call of the kernel, among them those that past escapes needed",
  },
  {
    option: /^apparmor[:=]unconfined$/,
    what: "the AppArmor profile",
    severity: severityOf("container", "host-part"),
    risk: "mounts and writes below /proc and /sys are no longer refused",
  },
  {
    option: /^label[:=](disable|type:spc_t)$|^disable$/,
    what: "SELinux separation",
    severity: severityOf("container", "host-part"),
    risk: "an intruder in it may touch the files of other containers and of the machine that it can reach",
  },
  {
    option: /^systempaths[:=]unconfined$/,
    what: "the protection of /proc and /sys",
    severity: severityOf("container", "host-part"),
    risk: "kernel settings below /proc and /sys can be read and written from the container",
  },
  {
    option: /^writable-cgroups[:=](1|t|T|TRUE|true|True)$/,
    what: "the protection of its control groups",
    severity: severityOf("container", "privileges"),
    risk: "a process in it can lift its own limits",
  },
];

/** The kernel's filters hold for every container. */
export const unconfined: Rule = {
  id: "unconfined",
  summary: "seccomp, AppArmor, SELinux and the protected paths stay switched on",
  topic: "privileges",
  severity: severityOf("container", "host-part"),
  since: "0.1.0",
  references: [
    { title: "Docker: Seccomp security profiles", url: "https://docs.docker.com/engine/security/seccomp/" },
    { title: "Docker: AppArmor security profiles", url: "https://docs.docker.com/engine/security/apparmor/" },
    {
      title: "Docker: docker run --security-opt",
      url: "https://docs.docker.com/reference/cli/docker/container/run/#security-opt",
    },
  ],
  frameworks: { cis: ["5.2", "5.3", "5.22"], owasp: ["6"], nist: ["4.4.3"] },

  reads: ["security_opt"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    for (const item of service.security_opt.items) {
      const found = SWITCHES.find(({ option }) => option.test(item.value));
      if (found === undefined) continue;
      report({
        at: item,
        severity: found.severity,
        message: `\`${service.name}\` switches ${found.what} off (\`${item.value}\`)`,
        risk: found.risk,
        fix: {
          title: `remove ${item.value}`,
          intents: [{ op: "drop", path: service.security_opt.path, item: item.raw }],
          applicability: "unsafe",
          caveat: `what \`${service.name}\` needed it for fails with \`Operation not permitted\` or \`Permission denied\`: debuggers, nested containers, sandboxes of browsers, mounts`,
        },
      });
    }
  },
};
