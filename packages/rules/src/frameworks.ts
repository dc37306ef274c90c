import type { Frameworks } from "./rule.js";

/** A published guide that rules are mapped to. */
export interface Framework {
  readonly title: string;
  /** Where the numbers and what they ask for were read. */
  readonly source: string;
  /** What a section asks for, in a few words. Only sections that rules are mapped to. */
  readonly sections: Readonly<Record<string, string>>;
}

/** The guides, and every section that a rule may name. */
export const FRAMEWORKS: Readonly<Record<keyof Frameworks, Framework>> = {
  cis: {
    title: "CIS Docker Benchmark 1.6.0",
    source: "https://github.com/docker/docker-bench-security",
    sections: {
      "2.7": "TLS with authentication before the daemon",
      "4.1": "containers run as a user made for them",
      "4.2": "only trusted images",
      "4.10": "no secrets in what images are built from",
      "5.2": "an AppArmor profile",
      "5.3": "SELinux options",
      "5.4": "restricted kernel capabilities",
      "5.5": "no privileged containers",
      "5.6": "no sensitive directories of the host mounted",
      "5.7": "no SSH server in containers",
      "5.8": "no privileged ports",
      "5.9": "only needed ports open",
      "5.10": "the host's network not shared",
      "5.11": "limited memory",
      "5.12": "limited CPU",
      "5.13": "a read-only root file system",
      "5.14": "incoming traffic bound to one interface",
      "5.16": "the host's processes not shared",
      "5.17": "the host's IPC namespace not shared",
      "5.18": "no devices of the host",
      "5.20": "no shared mount propagation",
      "5.21": "the host's UTS namespace not shared",
      "5.22": "the default seccomp profile",
      "5.23": "no privileged exec commands",
      "5.24": "no exec commands as root",
      "5.25": "confirmed use of control groups",
      "5.26": "no new privileges",
      "5.27": "health checked while running",
      "5.28": "known versions of images",
      "5.29": "a limit for processes",
      "5.31": "the host's user namespace not shared",
      "5.32": "no Docker socket in containers",
    },
  },
  owasp: {
    title: "OWASP Docker Security Cheat Sheet",
    source: "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
    sections: {
      "1": "the daemon's socket not exposed, even to containers",
      "2": "a user that is not root",
      "3": "limited capabilities",
      "4": "no privilege escalation inside the container",
      "5": "mindful connections between containers",
      "5a": "ports that do not go round the host's firewall",
      "6": "a Linux security module",
      "7": "limited resources",
      "8": "read-only file system and volumes",
      "12": "secrets as secrets",
      "13": "a secured supply chain",
    },
  },
  nist: {
    title: "NIST SP 800-190",
    source: "https://doi.org/10.6028/NIST.SP.800-190",
    sections: {
      "4.1.2": "image configuration defects",
      "4.1.4": "embedded clear text secrets",
      "4.1.5": "use of untrusted images",
      "4.2.2": "stale images in registries",
      "4.3.2": "unauthorized access",
      "4.3.3": "poorly separated inter-container network traffic",
      "4.4.2": "unbounded network access from containers",
      "4.4.3": "insecure container runtime configurations",
      "4.4.4": "app vulnerabilities",
      "4.4.5": "rogue containers",
      "4.5.5": "host file system tampering",
    },
  },
};

/** The guides' names on the command line. */
export const FRAMEWORK_NAMES = Object.keys(FRAMEWORKS) as readonly (keyof Frameworks)[];
