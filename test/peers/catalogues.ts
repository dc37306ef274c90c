/** Another linter that the catalogue is compared with. */
export type Peer = "compose-lint" | "KICS";

/** A rule of a peer: what it says, and which rules say the same here. */
export interface PeerRule {
  readonly title: string;
  readonly ours: readonly string[];
  /** The line of `docs/coverage.json` that says why no rule makes this check, in whole or in part. */
  readonly left?: string;
}

const SECRETS = ["inline-secret", "guessable-password", "published-key", "secret-in-command", "secret-as-variable"];
const CAPABILITIES = [
  "dangerous-capabilities",
  "pihole-capabilities",
  "anythingllm-sys-admin",
  "home-assistant-privileged",
];
const PRIVILEGED = ["privileged", "home-assistant-privileged"];
const SOCKET = ["control-socket", "mcp-gateway-socket"];
const HOST_PATHS = ["sensitive-host-path", "writable-config", ...SOCKET];

/** The rules of the peers: compose-lint 0.36.2 and the Compose queries of KICS 2.2.0. */
export const CATALOGUES: Readonly<Record<Peer, Readonly<Record<string, PeerRule>>>> = {
  "compose-lint": {
    "CL-0001": { title: "control socket mounted", ours: SOCKET },
    "CL-0002": { title: "privileged", ours: PRIVILEGED },
    "CL-0003": { title: "no no-new-privileges", ours: ["no-new-privileges"] },
    "CL-0004": { title: "no tag or a moving one", ours: ["image-tag"] },
    "CL-0005": { title: "port on every interface", ours: ["published-on-all-interfaces"] },
    "CL-0006": { title: "capabilities not dropped", ours: ["cap-drop-all"] },
    "CL-0007": { title: "writable root", ours: ["read-only-root"] },
    "CL-0008": { title: "host network", ours: ["host-network"] },
    "CL-0009": { title: "seccomp, AppArmor or SELinux off", ours: ["unconfined"] },
    "CL-0010": { title: "host process or IPC namespace", ours: ["host-namespaces"] },
    "CL-0011": { title: "capability with reach of the host", ours: CAPABILITIES },
    "CL-0013": { title: "sensitive host path readable", ours: HOST_PATHS },
    "CL-0014": { title: "logging off", ours: ["switched-off"] },
    "CL-0016": { title: "dangerous device", ours: ["host-devices"] },
    "CL-0017": { title: "mount propagation", ours: ["mount-propagation"] },
    "CL-0018": { title: "root user", ours: ["root-user"] },
    "CL-0019": { title: "no digest", ours: ["image-digest", "image-tag"] },
    "CL-0020": { title: "credential in clear text", ours: SECRETS },
    "CL-0021": { title: "password in an address", ours: SECRETS },
    "CL-0022": { title: "tmpfs with exec or suid", ours: ["scratch-tmpfs"] },
    "CL-0024": { title: "capability that is root on the host", ours: CAPABILITIES },
    "CL-0025": { title: "host path writable that makes root", ours: HOST_PATHS },
    "CL-0026": { title: "no memory or CPU limit", ours: ["memory-limit", "cpu-limit"] },
    "CL-0027": { title: "capability that reads others", ours: CAPABILITIES },
    "CL-0028": { title: "capability over clock or counters", ours: CAPABILITIES },
    "CL-0029": { title: "capability against availability", ours: CAPABILITIES },
    "CL-0030": { title: "SYSLOG capability", ours: CAPABILITIES },
  },
  KICS: {
    "4d9f44c6": { title: "control group parent set", ours: [], left: "U35" },
    ce76b7d0: { title: "capability added, or none dropped", ours: ["cap-drop-all", ...CAPABILITIES] },
    "451d79dc": { title: "port without an address", ours: ["published-on-all-interfaces"] },
    "6b610c50": { title: "CPU not limited", ours: ["cpu-limit"] },
    "404fde2c": { title: "seccomp off", ours: ["unconfined"] },
    d6355c88: { title: "Docker socket mounted", ours: SOCKET },
    "698ed579": { title: "no health check", ours: ["switched-off"], left: "U75" },
    "4f31dd9f": { title: "host process namespace", ours: ["host-namespaces"] },
    bb9ac4f7: { title: "memory not limited", ours: ["memory-limit", "impossible-limits"] },
    "27fcc7d6": { title: "no-new-privileges not set", ours: ["no-new-privileges"] },
    "221e0658": { title: "processes not limited", ours: ["pids-limit"] },
    ae5b6871: { title: "privileged", ours: PRIVILEGED },
    bc2908f3: { title: "port below 1024", ours: ["privileged-port"] },
    "2fc99041": { title: "restart on failure not 5", ours: [], left: "U74" },
    "610e266e": { title: "no security_opt", ours: ["no-new-privileges"] },
    baa3890f: { title: "host IPC namespace", ours: ["host-namespaces"] },
    "071a71ff": { title: "host network", ours: ["host-network"] },
    "8af7162d": { title: "host user namespace", ours: ["host-namespaces"] },
    "8c978947": { title: "volume shared by services", ours: [], left: "U56" },
    "1c1325ff": { title: "sensitive host path", ours: [...HOST_PATHS, "writable-code"] },
    baa452f0: { title: "mount propagation", ours: ["mount-propagation"] },
  },
};
