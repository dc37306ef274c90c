import type { Fix, Intent, Service } from "@compose-harden/model";
import { capabilityName } from "@compose-harden/profiles";
import type { Grade } from "../advice/advice.js";
import { isLinuxContainer, isPiece } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** A service has only the capabilities that it names. */
export const capDropAll: Rule = {
  id: "cap-drop-all",
  summary: "a service drops all capabilities and adds back the ones it needs",
  topic: "privileges",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Runtime privilege and Linux capabilities",
      url: "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
    },
    { title: "Linux: capabilities(7)", url: "https://man7.org/linux/man-pages/man7/capabilities.7.html" },
    { title: "Compose: cap_drop", url: "https://docs.docker.com/reference/compose-file/services/#cap_drop" },
  ],
  frameworks: { cis: ["5.4"], owasp: ["3"], nist: ["4.4.3"] },

  service(service, { advice, report }) {
    if (!isLinuxContainer(service) || isPiece(service)) return;
    const dropped = service.cap_drop.items.map(({ value }) => capabilityName(value));
    if (dropped.includes("ALL")) return;
    const verdict = advice.capabilities(service);
    report({
      at:
        service.cap_drop.items[0] === undefined
          ? { path: service.cap_drop.path }
          : { path: service.cap_drop.path, origin: service.cap_drop.origins.at(-1) },
      message: verdict.offered
        ? `\`${service.name}\` keeps capabilities it may not need`
        : `\`${service.name}\` keeps all capabilities, and its image does not work without: ${verdict.reason}`,
      risk: "an intruder in it can forge network packets and create device files, and finds more of the kernel to attack",
      fix: verdict.offered ? dropAll(service, verdict) : undefined,
    });
  },
};

function dropAll(
  service: Service,
  { value, grade }: { readonly value: readonly string[]; readonly grade: Grade },
): Fix {
  const known = [...service.cap_add.items, ...service.cap_drop.items].map((item) => capabilityName(item.value));
  const hasAll = service.cap_add.items.some((item) => capabilityName(item.value) === "ALL");
  const missing = hasAll ? [] : value.filter((name) => !known.includes(name));
  const kept = [...service.cap_add.items.map((item) => capabilityName(item.value)), ...missing];
  return {
    title: kept.length === 0 ? "drop all capabilities" : `drop all capabilities but ${kept.join(", ")}`,
    intents: [
      { op: "add", path: service.cap_drop.path, item: "ALL" },
      ...missing.map((item): Intent => ({ op: "add", path: service.cap_add.path, item })),
    ],
    ...grade,
  };
}
