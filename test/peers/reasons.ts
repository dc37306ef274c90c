import { type Located, type Mount, type Project, type Service, writtenAs } from "@compose-harden/model";
import { profileOf, startsUnprivileged } from "@compose-harden/profiles";
import { isPiece } from "../../packages/rules/src/host/container.js";
import type { Theirs } from "./compare.js";

/** Why a finding of a peer is none here, where a program can see it. */
export interface Reason {
  readonly reason: string;
  readonly rules: readonly string[];
  holds(service: Service | undefined, project: Project, theirs: Theirs): boolean;
}

const SECRETS = ["CL-0020", "CL-0021"];
const TAGS = ["CL-0004", "CL-0019"];
const PATHS = ["CL-0013", "CL-0025", "1c1325ff"];
/** KICS's about what is not written: capabilities, security options, memory, processors, processes. */
const LACKING = ["ce76b7d0", "610e266e", "bb9ac4f7", "6b610c50", "221e0658"];

/** First match wins. */
export const REASONS: readonly Reason[] = [
  {
    reason: "it stands in an env file: the rules read what is in Compose files",
    rules: SECRETS,
    holds: (_service, _project, { file }) => !/\.ya?ml$/.test(file),
  },
  {
    reason: "the service is one of another file that extends one of this: reported here where it is written",
    rules: [...TAGS, ...SECRETS],
    holds: (service, _project, { peer }) => peer === "compose-lint" && service === undefined,
  },
  {
    reason: "nothing is left of the service: it is empty, or taken away by `!reset`",
    rules: ["ce76b7d0", "610e266e"],
    holds: (service) => service === undefined,
  },
  {
    reason: "the project builds the image, or never pulls it: the tag only names the result",
    rules: TAGS,
    holds: (service, project) =>
      service?.build !== undefined ||
      ["never", "build"].includes(String(service?.get("pull_policy")?.value)) ||
      project.services.some(({ build, image }) => build !== undefined && image?.value === service?.image?.value),
  },
  {
    reason: "a variable without a default holds the tag or the name: what it holds is not in the file",
    rules: TAGS,
    holds: (service, project) =>
      (service?.image?.value ?? "") === "" || /\$(\w+|\{\w+(:?\?[^}]*)?\})/.test(written(service, "image", project)),
  },
  {
    reason: "a tag that calls itself `local` names an image that no registry has",
    rules: TAGS,
    holds: (service) => /:local$/.test(service?.image?.value ?? ""),
  },
  {
    reason: "the variable that holds the port has no value: Docker refuses the entry, which is reported as a gap",
    rules: ["CL-0005", "451d79dc"],
    holds: (_service, project) => project.gaps.some(({ path }) => path?.includes("ports") === true),
  },
  {
    reason: "with `network_mode: host` the list does nothing, which void-ports says",
    rules: ["CL-0005", "451d79dc"],
    holds: (service) => service?.network_mode?.value === "host",
  },
  {
    reason: "a provider's service starts no container",
    rules: ["CL-0003", "CL-0006", "CL-0007", "CL-0026", "ce76b7d0", "610e266e"],
    holds: (service) => service?.get("provider") !== undefined,
  },
  {
    reason:
      "a piece of another file, with neither an image nor a build: Docker starts nothing of it, and what it lacks may stand there",
    rules: ["CL-0003", "CL-0006", "CL-0007", "CL-0026", ...LACKING],
    holds: (service) => service !== undefined && isPiece(service),
  },
  {
    reason: "all capabilities are dropped; what is added back is what Docker gives by default, or bounded",
    rules: ["ce76b7d0"],
    holds: (service) => service?.cap_drop.items.some(({ value }) => value.toUpperCase() === "ALL") === true,
  },
  {
    reason: "`no-new-privileges` is set, in a spelling that KICS does not know",
    rules: ["27fcc7d6"],
    holds: (service) => service?.security_opt.items.some(({ value }) => /^no-new-privileges/.test(value)) === true,
  },
  {
    reason: "the limit is set, by the attribute that KICS does not look at for this `version`",
    rules: ["bb9ac4f7", "6b610c50"],
    holds: (service, _project, { rule }) => {
      const [attribute, limit] = rule === "bb9ac4f7" ? ["mem_limit", "memory"] : ["cpus", "cpus"];
      return [service?.get(attribute), service?.get("deploy", "resources", "limits", limit)].some(Boolean);
    },
  },
  {
    reason:
      "the host's side of the port is 1024 or above, or the service is one that is made to be reached: web, mail, names, SSH",
    rules: ["bc2908f3"],
    holds: (service) =>
      service?.ports.items.every(
        ({ value }) =>
          !(Number(value.published) < 1024) ||
          [0, 80, 443].includes(Number(value.published)) ||
          [Number(value.published), 22, 25, 53, 80, 443].includes(value.target),
      ) === true,
  },
  {
    reason:
      "the machine's root is mounted for an image that starts as an ordinary user, to whom the socket in it stays shut: sensitive-host-path tells the mount",
    rules: ["CL-0001"],
    holds: (service) => {
      const profile = profileOf(service?.image?.value ?? "");
      const binds = service?.volumes.items.filter(({ value }) => /\.sock$|^\/(var\/)?run\b/.test(value.source ?? ""));
      const isOwnUser = service?.user === undefined && service?.get("group_add") === undefined;
      return profile !== undefined && startsUnprivileged(profile) && isOwnUser && binds?.length === 0;
    },
  },
  {
    reason:
      "no mount shows more than the clock, a program's own folder, or data: KICS compares the beginning of the text",
    rules: PATHS,
    holds: (service) => service?.volumes.items.every(isHarmless) === true,
  },
];

/** The clock and what only names things; a folder that one program or one person's data has for itself. */
function isHarmless({ value: { type, source, read_only } }: Located<Mount>): boolean {
  if (type !== "bind" || source === undefined) return true;
  if (
    /^\/etc\/(localtime|timezone|os-release|hostname|machine-id)$|^\/run\/udev$|^\/lib\/modules$|^\/dev\/u?random$/.test(
      source,
    )
  )
    return read_only;
  if (/^\/(proc|sys|dev|boot|bin|sbin|lib|run|var\/run|usr\/(local\/)?s?bin)(\/|$)/.test(source)) return false;
  return /^\/(home|root|etc|usr|var)\/[^/]+/.test(source) || !/^\/(home|root|etc|usr|var)?\/?$/.test(source);
}

/** The text of an attribute, as the file has it. */
function written(service: Service | undefined, attribute: string, project: Project): string {
  const origin = service === undefined ? undefined : project.originsOf([...service.path, attribute]).at(-1);
  return writtenAs(origin, project) ?? "";
}
