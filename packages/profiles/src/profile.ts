import type { Evidence } from "@compose-harden/model";

/** How a claim became known, strongest kinds first within what they can prove. */
export type EvidenceKind =
  | "vendor-doc"
  | "vendor-manifest"
  | "dockerfile"
  | "entrypoint"
  | "experiment"
  | "ci-deployed"
  | "k8s-sighting"
  | "compose-sighting"
  | "third-party-doc";

/** One place that was read, or one run that was measured. */
export interface Source extends Evidence {
  readonly kind: EvidenceKind;
  /** The user it ran as where that was not the image's own: `568:568`. */
  readonly ran_as?: string;
  /**
   * Of an experiment: the image itself, the same software and start script from distribution packages, or the start script alone, run to its
   * end as root, with a stand-in for the program that it hands over to.
   */
  readonly fidelity?: "image" | "replica" | "start";
  /** `unverified`: the commit is stored under this repository, its being on the default branch was not seen. */
  readonly branch?: "unverified";
  /** True when the text is known to be a fork's. */
  readonly fork?: boolean;
  /** True when it was seen of other images on the same base, not of this one. */
  readonly sibling?: boolean;
  /** The repository a sighting was copied from; copies of one origin count once. */
  readonly origin?: string;
  /** Image tags that were run. */
  readonly tags?: readonly string[];
  /** Number of applications that deploy the image this way. */
  readonly apps?: number;
}

/** A statement together with where it was read or measured; there is always at least one source. */
export type Claim<T> = T & { readonly evidence: readonly Source[] };

/**
 * Who is meant to reach a port. `internal`: other containers; `web`: people, through a proxy; `public`: other machines,
 * directly; `lan`: the local network, such as DNS; `admin`: control plane or code execution.
 */
export type Exposure = "internal" | "web" | "admin" | "cluster" | "metrics" | "lan" | "public";

/** A port the service listens on, inside the container. */
export type ProfilePort = Claim<{
  readonly port: number;
  /** Absent: tcp. */
  readonly proto?: "tcp" | "udp";
  readonly purpose: string;
  readonly exposure: Exposure;
}>;

/** Which user runs the service. */
export type ProfileUser = Claim<{
  /** What the image starts as: `root`, or a name or `uid:gid`. */
  readonly default: string;
  /** What the serving process becomes: `999:999`. */
  readonly drops_to?: string;
  readonly mechanism?: string;
  /** True when the documentation says that any uid works. */
  readonly arbitrary?: boolean;
  /** The `user:` the vendor recommends. */
  readonly recommended?: string;
  readonly note?: string;
}>;

/** Capabilities without the `CAP_` prefix, to be added back after `cap_drop: [ALL]`. */
export type CapabilitySet = Claim<{ readonly add: readonly string[]; readonly note?: string }>;

/** What is known about capabilities; an absent set is unknown, an empty one is known to be enough. */
export interface ProfileCapabilities {
  /** For the start as the image's own user. */
  readonly start?: CapabilitySet;
  /** For a start with a non-root `user:`. */
  readonly as_user?: CapabilitySet;
  /** Only for some features. */
  readonly optional?: CapabilitySet;
  /** Beyond Docker's default set, for the service's purpose. */
  readonly required?: CapabilitySet;
  /** Binaries with file capabilities: they cannot be executed when the bounding set lacks them. */
  readonly files?: readonly Claim<{ readonly path: string; readonly capability: string }>[];
}

/** Whether the service works with `no-new-privileges`. */
export type ProfilePrivileges = Claim<{
  readonly compat: "works" | "conditional" | "breaks";
  readonly condition?: string;
  /** What must hold besides where a `user:` is set. */
  readonly as_user?: string;
}>;

/** Whether the service works with a read-only root file system and its scratch paths writable. */
export type ProfileReadOnly = Claim<{
  /** `image-write`: the start script writes a path of the image itself. */
  readonly compat: "works" | "image-write" | "breaks";
  /** What must hold besides, in words. */
  readonly condition?: string;
  /**
   * The condition as checks: it fails when something is mounted at or below one of `no_mount_under`, a variable of `no_env` is set
   * (`ACME_*`: one whose name begins so), a regular expression of `no_command` is found, without case, in the words of the command, or a variable
   * of `env` has no value that its regular expression matches.
   */
  readonly check?: {
    readonly no_mount_under?: readonly string[];
    readonly no_env?: readonly string[];
    readonly no_command?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
  readonly why?: string;
  /** Operators who switched it off explicitly. */
  readonly off_in?: readonly Source[];
}>;

/** A path the service writes. */
export type ProfilePath = Claim<{
  readonly path: string;
  /** `persist`: data, wants a volume; `scratch`: wants a tmpfs; `image-write`: a path of the image its start script writes. */
  readonly kind: "persist" | "scratch" | "image-write";
  /** Versions of the tag for which this path is right: `<18`. */
  readonly versions?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Octal, as text. */
  readonly mode?: string;
  /** True when programs are executed from it. */
  readonly exec?: boolean;
  /** Size of the tmpfs, as Docker writes it: `64m`. */
  readonly size?: string;
  /** True for a declared `VOLUME`: it stays writable under a read-only root. */
  readonly volume?: boolean;
  /** True when the service starts without it. */
  readonly optional?: boolean;
  readonly why?: string;
  readonly note?: string;
  readonly breaks_when?: string;
}>;

/** Figures about resources; memory in MiB. */
export interface ProfileLimits {
  /** The least the vendor documents. */
  readonly memory_minimum?: Claim<{ readonly mb: number; readonly note?: string }>;
  readonly memory_recommended?: Claim<{ readonly mb: number; readonly note?: string }>;
  /** A limit the vendor sets in its own manifest. */
  readonly memory_limit?: Claim<{ readonly mb: number; readonly note?: string }>;
  readonly pids_limit?: Claim<{ readonly tasks: number; readonly note?: string }>;
  readonly cpus_limit?: Claim<{ readonly cpus: number; readonly note?: string }>;
  /** The smallest memory with which it started and answered one probe, and the tasks it then had. */
  readonly measured?: Claim<{ readonly memory_mb: number; readonly tasks: number }>;
  /** A limit under which the service was seen to fail. */
  readonly memory_too_small?: Claim<{ readonly mb: number; readonly note?: string }>;
  /** Limits operators set. */
  readonly memory_seen?: Claim<{ readonly mb: readonly number[] }>;
  /** It started and became healthy within these limits. */
  readonly started_within?: Claim<{ readonly memory_mb: number; readonly cpus: number }>;
}

/** What stands between a reachable port and the service. */
export type AuthState =
  /** Will not start or serve without a secret. */
  | "required"
  | "required-since"
  /** The first visitor becomes administrator. */
  | "first-run-setup"
  /** Anyone who reaches the port is in until something is set. */
  | "open"
  /** Anyone who reaches the port is in until its owner makes a login inside the software, which no file of the project shows. */
  | "open-until-set"
  | "open-in-old-versions"
  | "open-local-only"
  /** The software has no authentication of its own. */
  | "none"
  | "default-credentials"
  | "token"
  | "config-file"
  | "database-login"
  | "off-by-default"
  | "n/a";

/** An environment variable that decides about authentication. */
export interface AuthSwitch {
  readonly name: string;
  /** The variable that names a file with the value instead. */
  readonly file?: string;
  readonly default?: string;
  /** The value that protects. */
  readonly safe?: string;
  /** A regular expression, without case: only values that it is found in protect. */
  readonly on?: string;
  readonly required?: boolean;
  readonly recommended?: boolean;
  readonly since?: string;
  readonly until?: string;
  /** Older names of it. */
  readonly aliases?: readonly string[];
  /** Any one of the switches with the same word here is enough. */
  readonly one_of?: string;
  /** It has an effect only together with the others that have the same word here. */
  readonly all_of?: string;
  readonly note?: string;
}

/** How the service authenticates. */
export type ProfileAuth = Claim<{
  readonly state: AuthState;
  /** The version from which the state holds; of `open-in-old-versions`, the first that asks for a login. */
  readonly since?: string;
  readonly note?: string;
  /** Command-line options that set it. */
  readonly flags?: readonly string[];
  /** The only files in the container that it can be set in besides; absent: any settings file may. */
  readonly files?: readonly string[];
  /** The ports that it is asked for on; absent: all that are not for visitors. */
  readonly ports?: readonly number[];
  /** Variables with the keys that its visitors spend; where none is set, a visitor brings one and there is nothing to guard. */
  readonly spends?: readonly string[];
  readonly switches?: readonly AuthSwitch[];
}>;

/** A setting that weakens the service; exactly one of `env`, `flag`, `command`, `mount`, `config` names it. */
export type Danger = Claim<{
  readonly env?: string;
  readonly flag?: string;
  readonly command?: string;
  readonly mount?: string;
  readonly config?: string;
  /** The value that is dangerous; `*`: any value; between slashes: a regular expression for it. */
  readonly value?: string;
  /** With it anyone who reaches the service is in. */
  readonly opens?: true;
  /** Variables that make it harmless when one of them is set. */
  readonly unless?: readonly string[];
  readonly why: string;
  /** What no longer works when it is set the other way, a full clause; absent: what relies on it. */
  readonly loses?: string;
  readonly since?: string;
}>;

/** A variable that people set for protection and that has no effect; `versions` tells for which tags. */
export type IgnoredSetting = Claim<{
  readonly env: string;
  /** `>=1.0`; absent: it never had one. */
  readonly versions?: string;
  readonly why: string;
  /** What reads it all the same: "the page that …". */
  readonly still?: string;
  /** What protects instead, a full clause. */
  readonly instead: string;
}>;

/** A login the service starts with. */
export type DefaultCredential = Claim<{ readonly user: string; readonly password: string; readonly scope: string }>;

/** What the service needs from the host. */
export type ProfileNeeds = Claim<{
  readonly host?: string;
  readonly network?: string;
  readonly privileged?: string;
  readonly devices?: readonly string[];
  readonly shm?: string;
  /** True when it cannot do its work without host namespaces or privileges. */
  readonly required?: boolean;
}>;

/** How the same software is kept to this machine where systemd runs it instead of Docker. */
export type ProfileUnit = Claim<{
  /** `ollama.service` */
  readonly unit: string;
  /** The lines of a drop-in file for the unit. */
  readonly drop_in: readonly string[];
  /** What holds without it, a full clause. */
  readonly note: string;
}>;

/** A release whose tag was seen to exist, to be named in the place of a tag that moves. */
export type ProfileRelease = Claim<{
  readonly tag: string;
  /** Canonical names of the images that have it; absent: each image of the profile. */
  readonly images?: readonly string[];
  /** The moving tags it stands for; absent: none, `latest` and `stable`. */
  readonly moving?: readonly string[];
}>;

/** Everything known about one image family. What is absent is unknown. */
export interface Profile {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  /** Canonical names: see `imageName`. */
  readonly images: readonly string[];
  /** The profile whose start script and paths this image shares. */
  readonly derives?: Claim<{ readonly from: string }>;
  /** The image runs whatever its user puts in: no claim about behaviour is possible. */
  readonly program?: Claim<{ readonly runs: "user-supplied" }>;
  /** Versions the claims were read for; outside them they only count for review. */
  readonly versions?: Claim<{
    readonly range: string;
    /** One of these words stands in the tag: `apache` in `8.3-apache-trixie`. */
    readonly with?: readonly string[];
    /** None of these does, as their start is another one: `fpm`. */
    readonly without?: readonly string[];
    readonly note?: string;
  }>;
  /** Tag variants whose service user differs. */
  readonly variants?: readonly Claim<{ readonly tag: string; readonly uid: number; readonly gid: number }>[];
  readonly releases: readonly ProfileRelease[];
  readonly maintenance?: Claim<{ readonly status: string }>;
  readonly gpu?: Claim<{ readonly use: "common" | "required" }>;
  readonly docker_socket?: Claim<{ readonly use: "required" | "common" | "optional" }>;
  readonly ports: readonly ProfilePort[];
  readonly user?: ProfileUser;
  readonly capabilities: ProfileCapabilities;
  readonly no_new_privileges?: ProfilePrivileges;
  readonly read_only?: ProfileReadOnly;
  readonly paths: readonly ProfilePath[];
  readonly limits: ProfileLimits;
  /** First words of `command` with which the start is the tested one; `-` stands for any option. */
  readonly commands?: Claim<{ readonly same_start: readonly string[] }>;
  readonly needs?: ProfileNeeds;
  readonly auth?: ProfileAuth;
  readonly systemd?: ProfileUnit;
  readonly dangerous: readonly Danger[];
  readonly default_credentials: readonly DefaultCredential[];
  readonly ignored: readonly IgnoredSetting[];
  /** Variables that hold a secret of this service. */
  readonly secrets?: Claim<{ readonly env: readonly string[] }>;
  /** Variables and mounts that make the named claims uncertain. */
  readonly downgrade: readonly Claim<{
    readonly env?: readonly string[];
    /** Paths at or below which something is mounted. */
    readonly mounts?: readonly string[];
    readonly claims: readonly Control[];
    readonly why: string;
  }>[];
  /** Every source of this profile and of the one it derives from. */
  readonly evidence: readonly Source[];
}

/** The hardening attributes that profiles give advice on. */
export type Control = "capabilities" | "no_new_privileges" | "read_only" | "user" | "pids" | "memory" | "cpus";
