import { graded } from "../advice/advice.js";
import { withoutLimit } from "../advice/limits.js";
import { isLinuxContainer, isPiece } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Options {
  readonly value: number;
}

/** A service cannot use all processors of the machine. */
export const cpuLimit: Rule<Options> = {
  id: "cpu-limit",
  summary: "a service cannot use all processors of the machine",
  topic: "resources",
  severity: severityOf("mishap", "outage"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Resource constraints, CPU",
      url: "https://docs.docker.com/engine/containers/resource_constraints/#cpu",
    },
    { title: "Compose: deploy resources", url: "https://docs.docker.com/reference/compose-file/deploy/#resources" },
    { title: "Compose: cpus", url: "https://docs.docker.com/reference/compose-file/services/#cpus" },
  ],
  frameworks: { cis: ["5.12"], owasp: ["7"], nist: ["4.4.3"] },
  options: {
    value: { summary: "the limit to write, in processors; 0: by kind of software", default: 0 },
  },

  service(service, { options, advice, report }) {
    if (service.limits.cpus !== undefined || confinedToProcessors(service.get("cpuset")?.value)) return;
    if (!isLinuxContainer(service) || isPiece(service)) return;
    const { value, known } = advice.cpus(service);
    const cpus = options.value > 0 ? options.value : value;
    report(
      withoutLimit(
        service,
        { noun: "CPU", attribute: "cpus", resource: "cpus" },
        {
          risk: "one busy loop, or a coin miner after a break-in, takes the processors from everything else on this machine",
          value: { value: cpus, text: String(cpus) },
          grade: graded(
            cpus === value ? known : undefined,
            `\`${service.name}\` runs slower when it wants more than ${cpus} CPU, and does not start on a machine that has fewer`,
          ),
        },
      ),
    );
  },
};

function confinedToProcessors(cpuset: unknown): boolean {
  return typeof cpuset === "string" && cpuset !== "";
}
