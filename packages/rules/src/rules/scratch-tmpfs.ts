import type { Intent, Located, Service, Tmpfs } from "@compose-harden/model";
import { unmounted } from "../advice/scratch.js";
import { isLinuxContainer } from "../host/container.js";
import { isJob } from "../programs/jobs.js";
import type { Context, NoOptions, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Each mount option that gives back what a tmpfs takes away, with what it gives. */
const WEAKENING: Readonly<Record<string, string>> = {
  exec: "programs can be started from it",
  suid: "setuid programs in it work",
  dev: "device files in it work",
};

/** A read-only service has scratch space in memory, and nothing can be started from it. */
export const scratchTmpfs: Rule = {
  id: "scratch-tmpfs",
  summary: "a read-only service has scratch space in memory, and nothing can be started from it",
  topic: "files",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Docker: tmpfs mounts", url: "https://docs.docker.com/engine/storage/tmpfs/" },
    { title: "Compose: tmpfs", url: "https://docs.docker.com/reference/compose-file/services/#tmpfs" },
    { title: "Linux: mount(8), noexec, nosuid, nodev", url: "https://man7.org/linux/man-pages/man8/mount.8.html" },
  ],
  frameworks: { owasp: ["8"], nist: ["4.4.4"] },

  service(service, context) {
    if (!isLinuxContainer(service)) return;
    lacksScratch(service, context);
    for (const mount of service.tmpfs.items) weakened(service, mount, context);
  },
};

function lacksScratch(service: Service, { project, advice, report }: Context<NoOptions>): void {
  if (service.read_only?.value !== true) return;
  // Whether a job lacks anything is seen at its first run.
  if (isJob(service, project) && !writesToTmp(service)) return;
  // Who mounts another tmpfs has looked where the service writes.
  if (service.tmpfs.items.length > 0 && !writesToTmp(service)) return;
  const path = service.tmpfs.path;
  // Other paths of the image it evidently lives without, or whoever made it read-only would know.
  const known = advice.readOnly(service);
  const entries = known.offered ? known.value.filter((entry) => /^\/tmp(:|$)/.test(entry)) : ["/tmp"];
  const missing = unmounted(service, entries);
  const [first, ...rest] = missing.map((item): Intent => ({ op: "add", path, item }));
  if (first === undefined) return;
  const paths = missing.map((entry) => `\`${entry.split(":")[0]}\``);
  report({
    at: service.tmpfs.items[0] === undefined ? { path } : { path, origin: service.tmpfs.origins.at(-1) },
    // Of most images nobody knows whether they write there.
    severity: severityOf("mishap", writesToTmp(service) ? "outage" : "comfort"),
    message: `\`${service.name}\` is read-only and has no scratch space at ${paths.join(", ")}`,
    risk: "if the service writes temporary files, it stops or loses a feature at the first one, and read-only is then switched off again",
    fix: {
      title: `mount a tmpfs at ${paths.join(", ").replaceAll("`", "")}`,
      intents: [first, ...rest],
      applicability: "unsafe",
      caveat: `files in ${paths.join(", ")} live in memory, count towards the memory limit and are gone after a restart; programs cannot be started from there`,
    },
  });
}

/** True when a command of the service, or a setting, names a file below `/tmp`. */
function writesToTmp(service: Service): boolean {
  const settings = Array.from(service.environment.items.values(), ({ value }) => value);
  const commands = [service.command?.value, service.entrypoint?.value, service.get("healthcheck", "test")?.raw];
  return /(^|[^\w.-])\/tmp\b/.test(JSON.stringify([settings, commands]));
}

function weakened(
  service: Service,
  { value, raw, path, origin }: Located<Tmpfs>,
  { advice, report }: Context<NoOptions>,
): void {
  // Of `exec` and `noexec` the later one counts.
  const active = Object.keys(WEAKENING).filter(
    (option) => value.options.findLast((other) => other === option || other === `no${option}`) === option,
  );
  if (active.length === 0 || (active.join() === "exec" && advice.runsFrom(service, value.target))) return;
  const names = active.map((option) => `\`${option}\``).join(", ");
  const options = value.options.filter((option) => !active.includes(option));
  const by = [value.target, ...(options.length === 0 ? [] : [options.join(",")])].join(":");
  report({
    at: { path, origin },
    message: `\`${service.name}\` mounts a tmpfs at \`${value.target}\` with ${names}`,
    risk: `${active.map((option) => WEAKENING[option]).join(" and ")}: a place to write becomes a place to run what was downloaded`,
    fix:
      typeof raw !== "string"
        ? undefined
        : {
            title: `drop ${active.join(", ")} from the tmpfs at ${value.target}`,
            intents: [{ op: "replace", path: service.tmpfs.path, item: raw, by }],
            applicability: "unsafe",
            caveat: `programs that unpack and start code in \`${value.target}\` (s6 images at /run, just-in-time compilers, native Java libraries) stop working`,
          },
  });
}
