import { type Located, type Port, type Project, type Service, writtenAs } from "@compose-harden/model";
import { isMeantForOthers, portOf, profileOf } from "@compose-harden/profiles";
import type { Reach } from "../severity.js";

/** A port whose service is made for other machines, or must never be reached by them. */
export interface KnownPort {
  /** Numbers in the container or on the host; see `side`. */
  readonly ports: readonly number[];
  /** Absent: any. */
  readonly protocol?: "tcp" | "udp";
  readonly name: string;
  readonly reason: string;
}

interface RemotePort extends KnownPort {
  /** Where the number alone is ambiguous: what the image's name must match. */
  readonly image?: RegExp;
  /** `host`: only when published under this number (8080:80 is a person's own choice). `either`: on one side or the other. */
  readonly side: "host" | "either";
}

/** Bound to loopback these lose their purpose, so that only a person can decide it. */
const REMOTE_PORTS: readonly RemotePort[] = [
  { ports: [80], side: "host", name: "HTTP", reason: "the address browsers on other machines open by default" },
  { ports: [443], side: "either", name: "HTTPS", reason: "the address browsers on other machines open by default" },
  { ports: [22, 2222], side: "either", name: "SSH", reason: "people and git log in from elsewhere" },
  { ports: [20, 21, 990], side: "either", name: "FTP", reason: "clients upload from elsewhere" },
  { ports: [25, 465, 587, 2525], side: "either", name: "SMTP", reason: "mail arrives from other servers" },
  { ports: [110, 143, 993, 995, 4190], side: "either", name: "IMAP, POP3, Sieve", reason: "mail clients" },
  { ports: [53, 853, 5443], side: "either", name: "DNS", reason: "the network's devices ask it for names" },
  { ports: [67, 68, 69, 547], side: "either", protocol: "udp", name: "DHCP, TFTP", reason: "devices that start up" },
  { ports: [123], side: "either", protocol: "udp", name: "NTP", reason: "other machines set their clocks by it" },
  { ports: [161, 162], side: "either", protocol: "udp", name: "SNMP", reason: "devices send traps" },
  {
    ports: [514, 601, 1514, 6514, 12201],
    side: "either",
    name: "syslog, GELF",
    reason: "other machines send their logs",
  },
  { ports: [111, 2049], side: "either", name: "NFS", reason: "other machines mount it" },
  { ports: [137, 138, 139, 445], side: "either", name: "SMB", reason: "other machines mount it" },
  { ports: [500, 1194, 4500, 51820, 41641, 1701, 1723], side: "either", name: "VPN", reason: "peers dial in" },
  { ports: [1080, 3128, 8388], side: "host", name: "proxy", reason: "other machines send their traffic through it" },
  { ports: [1883, 8883], side: "either", name: "MQTT", reason: "devices report from the network" },
  { ports: [5683, 5684], side: "either", protocol: "udp", name: "CoAP", reason: "devices report from the network" },
  { ports: [1900, 5353], side: "either", protocol: "udp", name: "SSDP, mDNS", reason: "discovery by other devices" },
  {
    ports: [7359, 10001, 27036],
    side: "either",
    protocol: "udp",
    name: "discovery",
    reason: "discovery by other devices",
  },
  { ports: [32400], side: "either", name: "Plex", reason: "players on other devices" },
  { ports: [554, 1935, 8554, 8555], side: "either", name: "RTSP, RTMP, WebRTC", reason: "cameras and players" },
  { ports: [3478, 3479, 5349], side: "either", name: "STUN, TURN", reason: "callers find each other by it" },
  { ports: [5060, 5061], side: "either", name: "SIP", reason: "telephones register from the network" },
  { ports: [5222, 5223, 5269, 5280], side: "either", name: "XMPP", reason: "chat clients and servers" },
  { ports: [6660, 6665, 6667, 6697], side: "either", name: "IRC", reason: "chat clients and servers" },
  { ports: [8448], side: "either", name: "Matrix federation", reason: "other home servers" },
  { ports: [64738, 9987, 10011, 30033], side: "either", name: "voice chat", reason: "callers" },
  { ports: [6881, 6882, 6889, 51413, 50413], side: "either", name: "BitTorrent", reason: "peers" },
  { ports: [22000, 21027], side: "either", name: "Syncthing", reason: "the other devices that sync" },
  { ports: [4001], side: "either", image: /ipfs|kubo/, name: "IPFS swarm", reason: "peers" },
  {
    ports: [9000, 9090, 12000, 13000],
    side: "either",
    protocol: "udp",
    name: "blockchain peers",
    reason: "peers",
  },
  { ports: [7777, 7778], side: "either", protocol: "udp", name: "game server", reason: "players" },
  { ports: [10000], side: "either", protocol: "udp", name: "media streams", reason: "callers send and hear by it" },
  { ports: [8333, 30303, 30304, 9735, 26656], side: "either", name: "blockchain peers", reason: "peers" },
  { ports: [9001, 9030], side: "either", image: /(^|\/|-)tor(-|$)/, name: "Tor relay", reason: "other relays" },
  {
    ports: [25565, 19132, 27015, 34197, 2456, 2457, 28015, 16261, 8211],
    side: "either",
    name: "game server",
    reason: "players",
  },
  { ports: [21115, 21116, 21117, 21118, 21119], side: "either", name: "RustDesk", reason: "the machines it connects" },
  { ports: [3389, 5900], side: "either", name: "remote desktop", reason: "people connect from elsewhere" },
  { ports: [10050, 10051], side: "either", name: "Zabbix", reason: "agents report from other machines" },
  { ports: [2377, 7946, 4789], side: "either", name: "Swarm", reason: "other nodes" },
  { ports: [6443, 2380], side: "either", name: "cluster control plane", reason: "other nodes" },
];

const REMOTE_NUMBERS: ReadonlySet<number> = new Set(REMOTE_PORTS.flatMap(({ ports }) => ports));

/** What a port is for, in words. */
export type PortPurpose = Pick<KnownPort, "name" | "reason">;

/** What the port is for, when it is made for other machines: by its number, or by what is known of the image. */
export function remotePurpose({ image }: Service, port: Port): PortPurpose | undefined {
  return (
    numberedPurpose(port, image?.value ?? "") ?? (image === undefined ? undefined : knownPurpose(image.value, port))
  );
}

/** The image's name tells where the number alone does not. */
function numberedPurpose(port: Port, image: string): PortPurpose | undefined {
  const [first = 0, last = first] = (port.published ?? "").split("-").map(Number);
  if (first === last && !REMOTE_NUMBERS.has(first) && !REMOTE_NUMBERS.has(port.target)) return undefined;
  return REMOTE_PORTS.find(
    ({ ports, side, protocol, image: name }) =>
      (protocol === undefined || protocol === port.protocol) &&
      ports.some((number) => (first <= number && number <= last) || (side === "either" && port.target === number)) &&
      (name === undefined || name.test(image)),
  );
}

function knownPurpose(image: string, { target, protocol }: Port): PortPurpose | undefined {
  const profile = profileOf(image);
  if (profile === undefined || !isMeantForOthers(profile, target, protocol)) return undefined;
  const name = portOf(profile, target, protocol)?.purpose ?? "";
  return { name, reason: `that is what ${profile.title} has it for` };
}

interface InnerPort extends KnownPort {
  /** What is there, as a noun: "a database". */
  readonly reason: string;
  readonly reach: Reach;
}

/** Ports of the container that are made for siblings or administrators: whoever reaches them has the data, or more. */
const INNER_PORTS: readonly InnerPort[] = [
  { ports: [2375], name: "Docker API", reach: "host", reason: "the engine without TLS: root on this machine" },
  { ports: [10250], name: "kubelet", reach: "host", reason: "a service that runs commands in containers" },
  { ports: [5432], name: "PostgreSQL", reach: "data", reason: "a database" },
  { ports: [3306, 33060], name: "MySQL", reach: "data", reason: "a database" },
  { ports: [1433], name: "SQL Server", reach: "data", reason: "a database" },
  { ports: [1521], name: "Oracle", reach: "data", reason: "a database" },
  { ports: [27017, 27018, 27019], name: "MongoDB", reach: "data", reason: "a database, open by default" },
  { ports: [6379], name: "Redis", reach: "data", reason: "a database, open by default" },
  { ports: [11211], name: "memcached", reach: "data", reason: "a cache without authentication" },
  { ports: [9200, 9300], name: "Elasticsearch", reach: "data", reason: "a database" },
  { ports: [9042], name: "Cassandra", reach: "data", reason: "a database, open by default" },
  { ports: [5984], name: "CouchDB", reach: "data", reason: "a database" },
  { ports: [8086], name: "InfluxDB", reach: "data", reason: "a database" },
  { ports: [7474, 7687], name: "Neo4j", reach: "data", reason: "a database" },
  { ports: [2181], name: "ZooKeeper", reach: "data", reason: "coordination data, open by default" },
  { ports: [2379], name: "etcd", reach: "data", reason: "coordination data, open by default" },
  { ports: [5672, 15672], name: "RabbitMQ", reach: "data", reason: "a broker with a well-known login" },
  { ports: [9092, 9093, 29092], name: "Kafka", reach: "data", reason: "a broker, open by default" },
  { ports: [11434], name: "Ollama", reach: "data", reason: "a model server without authentication" },
  { ports: [18789], name: "OpenClaw gateway", reach: "data", reason: "an agent, and what that may use" },
  { ports: [6333, 6334], name: "Qdrant", reach: "data", reason: "a vector store, open by default" },
  { ports: [19530], name: "Milvus", reach: "data", reason: "a vector store, open by default" },
  { ports: [8188], name: "ComfyUI", reach: "data", reason: "a server that runs workflows without authentication" },
  { ports: [8888], name: "Jupyter", reach: "data", reason: "a server that runs code" },
  { ports: [1880], name: "Node-RED", reach: "data", reason: "a server that runs code, open by default" },
];

const INNER_BY_NUMBER: ReadonlyMap<number, InnerPort> = new Map(
  INNER_PORTS.flatMap((known) => known.ports.map((port) => [port, known])),
);

/** Categories of images whose ports are what their numbers say; other known software uses the same numbers for its own ends. */
const INNER_CATEGORIES: ReadonlySet<string> = new Set(["ai", "base", "database", "dev", "infra", "iot", "queue"]);

/** What the port is for, when only siblings or administrators are meant to reach it. */
export function innerPurpose({ image }: Service, port: Port): InnerPort | undefined {
  const purpose = port.protocol === "udp" ? undefined : INNER_BY_NUMBER.get(port.target);
  const profile = purpose === undefined || image === undefined ? undefined : profileOf(image.value);
  return profile === undefined || INNER_CATEGORIES.has(profile.category) ? purpose : undefined;
}

/** True for the addresses that mean every interface, in any spelling: none, empty, `0.0.0.0`, `::`, `[::]`, `::ffff:0.0.0.0`. */
export function isEveryInterface(address: string | undefined): boolean {
  return address === undefined || /^\[?([0:]*:ffff:)?[0:.]*\]?$/i.test(address);
}

/** True for `::` and its spellings. */
export function isEveryIPv6Interface(address: string | undefined): boolean {
  return address?.includes(":") === true && isEveryInterface(address) && !/ffff/i.test(address);
}

/** A port as people write it, without its address: `8080`, `3000-3002`, `53/udp`. */
export function formatPort(number: string | number, protocol: string): string {
  return protocol === "tcp" ? String(number) : `${number}/${protocol}`;
}

/** The host port as a person reads it: `8080`, `53/udp`, `a random port (6379 inside)`, the port in `${PORT}` (6379 inside)`. */
export function nameOfHostPort(port: Located<Port>, project: Project): string {
  const { published, target, protocol } = port.value;
  if (published !== undefined) return formatPort(published, protocol);
  return `${unsetPort(port, project) ?? "a random port"} (${formatPort(target, protocol)} inside)`;
}

/** "the port in `${PORT}`" where a variable without a value names it, which Docker takes for a random one. */
export function unsetPort({ value, origin }: Located<Port>, project: Project): string | undefined {
  if (value.published !== undefined || origin?.interpolated !== true) return undefined;
  const written = writtenAs(origin, project) ?? "";
  const [, braced, plain] = /^["']?(?:\[?[\d.:a-f]+\]?:)?\$(?:\{(\w+)(?::?-)?\}|(\w+)):\d/.exec(written) ?? [];
  const name = braced ?? plain;
  return name === undefined ? undefined : `the port in \`\${${name}}\``;
}
