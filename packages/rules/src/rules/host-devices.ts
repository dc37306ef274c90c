import { cleanPath, isList, isMap, type Json, type Severity } from "@compose-harden/model";
import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Device {
  readonly source: RegExp;
  readonly severity: Severity;
  readonly risk: string;
}

const DEVICES: readonly Device[] = [
  {
    source:
      /^\/dev$|^\/dev\/(sd[a-z]|hd[a-z]|vd[a-z]|xvd|nvme\d|mmcblk|md\d|dm-|mapper|disk|loop|sg\d|bsg|zd|zvol|mem$|kmem$|port$|cpu\/|mtd|vfio)/,
    severity: severityOf("container", "host"),
    risk: "whoever controls the container reads and writes this machine's disks or memory directly, past all file permissions",
  },
  {
    source: /^\/dev\/kmsg/,
    severity: severityOf("container", "host-part"),
    risk: "whoever controls the container reads this machine's kernel log, which attacks on the kernel need, and writes to it",
  },
  {
    source: /^\/dev\/nvram/,
    severity: severityOf("container", "host-part"),
    risk: "whoever controls the container reads this machine's firmware settings, and as root writes to them",
  },
  {
    source: /^\/dev\/uinput/,
    severity: severityOf("container", "host-part"),
    risk: "whoever controls the container types and clicks on this machine as if they sat before it",
  },
  {
    source: /^\/dev\/(input|console|tty\d|fb\d)/,
    severity: severityOf("container", "host-part"),
    risk: "whoever controls the container reads what is typed or shown on this machine",
  },
];

/** No container is given a device that reaches beyond it. */
export const hostDevices: Rule = {
  id: "host-devices",
  summary: "no container is given disks, memory, the kernel log or input devices of the machine",
  topic: "files",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    { title: "Compose: devices", url: "https://docs.docker.com/reference/compose-file/services/#devices" },
    {
      title: "Linux: Device Whitelist Controller",
      url: "https://docs.kernel.org/admin-guide/cgroup-v1/devices.html",
    },
  ],
  frameworks: { cis: ["5.18"], owasp: ["3"], nist: ["4.5.5"] },

  reads: ["devices", "device_cgroup_rules"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    for (const [index, device] of listAt(service.get("devices")?.raw).entries()) {
      const source = isMap(device) ? device.source : device;
      const path = typeof source === "string" ? cleanPath(source) : "";
      const known = DEVICES.find((device) => device.source.test(path));
      if (known === undefined) continue;
      report({
        at: { path: [...service.path, "devices", index] },
        message: `\`${service.name}\` is given the device \`${source}\``,
        severity: known.severity,
        risk: known.risk,
      });
    }
    for (const [index, rule] of listAt(service.get("device_cgroup_rules")?.raw).entries()) {
      if (typeof rule !== "string" || !/^\s*(a|b\s|c\s+(\*|1):(\*|1|2|4|11)\s)/.test(rule)) continue;
      report({
        at: { path: [...service.path, "device_cgroup_rules", index] },
        message: `\`${service.name}\` may use devices of the machine by the rule \`${rule}\``,
        risk: "with MKNOD, which Docker grants by default, it makes the device file of a disk and reads or writes it",
      });
    }
  },
};

function listAt(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}
