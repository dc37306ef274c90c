import { type Grade, gradeOf } from "./grade.js";
import type { Profile, ProfilePath, Source } from "./profile.js";
import { renewalOf } from "./renewal.js";

/** One line of a description, with what it rests on. */
export interface DescribedFact {
  readonly text: string;
  readonly evidence: readonly Source[];
  /** Lines to copy, as they stand in a file. */
  readonly lines?: readonly string[];
  /** How well it is known, where that decides about a fix. */
  readonly grade?: Grade;
}

/** What is known under one heading. */
export interface DescribedSection {
  readonly title: string;
  readonly facts: readonly DescribedFact[];
}

/** What `explain IMAGE` prints: sections with at least one fact each, and what is not known. */
export interface ProfileDescription {
  readonly title: string;
  readonly images: readonly string[];
  readonly sections: readonly DescribedSection[];
  /** Aspects about which no claim is made. */
  readonly unknown: readonly string[];
}

/** Everything a profile knows, in words. */
export function describeProfile(profile: Profile): ProfileDescription {
  const sections = [
    { title: "Versions", facts: versions(profile) },
    {
      title: "Ports",
      facts: profile.ports.map((port) =>
        fact(`${port.port}/${port.proto ?? "tcp"}: ${port.purpose} (${port.exposure})`, port),
      ),
    },
    { title: "Authentication", facts: authentication(profile) },
    { title: "Renewal", facts: renewals(profile) },
    { title: "User", facts: user(profile) },
    { title: "Capabilities", facts: capabilities(profile) },
    { title: "Privileges", facts: privileges(profile) },
    { title: "Read-only root", facts: readOnly(profile) },
    { title: "Paths it writes", facts: profile.paths.map((path) => fact(pathText(path), path)) },
    { title: "Limits", facts: limits(profile) },
    { title: "Needs", facts: needs(profile) },
    { title: "Outside Docker", facts: unit(profile) },
  ];
  return {
    title: profile.title,
    images: profile.images,
    sections: sections.filter(({ facts }) => facts.length > 0),
    unknown: sections
      .filter(
        ({ title, facts }) => facts.length === 0 && !["Versions", "Renewal", "Needs", "Outside Docker"].includes(title),
      )
      .map(({ title }) => title.toLowerCase()),
  };
}

function fact(text: string, claim: { readonly evidence: readonly Source[] }, grade?: Grade): DescribedFact {
  return { text, evidence: claim.evidence, ...(grade === undefined ? {} : { grade }) };
}

function versions({ versions: claim, maintenance, releases }: Profile): readonly DescribedFact[] {
  return [
    ...(claim === undefined
      ? []
      : [fact(`read for ${claim.range}${claim.note === undefined ? "" : `; ${claim.note}`}`, claim)]),
    ...(maintenance === undefined ? [] : [fact(maintenance.status, maintenance)]),
    ...releases.map((release) =>
      fact(
        `release \`${release.tag}\`${release.images === undefined ? "" : ` of ${release.images.join(", ")}`}`,
        release,
      ),
    ),
  ];
}

function authentication({ auth, default_credentials, dangerous, ignored, secrets }: Profile): readonly DescribedFact[] {
  return [
    ...(auth === undefined
      ? []
      : [
          fact(
            `${auth.state}${auth.since === undefined ? "" : ` since ${auth.since}`}${auth.note === undefined ? "" : `: ${auth.note}`}`,
            auth,
          ),
        ]),
    ...(auth?.switches ?? []).map((item) => {
      const span = [
        item.since === undefined ? "" : `since ${item.since}`,
        item.until === undefined ? "" : `until ${item.until}`,
      ]
        .filter(Boolean)
        .join(", ");
      const details = [span, item.default === undefined ? "" : `default ${item.default}`, item.note ?? ""]
        .filter(Boolean)
        .join("; ");
      return {
        text: `\`${item.name}\`${item.file === undefined ? "" : ` (or \`${item.file}\`)`}${details === "" ? "" : `: ${details}`}`,
        evidence: auth?.evidence ?? [],
      };
    }),
    ...default_credentials.map((login) =>
      fact(`starts with the login ${login.user} / ${login.password}: ${login.scope}`, login),
    ),
    ...dangerous.map((danger) => {
      const name = danger.env ?? danger.flag ?? danger.command ?? danger.mount ?? danger.config ?? "";
      return fact(
        `dangerous: \`${name}${danger.value === undefined ? "" : `=${danger.value}`}\`: ${danger.why}`,
        danger,
      );
    }),
    ...ignored.map((setting) =>
      fact(
        `\`${setting.env}\` ${setting.still === undefined ? "has no effect" : `is read by ${setting.still} alone`}${setting.versions === undefined ? "" : ` (${setting.versions})`}: ${setting.why}; ${setting.instead}`,
        setting,
      ),
    ),
    ...(secrets === undefined
      ? []
      : [fact(`secrets: ${secrets.env.map((name) => `\`${name}\``).join(", ")}`, secrets)]),
  ];
}

/** When the secrets are due: that a variable holds one rests on the sources, how often is the advice of this program. */
function renewals({ auth, secrets }: Profile): readonly DescribedFact[] {
  const named = [
    ...(auth?.switches ?? []).map(({ name }) => ({ name, evidence: auth?.evidence ?? [] })),
    ...(secrets?.env ?? []).map((name) => ({ name, evidence: secrets?.evidence ?? [] })),
  ];
  const first = new Map(named.toReversed().map((item) => [item.name, item]));
  return [...first.values()].toReversed().flatMap(({ name, evidence }) => {
    const renewal = renewalOf(name);
    return renewal === undefined ? [] : [{ text: `\`${name}\`: ${renewal.what}`, evidence }];
  });
}

function user({ user: claim }: Profile): readonly DescribedFact[] {
  if (claim === undefined) return [];
  const details = [
    claim.drops_to === undefined
      ? ""
      : `the service runs as ${claim.drops_to}${claim.mechanism === undefined ? "" : ` (${claim.mechanism})`}`,
    claim.arbitrary === true ? "any uid works" : "",
    claim.recommended === undefined ? "" : `recommended: ${claim.recommended}`,
    claim.note ?? "",
  ];
  return [fact([`starts as ${claim.default}`, ...details].filter(Boolean).join("; "), claim)];
}

function capabilities(profile: Profile): readonly DescribedFact[] {
  const { start, as_user, optional, required, files } = profile.capabilities;
  const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
  return [
    ...(start === undefined
      ? []
      : [
          fact(
            `needed after \`cap_drop: [ALL]\`: ${list(start.add)}`,
            start,
            gradeOf(start.evidence, "default", profile),
          ),
        ]),
    ...(as_user === undefined
      ? []
      : [fact(`with a \`user:\` set: ${list(as_user.add)}`, as_user, gradeOf(as_user.evidence, "user", profile))]),
    ...(required === undefined ? [] : [fact(`beyond Docker's default set: ${list(required.add)}`, required)]),
    ...(optional === undefined
      ? []
      : [
          fact(
            `for some features: ${list(optional.add)}${optional.note === undefined ? "" : `; ${optional.note}`}`,
            optional,
          ),
        ]),
    ...(files ?? []).map((file) => fact(`\`${file.path}\` carries ${file.capability} and cannot run without it`, file)),
  ];
}

function privileges(profile: Profile): readonly DescribedFact[] {
  const claim = profile.no_new_privileges;
  if (claim === undefined) return [];
  const state = {
    works: "works with `no-new-privileges`",
    conditional: "works with `no-new-privileges` under conditions",
    breaks: "breaks with `no-new-privileges`",
  }[claim.compat];
  return [
    fact(
      `${state}${claim.condition === undefined ? "" : `: ${claim.condition}`}`,
      claim,
      gradeOf(claim.evidence, "default", profile),
    ),
  ];
}

function readOnly(profile: Profile): readonly DescribedFact[] {
  const claim = profile.read_only;
  if (claim === undefined) return [];
  const state = { works: "works", "image-write": "its start script writes into the image", breaks: "does not work" }[
    claim.compat
  ];
  const details = [claim.condition, claim.why].filter((text) => text !== undefined).join("; ");
  return [fact(`${state}${details === "" ? "" : `: ${details}`}`, claim, gradeOf(claim.evidence, "default", profile))];
}

function pathText(path: ProfilePath): string {
  const kind = {
    persist: "data, wants a volume",
    scratch: "scratch, a tmpfs under a read-only root",
    "image-write": "part of the image, written at start",
  }[path.kind];
  const details = [
    path.versions,
    path.uid === undefined ? undefined : `owner ${path.uid}:${path.gid ?? path.uid}`,
    path.exec === true ? "exec" : undefined,
    path.why,
  ]
    .filter((text) => text !== undefined)
    .join("; ");
  return `\`${path.path}\`: ${kind}${details === "" ? "" : ` (${details})`}`;
}

function limits({ limits: claims }: Profile): readonly DescribedFact[] {
  const {
    memory_minimum,
    memory_recommended,
    memory_limit,
    pids_limit,
    cpus_limit,
    measured,
    memory_too_small,
    memory_seen,
    started_within,
  } = claims;
  const note = (text: string | undefined): string => (text === undefined ? "" : ` (${text})`);
  return [
    ...(memory_minimum === undefined
      ? []
      : [fact(`the vendor asks for at least ${memory_minimum.mb} MiB${note(memory_minimum.note)}`, memory_minimum)]),
    ...(memory_recommended === undefined
      ? []
      : [
          fact(
            `the vendor recommends ${memory_recommended.mb} MiB${note(memory_recommended.note)}`,
            memory_recommended,
          ),
        ]),
    ...(memory_limit === undefined
      ? []
      : [fact(`the vendor limits it to ${memory_limit.mb} MiB${note(memory_limit.note)}`, memory_limit)]),
    ...(cpus_limit === undefined ? [] : [fact(`the vendor limits it to ${cpus_limit.cpus} CPUs`, cpus_limit)]),
    ...(pids_limit === undefined ? [] : [fact(`the vendor limits it to ${pids_limit.tasks} tasks`, pids_limit)]),
    ...(measured === undefined
      ? []
      : [fact(`started and answered within ${measured.memory_mb} MiB with ${measured.tasks} tasks`, measured)]),
    ...(memory_too_small === undefined
      ? []
      : [fact(`failed within ${memory_too_small.mb} MiB${note(memory_too_small.note)}`, memory_too_small)]),
    ...(memory_seen === undefined ? [] : [fact(`operators limit it to ${memory_seen.mb.join(", ")} MiB`, memory_seen)]),
    ...(started_within === undefined
      ? []
      : [fact(`started within ${started_within.memory_mb} MiB and ${started_within.cpus} CPUs`, started_within)]),
  ];
}

function needs({ needs: claim, gpu, docker_socket }: Profile): readonly DescribedFact[] {
  const text = [claim?.host, claim?.network, claim?.privileged, claim?.devices?.join(", "), claim?.shm]
    .filter((part) => part !== undefined)
    .join("; ");
  return [
    ...(claim === undefined ? [] : [fact(text, claim)]),
    ...(gpu === undefined ? [] : [fact(`a GPU is ${gpu.use}`, gpu)]),
    ...(docker_socket === undefined ? [] : [fact(`the Docker socket is ${docker_socket.use}`, docker_socket)]),
  ];
}

function unit({ systemd: claim }: Profile): readonly DescribedFact[] {
  if (claim === undefined) return [];
  const text = `${claim.note}; \`sudo systemctl edit ${claim.unit}\` opens the file for these lines, and \`sudo systemctl restart ${claim.unit}\` makes them count`;
  return [{ text, evidence: claim.evidence, lines: claim.drop_in }];
}
