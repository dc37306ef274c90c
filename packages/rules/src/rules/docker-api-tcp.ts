import { isList, type Project, type Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { namesOf } from "../network/neighbours.js";
import type { Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The engine's interface is not spoken without TLS. */
export const dockerApiTcp: Rule = {
  id: "docker-api-tcp",
  summary: "the container engine's interface is not offered or used over plain TCP",
  topic: "network",
  severity: severityOf("network", "host"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Protect the Docker daemon socket",
      url: "https://docs.docker.com/engine/security/protect-access/",
    },
    { title: "Docker: Configure remote access", url: "https://docs.docker.com/engine/daemon/remote-access/" },
  ],
  frameworks: { cis: ["2.7"], owasp: ["1"], nist: ["4.3.2"] },

  reads: ["entrypoint", "command", "environment"],

  service(service, { project, report }) {
    const certificates = service.environment.items.get("DOCKER_TLS_CERTDIR");
    if (certificates?.value === "" && /(^|\/)docker$/.test(parseImage(service.image?.value ?? "").repository)) {
      report({
        at: certificates,
        message: `\`${service.name}\` runs a container engine and switches TLS off`,
        risk: "whoever reaches its port 2375 starts privileged containers on it without a login",
      });
    }
    const words = [service.entrypoint, service.command].find((place) => listensPlainly(place?.value ?? []));
    if (words !== undefined) {
      report({
        at: words,
        message: `\`${service.name}\` runs a container engine that listens on plain TCP`,
        risk: "whoever reaches its port 2375 starts privileged containers on it without a login",
      });
    }
    const at = clientOf(service, project);
    if (at === undefined) return;
    report({
      at,
      severity: severityOf("network", "data"),
      message: `\`${service.name}\` controls a container engine over plain TCP outside this project`,
      risk: "whoever sees the traffic, or answers in the engine's place, controls what is started there, and an open port there is root on that machine",
    });
  },
};

/** Where a client is told of an engine elsewhere: `DOCKER_HOST`, or the option of Traefik for it. */
function clientOf(service: Service, project: Project): Place | undefined {
  const host = service.environment.items.get("DOCKER_HOST");
  if (host !== undefined && leavesProject(host.value ?? "", service, project) && !verifies(service)) return host;
  const options = service.command?.value ?? [];
  const address = /--providers\.(?:docker|swarm)\.endpoint[= ]["']?(tcp:\/\/[^\s"']+)/i.exec(options.join(" "))?.[1];
  const isPlain = address !== undefined && !options.some((word) => /--providers\.(docker|swarm)\.tls\./i.test(word));
  return isPlain && leavesProject(address, service, project) ? service.command : undefined;
}

function listensPlainly(words: readonly string[]): boolean {
  const text = words.join(" ");
  return (
    text.includes(":2375") &&
    /(^|\s|=)tcp:\/\/[^\s]*:2375\b|(^|\s)(-H|--host)[= ]?(?!\w+:\/\/)[^\s]*:2375\b/.test(text) &&
    /\bdockerd\b|(^|\s)(-H|--host)\b/.test(text) &&
    !/--tls(verify)?\b(?!=(false|0))/.test(text)
  );
}

/** A proxy or an engine among the services is another rule's matter. */
function leavesProject(address: string, client: Service, project: Project): boolean {
  const [, host] = /^tcp:\/\/([^:/]+)/.exec(address) ?? [];
  if (host === undefined || /^(localhost|127\.|docker$|dind$)/.test(host)) return false;
  // A container of another project, on a network of both, that lets little through.
  if (/^[\w-]*(socket|docker)[-_]?proxy[\w-]*$/i.test(host)) return false;
  if (isLinked(client, host)) return false;
  return !project.services.some((service) => namesOf(service).includes(host));
}

/** True for the name that a client gives another service by `links`. */
function isLinked(client: Service, name: string): boolean {
  const links = client.get("links")?.raw;
  return isList(links) && links.some((link) => typeof link === "string" && link.endsWith(`:${name}`));
}

function verifies(service: Service): boolean {
  return /^(1|true|yes)$/i.test(service.environment.items.get("DOCKER_TLS_VERIFY")?.value ?? "");
}
