import { isList, isMap, type Project, type Service, valueAt } from "@compose-harden/model";
import { hostMountsOf, socketBehind } from "../host/host-paths.js";
import { allowsWriting, isSocketAtHand, isSocketProxy } from "../host/host-power.js";
import type { Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** No container holds the control socket of the container engine. */
export const controlSocket: Rule = {
  id: "control-socket",
  summary: "no container holds the control socket of the container engine",
  topic: "files",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Docker daemon attack surface",
      url: "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    },
    {
      title: "Compose: use_api_socket",
      url: "https://docs.docker.com/reference/compose-file/services/#use_api_socket",
    },
  ],
  frameworks: { cis: ["5.32"], owasp: ["1"], nist: ["4.4.3", "4.5.5"] },

  reads: ["volumes", "secrets", "configs", "use_api_socket"],

  service(service, { project, report }) {
    const isProxy = isSocketProxy(service);
    for (const { at, what } of socketsOf(service, project)) {
      report({
        at,
        message: `\`${service.name}\` ${isProxy ? "filters" : "holds"} ${what}`,
        ...(isProxy
          ? {
              severity: severityOf(
                allowsWriting(service) ? "container" : "mishap",
                allowsWriting(service) ? "host" : "data",
              ),
              risk: allowsWriting(service)
                ? "whoever reaches the proxy starts a container with the machine's disk in it, because the proxy lets POST requests pass"
                : "a flaw in the proxy, or one more permission in its settings, gives root on this machine to whoever reaches it",
            }
          : {
              risk: "whoever controls the container starts another one with the machine's disk in it, which is root on this machine; a read-only mount changes nothing",
            }),
      });
    }
    const api = service.get("use_api_socket");
    if (api?.value !== true) return;
    report({
      at: api,
      message: `\`${service.name}\` is given the engine's socket and your registry logins (\`use_api_socket\`)`,
      risk: "whoever controls the container is root on this machine, and pushes images with your name",
      fix: {
        title: "remove use_api_socket",
        intents: [{ op: "unset", path: [...service.path, "use_api_socket"] }],
        applicability: "unsafe",
        caveat: `\`${service.name}\` can no longer talk to the engine`,
      },
    });
  },
};

interface Socket {
  readonly at: Place;
  readonly what: string;
}

function socketsOf(service: Service, project: Project): readonly Socket[] {
  const mounted = hostMountsOf(service, project).flatMap(({ mount, path, name }): readonly Socket[] => {
    const found = socketBehind(path);
    if (found === undefined || !isSocketAtHand(path, service)) return [];
    const what =
      found === "socket" ? `the control socket \`${name}\`` : `the folder \`${name}\` with the control socket in it`;
    return [{ at: mount, what }];
  });
  // A secret or a config is a bind mount of its file.
  const copied = ["secrets", "configs"].flatMap((section) => {
    const used = service.get(section);
    if (used === undefined || !isList(used.raw)) return [];
    return used.raw.flatMap((entry, index): readonly Socket[] => {
      const source = isMap(entry) ? entry.source : entry;
      const file = typeof source === "string" ? valueAt(project.data, [section, source, "file"]) : undefined;
      if (typeof file !== "string" || socketBehind(file) !== "socket") return [];
      return [{ at: { path: [...used.path, index] }, what: `the control socket \`${file}\`` }];
    });
  });
  return [...mounted, ...copied];
}
