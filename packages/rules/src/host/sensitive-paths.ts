import { rememberedText, type Severity } from "@compose-harden/model";
import { severityOf } from "../severity.js";

/** What a mounted path of the machine gives away. */
export interface Sensitive {
  readonly what: string;
  readonly severity: Severity;
  readonly risk: string;
}

interface SensitivePath {
  /** Matches the cleaned path. */
  readonly path: RegExp;
  readonly what: string;
  /** Absent: harmless when writable. */
  readonly writable?: Omit<Sensitive, "what">;
  /** Absent: harmless when only read. */
  readonly readable?: Omit<Sensitive, "what">;
}

const takesOver = (how: string): Omit<Sensitive, "what"> => ({
  severity: severityOf("container", "host"),
  risk: `an intruder in the container takes over this machine: ${how}`,
});
const reads = (what: string): Omit<Sensitive, "what"> => ({
  severity: severityOf("container", "data"),
  risk: `an intruder in the container reads ${what}`,
});
const learns = (what: string): Omit<Sensitive, "what"> => ({
  severity: severityOf("mishap", "host-part"),
  risk: `an intruder in the container learns ${what}`,
});

const ASKS_SYSTEMD: Omit<Sensitive, "what"> = {
  severity: severityOf("mishap", "host-part"),
  risk: "an intruder who is root in the container asks the machine's services for what root may ask, systemd for a new service among it; AppArmor, where it is on, is all that stands in the way, and a read-only mount changes nothing",
};

const CONTROLS_MACHINES: Omit<Sensitive, "what"> = {
  severity: severityOf("container", "host"),
  risk: "an intruder in the container starts a virtual machine with this machine's disks in it, which is root here; a read-only mount changes nothing",
};

const USES_KEYS: Omit<Sensitive, "what"> = {
  severity: severityOf("container", "data"),
  risk: "an intruder who is root in the container logs in elsewhere and signs as that person, as long as the agent runs; a read-only mount changes nothing",
};

const SEES_SCREEN: Omit<Sensitive, "what"> = {
  severity: severityOf("mishap", "host-part"),
  risk: "an intruder in the container, once the screen lets it in, reads what is typed, sees every window, and types into them; a read-only mount changes nothing",
};

const CHANGES_TAILNET: Omit<Sensitive, "what"> = {
  severity: severityOf("container", "host-part"),
  risk: "an intruder who is root in the container changes how this machine takes part in the tailnet: it publishes services, opens SSH, routes traffic",
};

const AT_HAND: Omit<Sensitive, "what"> = {
  severity: severityOf("mishap", "host-part"),
  risk: "an intruder in the container reads and writes it past all file permissions as soon as a rule for devices lets it",
};

/** First match wins; paths are compared step by step, so that /etcetera and ./etc are not /etc. */
const SENSITIVE_PATHS: readonly SensitivePath[] = [
  {
    path: /^\/$/,
    what: "the whole file system of the machine",
    writable: takesOver("it writes a start-up script or a key for SSH"),
    readable: reads("the files of this machine, and as root the password hashes and private keys among them"),
  },
  {
    path: /^\/(etc|boot|root|usr|bin|sbin|lib|lib64|usr\/local|usr\/(local\/)?(bin|sbin|lib|lib64|libexec)|opt\/bin)$/,
    what: "a system folder",
    writable: takesOver("it changes what root starts or reads"),
    readable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container reads the machine's configuration, keys among it",
    },
  },
  {
    path: /^\/etc\/(shadow|gshadow|sudoers|sudoers\.d|ssh|pam\.d|cron\.?\w*|systemd|init\.d|profile\.d|ld\.so\.preload|docker|kubernetes|rancher)(\/|$)|^\/etc\/(shadow-|gshadow-|krb5\.keytab)$/,
    what: "system configuration",
    writable: takesOver("it changes who may log in, or what root starts"),
    readable: reads("password hashes or keys of this machine"),
  },
  {
    // Shell scripts of root read os-release by executing it.
    path: /^\/etc\/(passwd|group|ld\.so\.conf|environment|hosts\.allow|os-release|fstab|inittab|rc\.local|profile|bash\.bashrc|bashrc|zshenv|zsh)$/,
    what: "system configuration",
    writable: takesOver("it changes who may log in, or what root starts"),
  },
  {
    // Each names programs that root runs: on a timer, at start, for a device, a network, a package or a log.
    path: /^\/etc\/(apt|cni|containerd|dbus-1|default|dpkg|ld\.so\.conf\.d|logrotate\.d|modprobe\.d|modules-load\.d|netplan|network|NetworkManager|polkit-1|rc\d?\.d|sysconfig|sysctl\.d|udev|yum\.repos\.d|X11)(\/|$)/,
    what: "system configuration",
    writable: takesOver("it changes what root starts"),
  },
  {
    path: /^\/boot\/|^\/(usr\/)?lib\/(systemd|udev)(\/|$)|^\/opt\/cni\/bin$/,
    what: "what the machine starts with",
    writable: takesOver("it changes what root starts"),
  },
  {
    // Certificates are there to be shown.
    path: /^\/etc\/(ssl\/private|pki|letsencrypt|wireguard|openvpn)(?!\/(ca-trust|tls\/certs)\b|.*\/(full)?(chain|cert|ca|dhparams?)\d*\.(pem|crt|cer)$)(\/|$)/,
    what: "private keys",
    readable: reads("private keys of this machine"),
    writable: reads("private keys of this machine, and replaces them"),
  },
  {
    path: /^\/etc\/(resolv\.conf|hosts)$/,
    what: "the machine's name resolution",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container decides where this machine's names lead",
    },
  },
  {
    path: /^\/(usr\/)?lib\/modules(\/|$)/,
    what: "the machine's kernel modules",
    writable: takesOver("it replaces a module that the kernel loads"),
  },
  {
    path: /^\/usr\/src$/,
    what: "the sources of the machine's kernel modules",
    writable: takesOver("it changes what the next kernel's modules are built from"),
  },
  {
    // The bus asks who the caller is by its user number: root of the container is root to systemd.
    path: /^\/(var\/)?run\/(dbus(\/system_bus_socket)?|systemd(\/private)?)$/,
    what: "the machine's system bus",
    writable: ASKS_SYSTEMD,
    readable: ASKS_SYSTEMD,
  },
  {
    // It asks who the caller is by its user number: root of the container may change everything.
    path: /^\/(var\/)?run\/tailscale(\/tailscaled\.sock)?$/,
    what: "Tailscale's socket",
    writable: CHANGES_TAILNET,
    readable: CHANGES_TAILNET,
  },
  {
    path: /^\/(var\/)?spool\/cron(\/|$)|^\/var\/spool$/,
    what: "scheduled jobs",
    writable: takesOver("it adds a job that runs as root"),
  },
  {
    path: /^\/var\/lib(\/(docker|containerd|containers|kubelet(\/pods)?|rancher(\/k3s)?|lxd|incus))?$/,
    what: "the storage of all containers",
    writable: takesOver("it changes the files of every container"),
    readable: reads("the files, volumes and environments of every container"),
  },
  {
    path: /^\/var\/lib\/cloud(\/|$)|^\/var\/backups$/,
    what: "what the machine was set up with",
    writable: reads("what this machine was set up with, passwords and keys among it"),
    readable: reads("what this machine was set up with, passwords and keys among it"),
  },
  {
    // Access is asked of the one who opens it by the number of the user: root of the container is root.
    path: /^\/(var\/)?run\/libvirt(\/(libvirt|virtqemud|virtlxcd)-sock)?$/,
    what: "the socket of the machine's virtual machines",
    writable: CONTROLS_MACHINES,
    readable: CONTROLS_MACHINES,
  },
  {
    path: /^\/(var\/)?run\/user\/\d+(\/(gnupg|keyring)(\/|$)|$)|^\/run\/host-services\/ssh-auth\.sock$|\/ssh-agent(\.sock(et)?)?$|\/\.1password\/agent\.sock$|\/com\.apple\.launchd\.\w+\/Listeners$|\/S\.gpg-agent(\.\w+)?$|^\/tmp\/ssh-[^/]+\/agent\.\d+$/,
    what: "the agent that holds a person's keys",
    writable: USES_KEYS,
    readable: USES_KEYS,
  },
  {
    path: /^\/tmp\/\.X11-unix(\/X\d+)?$/,
    what: "the machine's screen",
    writable: SEES_SCREEN,
    readable: SEES_SCREEN,
  },
  {
    path: /^\/dev\/shm$/,
    what: "the memory that programs of this machine share",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container reads and changes what programs of this machine, databases and browsers among them, hand to each other",
    },
    readable: learns("what programs of this machine hand to each other"),
  },
  {
    // Not their file systems, but what Docker keeps of each: `config.v2.json` with the environment, and the log.
    path: /^\/var\/lib\/docker\/containers$/,
    what: "the logs and settings of all containers",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container changes how other containers start next time, and removes its traces",
    },
    readable: reads("the logs of other containers, and as root their environment with the secrets in it"),
  },
  {
    path: /^\/var\/lib\/docker\/(volumes|overlay2|image)$/,
    what: "the storage of all containers",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container changes the files of other containers",
    },
    readable: reads("the files of other containers"),
  },
  {
    path: /^\/proc(\/sys(\/.*)?)?$/,
    what: "the machine's /proc",
    writable: takesOver("it sets the kernel's helper programs, which run as root"),
    readable: learns("which programs run on this machine, with which arguments"),
  },
  {
    path: /^\/sys$/,
    what: "the machine's /sys",
    writable: takesOver("it changes kernel and device settings"),
    // Every container sees the hardware below a /sys of its own.
    readable: {
      severity: severityOf("mishap", "privileges"),
      risk: "an intruder in the container learns which containers run here and which networks this machine has",
    },
  },
  {
    path: /^\/sys\/fs\/(cgroup|bpf)(\/|$)|^\/sys\/kernel(\/|$)/,
    what: "kernel interfaces below /sys",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container changes limits and hooks of the kernel",
    },
  },
  {
    path: /^\/dev$/,
    what: "all devices of the machine",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container finds the disks and memory of this machine by name",
    },
    readable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container finds the disks and memory of this machine by name",
    },
  },
  {
    path: /^\/dev\/(([shv]d|xvd)[a-z]+\d*|nvme\d\w*|mmcblk\d\w*|md\d+|dm-\d+|mem|kmem|port)$/,
    what: "a disk or the memory of the machine",
    writable: AT_HAND,
    readable: AT_HAND,
  },
  {
    path: /^(\/home|\/Users|\/home\/[a-z_][^/]*|\/Users\/[^/]+)$/,
    what: "a whole home folder",
    writable: takesOver("it adds a key for SSH or a line to a shell's start file"),
    readable: reads("everything a person keeps there: keys, cookies, documents"),
  },
  {
    // Who may log in, and what SSH runs to get out; the keys themselves come below.
    path: /\/\.ssh\/(authorized_keys2?|config)$/,
    what: "how a person's SSH logs in",
    writable: takesOver("it adds a key, or a command that SSH runs"),
  },
  {
    path: /\/(\.claude|\.codex|\.gemini)\/((skills|agents|commands|plugins|hooks|prompts|extensions|rules)(\/|$)|(CLAUDE|AGENTS|GEMINI)\.md$)/,
    what: "what a person's agents do as they are told",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container tells the agents of that person what to do, with everything they may use",
    },
  },
  {
    path: /\/(\.claude|\.codex|\.gemini)\/((projects|sessions|todos|file-history|shell-snapshots)(\/|$)|history\.jsonl$)|\/\.(bash|zsh|python|psql|mysql)_history$/,
    what: "a person's history",
    writable: learns("what a person typed and what agents answered, with secrets among it at times"),
    readable: learns("what a person typed and what agents answered, with secrets among it at times"),
  },
  {
    path: /^(\/root|\/home\/[^/]+|\/Users\/[^/]+)\/(\.config|\.cursor|\.docker|\.kaggle)$|\/Library\/Keychains(\/|$)|\/(\.ssh(?!\/(known_hosts(\.old)?|[\w.-]+\.pub)$)|\.gnupg|\.aws|\.azure|\.kube|\.config\/gcloud|\.config\/gh|\.config\/rclone|\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.docker\/config\.json|\.vault-token|\.claude(\.json)?|\.codex|\.gemini|\.anthropic|\.cache\/huggingface\/token|\.terraform\.d|\.databrickscfg|\.oci|\.boto|\.s3cfg|\.pgpass|\.my\.cnf|\.local\/share\/keyrings|\.config\/(op|hub|doctl|hcloud|github-copilot|sops|git\/credentials)|\.cargo\/credentials(\.toml)?|\.kaggle\/kaggle\.json|\.terraformrc|\.Xauthority|\.mozilla|\.config\/(google-chrome|chromium)|\.password-store|id_(rsa|dsa|ecdsa|ed25519))(\/|$)/,
    what: "a person's credentials",
    writable: reads("a person's credentials and acts with them elsewhere"),
    readable: reads("a person's credentials and acts with them elsewhere"),
  },
  {
    // Hooks and settings in it name programs that git starts.
    path: /\/\.git(\/hooks|\/config)?$/,
    what: "a git repository's own folder",
    writable: {
      severity: severityOf("container", "host-part"),
      risk: "an intruder in the container writes a hook, which runs on this machine as whoever uses git there next",
    },
  },
  {
    path: /^\/var\/log(\/journal)?$/,
    what: "the machine's logs",
    writable: {
      severity: severityOf("container", "data"),
      risk: "an intruder in the container reads the machine's logs and removes its traces",
    },
    readable: learns("addresses, names and sometimes secrets from the machine's logs"),
  },
];

/** Any of them in one expression: most paths are none, and each expression has to be compiled in every run. */
const ANY = new RegExp(SENSITIVE_PATHS.map(({ path }) => path.source).join("|"));

const sensitivePath = rememberedText((path) =>
  ANY.test(path) ? SENSITIVE_PATHS.find((known) => known.path.test(path)) : undefined,
);

/** What is given away by mounting a path of the machine; undefined when nothing that matters. */
export function sensitivity(path: string, readOnly: boolean): Sensitive | undefined {
  const found = sensitivePath(path);
  const grade = readOnly ? found?.readable : (found?.writable ?? found?.readable);
  return found === undefined || grade === undefined ? undefined : { what: found.what, ...grade };
}
