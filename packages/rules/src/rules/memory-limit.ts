import type { Service } from "@compose-harden/model";
import { graded } from "../advice/advice.js";
import { formatBytes, parseBytes, withoutLimit } from "../advice/limits.js";
import { memoryWanted } from "../advice/sizes.js";
import { isLinuxContainer, isPiece } from "../host/container.js";
import type { Place, Report, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Options {
  readonly value: string;
}

/** A service cannot use all memory of the machine. */
export const memoryLimit: Rule<Options> = {
  id: "memory-limit",
  summary: "a service cannot use all memory of the machine",
  topic: "resources",
  severity: severityOf("container", "outage"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Resource constraints, memory",
      url: "https://docs.docker.com/engine/containers/resource_constraints/#memory",
    },
    { title: "Compose: deploy resources", url: "https://docs.docker.com/reference/compose-file/deploy/#resources" },
    { title: "Compose: mem_limit", url: "https://docs.docker.com/reference/compose-file/services/#mem_limit" },
  ],
  frameworks: { cis: ["5.11"], owasp: ["7"], nist: ["4.4.3"] },
  options: {
    value: { summary: "the limit to write (`512m`, `4g`); empty: by kind of software", default: "" },
  },

  service(service, { project, options, advice, report }) {
    if (service.limits.memory !== undefined) {
      const swap = service.get("memswap_limit");
      // Beside a limit for memory Docker limits swap to the same amount, unless it is told not to.
      if (swap !== undefined && Number(swap.raw) === -1) report(withoutSwapLimit(service, swap));
      return;
    }
    if (!isLinuxContainer(service) || isPiece(service)) return;
    const { value, known } = advice.memory(service);
    const bytes = parseBytes(options.value) ?? Math.max(value, memoryWanted(service, project));
    const text = formatBytes(bytes);
    report(
      withoutLimit(
        service,
        { noun: "memory", attribute: "mem_limit", resource: "memory" },
        {
          risk: "one leak or one hostile request takes all memory, and the kernel kills other processes of this machine",
          value: { value: String(bytes), written: text, text },
          grade: graded(
            bytes === value ? known : undefined,
            `the kernel kills \`${service.name}\` when it needs more than ${text}: compare with \`docker stats\` under load`,
          ),
        },
      ),
    );
  },
};

function withoutSwapLimit(service: Service, swap: Place): Report {
  return {
    at: swap,
    severity: severityOf("mishap", "outage"),
    message: `\`${service.name}\` may use all swap of the machine (\`memswap_limit: -1\`)`,
    risk: "what does not fit its memory limit fills the swap, and the whole machine slows down with it",
    fix: {
      title: "remove memswap_limit",
      intents: [{ op: "unset", path: [...service.path, "memswap_limit"] }],
      applicability: "unsafe",
      caveat: `\`${service.name}\` then has as much swap as memory, and is killed when both are full`,
    },
  };
}
