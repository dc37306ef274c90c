import { type Fix, isList, type Origin, type Project, type Service } from "@compose-harden/model";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Services find each other by networks, and share data by named volumes. */
export const legacyLinks: Rule = {
  id: "legacy-links",
  summary: "services find each other by networks and share named volumes, not by links and `volumes_from`",
  topic: "compose",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Docker: Legacy container links", url: "https://docs.docker.com/engine/network/links/" },
    { title: "Compose: links", url: "https://docs.docker.com/reference/compose-file/services/#links" },
    { title: "Compose: volumes_from", url: "https://docs.docker.com/reference/compose-file/services/#volumes_from" },
  ],
  frameworks: { owasp: ["5"], nist: ["4.4.3"] },

  reads: ["links", "external_links", "volumes_from"],

  service(service, { project, report }) {
    for (const attribute of ["links", "external_links", "volumes_from"] as const) {
      const at = service.get(attribute);
      if (at === undefined || !isList(at.raw) || at.raw.length === 0) continue;
      const { fact, risk } = FACTS[attribute];
      report({
        at,
        severity: attribute === "volumes_from" ? severityOf("container", "comfort") : undefined,
        message: `\`${service.name}\` ${fact}`,
        risk,
        fix: attribute === "links" ? withoutLinks(service, at.raw, project) : undefined,
      });
    }
  },
};

const FACTS = {
  links: {
    fact: "is tied to others by `links`, which networks replaced",
    risk: "readers take the list for who may talk to whom, while every service on the same network can",
  },
  external_links: {
    fact: "reaches containers of other projects by `external_links`",
    risk: "the other project's containers share a network with this one, and nothing in its own file says so",
  },
  volumes_from: {
    fact: "mounts every volume of another container by `volumes_from`",
    risk: "it can change data and configuration it never needed, and gets each volume that is added there later",
  },
} as const;

/** Links without another name only add the order of start, which `depends_on` says; undefined where it does not say it. */
function withoutLinks(service: Service, links: readonly unknown[], project: Project): Fix | undefined {
  const written = project.originsOf([...service.path, "links"]);
  const isSaid = (link: string): boolean => {
    const [name = "", alias = name] = link.split(":");
    const origins = project.originsOf([...service.path, "depends_on", name]);
    return alias === name && origins.some((origin) => !written.some((list) => isIn(origin, list)));
  };
  if (!links.map(String).every(isSaid)) return undefined;
  return {
    title: "remove links",
    intents: [{ op: "unset", path: [...service.path, "links"] }],
    applicability: "unsafe",
    caveat: "with `network_mode: bridge`, or where the services share no network, names stop to resolve",
  };
}

/** Compose makes a dependency of each link; nobody wrote that one. */
function isIn(origin: Origin, links: Origin): boolean {
  return (
    origin.value.file === links.value.file &&
    links.value.start <= origin.value.start &&
    origin.value.end <= links.value.end
  );
}
