import type { Located, Service } from "@compose-harden/model";
import { formatBytes } from "../advice/limits.js";
import type { Report, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The engine's own floor. */
const LEAST_MEMORY = 6 * 1024 * 1024;

/** Limits are ones that the engine accepts. */
export const impossibleLimits: Rule = {
  id: "impossible-limits",
  summary: "memory limits fit each other and are large enough to start with",
  topic: "compose",
  severity: severityOf("mishap", "outage"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Resource constraints, memory",
      url: "https://docs.docker.com/engine/containers/resource_constraints/#memory",
    },
    {
      title: "Compose: Specifying byte values",
      url: "https://docs.docker.com/reference/compose-file/extension/#specifying-byte-values",
    },
  ],

  reads: ["deploy", "mem_limit", "mem_reservation", "memswap_limit"],

  service(service, { report }) {
    const { memory } = service.limits;
    if (memory !== undefined && memory.value < LEAST_MEMORY)
      report(
        refused(
          service,
          memory,
          `\`${service.name}\` is limited to ${memory.value} bytes of memory: a number without a unit is bytes, and Docker starts nothing below 6 MiB`,
        ),
      );
    const reservation =
      bytesAt(service, "deploy", "resources", "reservations", "memory") ?? bytesAt(service, "mem_reservation");
    if (memory !== undefined && reservation !== undefined && reservation.value > memory.value)
      report(
        refused(
          service,
          reservation,
          `\`${service.name}\` reserves ${formatBytes(reservation.value)} of memory, more than its limit of ${formatBytes(memory.value)}`,
        ),
      );
    const swap = bytesAt(service, "memswap_limit");
    if (swap === undefined || swap.value <= 0) return;
    if (memory === undefined)
      report(refused(service, swap, `\`${service.name}\` limits memory and swap together, but has no memory limit`));
    else if (swap.value < memory.value)
      report(
        refused(
          service,
          swap,
          `\`${service.name}\` limits memory and swap together to ${formatBytes(swap.value)}, less than its memory limit of ${formatBytes(memory.value)}`,
        ),
      );
  },
};

function bytesAt(service: Service, ...below: readonly string[]): Located<number> | undefined {
  const at = service.get(...below);
  const value = Number(at?.raw ?? Number.NaN);
  return at === undefined || !Number.isFinite(value) ? undefined : { ...at, value };
}

function refused(service: Service, at: Located<number>, message: string): Report {
  return { at, message, risk: `the engine refuses to start \`${service.name}\`` };
}
