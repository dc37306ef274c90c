/** An image reference taken apart; parts that hold an unresolved `$` expression are absent and flagged. */
export interface ImageReference {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** Path below the registry, with `library/` for Docker's official images. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  /** The name profiles are found by; absent when a variable stands in the registry or repository. */
  readonly name: string | undefined;
  /** True when the tag or digest holds a variable, or what is left of one that has no value. */
  readonly variableTag: boolean;
}

/** Hosts that serve another registry's images under the same paths. */
const MIRRORS: Readonly<Record<string, string>> = {
  "index.docker.io": "docker.io",
  "registry-1.docker.io": "docker.io",
  "registry.hub.docker.com": "docker.io",
  "registry.docker-cn.com": "docker.io",
  "mirror.gcr.io": "docker.io",
  "docker.m.daocloud.io": "docker.io",
  "ghcr.m.daocloud.io": "ghcr.io",
  "quay.m.daocloud.io": "quay.io",
  "gcr.m.daocloud.io": "gcr.io",
};

/** Path prefixes that stand for another registry. */
const PREFIXES: readonly (readonly [from: string, to: string])[] = [
  ["public.ecr.aws/docker/", "docker.io/"],
  ["mcr.microsoft.com/mirror/docker/", "docker.io/"],
  ["m.daocloud.io/", ""],
  // linuxserver.io publishes the same images in three places.
  ["lscr.io/linuxserver/", "docker.io/linuxserver/"],
  ["ghcr.io/linuxserver/", "docker.io/linuxserver/"],
];

/** Docker builds its official images once per architecture, and publishes each under a namespace of that name. */
const ARCHITECTURE = /^(?:amd64|arm32v[567]|arm64v8|i386|mips64le|ppc64le|riscv64|s390x)\/(?=[^/]+$)/;

const VARIABLE = /\$\{(?:[^{}]|\{[^{}]*\})*\}|\$\w+/g;

/** Variables stand in for private-use characters while the reference is split, since they may hold `:`, `/` and `@`. */
const MASK = /[\uE000-\uF8FF]/g;

/** Takes a reference apart as Docker does; it never fails, since Compose files hold variables and typing errors. */
export function parseImage(reference: string): ImageReference {
  const known = parsed.get(reference);
  if (known !== undefined) return known;
  const image = parse(reference);
  parsed.set(reference, image);
  return image;
}

/** Every rule asks for the same few references again. */
const parsed = new Map<string, ImageReference>();

function parse(reference: string): ImageReference {
  const variables: string[] = [];
  const masked = reference
    .trim()
    .replace(MASK, "?")
    .replace(VARIABLE, (variable) => String.fromCharCode(0xe000 + variables.push(variable) - 1));
  const [, path = "", tag, digest] = /^(.*?)(?::([^/@:]*))?(?:@(.*))?$/s.exec(masked) ?? [];
  const [registry, repository] = splitRegistry(
    path.replace(MASK, (mark) => variables[mark.charCodeAt(0) - 0xe000] ?? ""),
  );
  return {
    registry,
    repository,
    tag: isVariable(tag) || isRest(tag) ? undefined : tag,
    digest: isVariable(digest) ? undefined : digest,
    name: path === "" || isVariable(path) ? undefined : imageName(path),
    variableTag: isVariable(tag) || isVariable(digest) || (isVariable(path) && tag === undefined) || isRest(tag),
  };
}

function isVariable(text: string | undefined): boolean {
  return text !== undefined && text.search(MASK) >= 0;
}

/** What an unset variable leaves of a tag, as in `redis:`, `redis:-alpine` and `traefik:v`; Docker runs none of them. */
function isRest(tag: string | undefined): boolean {
  return tag !== undefined && /^(?:v?$|[-.])/.test(tag);
}

function splitRegistry(path: string): readonly [registry: string, repository: string] {
  const slash = path.indexOf("/");
  const first = slash < 0 ? "" : path.slice(0, slash);
  const hosted = first === "localhost" || /[.:]/.test(first);
  const registry = hosted ? first : "docker.io";
  const repository = hosted ? path.slice(slash + 1) : path;
  return [registry, registry === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository];
}

/**
 * The one spelling of a name (registry and repository, without tag): lower case, mirrors resolved, `docker.io/` and
 * `library/` left out. A host that is not a known mirror stays, since what it serves is unknown.
 */
export function imageName(path: string): string {
  let name = path.toLowerCase();
  for (const [from, to] of PREFIXES) if (name.startsWith(from)) name = to + name.slice(from.length);
  const slash = name.indexOf("/");
  const mirrored = slash < 0 ? undefined : MIRRORS[name.slice(0, slash)];
  if (mirrored !== undefined) name = mirrored + name.slice(slash);
  if (name.startsWith("docker.io/")) name = name.slice("docker.io/".length);
  return name.replace(ARCHITECTURE, "").replace(/^library\//, "");
}
