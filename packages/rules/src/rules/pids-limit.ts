import { graded } from "../advice/advice.js";
import { withoutLimit } from "../advice/limits.js";
import { isLinuxContainer, isPiece } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Options {
  readonly value: number;
}

/** A service cannot use up the machine's process numbers. */
export const pidsLimit: Rule<Options> = {
  id: "pids-limit",
  summary: "a service cannot use up the machine's process numbers",
  topic: "resources",
  severity: severityOf("mishap", "outage"),
  since: "0.1.0",
  references: [
    {
      title: "Linux: Process Number Controller",
      url: "https://docs.kernel.org/admin-guide/cgroup-v1/pids.html",
    },
    { title: "Compose: deploy resources", url: "https://docs.docker.com/reference/compose-file/deploy/#resources" },
    { title: "Compose: pids_limit", url: "https://docs.docker.com/reference/compose-file/services/#pids_limit" },
  ],
  frameworks: { cis: ["5.29"], owasp: ["7"], nist: ["4.4.3"] },
  options: {
    value: { summary: "the limit to write, in processes and threads; 0: by kind of software", default: 0 },
  },

  service(service, { options, advice, report }) {
    if (service.limits.pids !== undefined || !isLinuxContainer(service) || isPiece(service)) return;
    const { value, known } = advice.pids(service);
    const pids = options.value > 0 ? options.value : value;
    report(
      withoutLimit(
        service,
        { noun: "process", attribute: "pids_limit", resource: "pids" },
        {
          risk: "a fork bomb, or a service that never reaps its children, leaves this machine unable to start any process",
          value: { value: pids, text: String(pids) },
          grade: graded(
            pids === value ? known : undefined,
            `\`${service.name}\` cannot run more than ${pids} processes and threads together; starting one more then fails with \`Resource temporarily unavailable\``,
          ),
        },
      ),
    );
  },
};
