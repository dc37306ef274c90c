import { type Json, type Located, type Project, remembered, rememberedText, type Service } from "@compose-harden/model";
import { namedModels, parseImage, servesModels } from "@compose-harden/profiles";
import { usesGpu } from "../host/container.js";
import { words } from "../programs/start-words.js";

/** Upper bounds that leave a service room to work. */
export interface Sizes {
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
  /** Processes and threads. */
  readonly pids: number;
}

const GiB = 1024 ** 3;

interface SizeClass extends Sizes {
  /** Matches the image's name without registry and tag, or the service's name when it has no image. */
  readonly match: RegExp;
  readonly reason: string;
}

/** Servers and clients of models, and whatever else computes on a graphics processor. */
const MODELS: SizeClass = {
  match:
    /ollama|openclaw|clawdbot|anythingllm|anything-llm|open-?webui|(^|[/_-])n8n|(^|[/_-])(mcp|llm)([/_-]|$)|vllm|llama|localai|local-ai|litellm|flowise|langflow|comfyui|stable-diffusion|text-generation|text-embeddings|whisper|langfuse|librechat|lobe-chat|dify|qdrant|weaviate|chroma|milvus|jupyter|pytorch|tensorflow|huggingface|machine-learning/,
  memory: 4 * GiB,
  cpus: 2,
  pids: 1024,
  reason: "models, embeddings and agents' tool processes live in memory",
};

/** First match wins. */
const SIZE_CLASSES: readonly SizeClass[] = [
  {
    match: /gitlab|mssql|sqlserver/,
    memory: 8 * GiB,
    cpus: 2,
    pids: 2048,
    reason: "their vendors ask for several GiB before anything is stored",
  },
  MODELS,
  {
    match:
      /elasticsearch|opensearch|solr|cassandra|kafka|neo4j|keycloak|jenkins|sonarqube|nexus|minecraft|clickhouse|logstash|kibana|graylog/,
    memory: 4 * GiB,
    cpus: 2,
    pids: 4096,
    reason: "Java heaps and servers with a thread for each client",
  },
  {
    match:
      /postgres|timescale|pgvector|postgis|mysql|mariadb|mongo|nextcloud|immich|jellyfin|plex|home-assistant|frigate/,
    memory: 2 * GiB,
    cpus: 2,
    pids: 1024,
    reason: "caches that grow with the data",
  },
];

/** One CPU exists on every machine: Docker refuses to start a container whose limit is above what the machine has. */
const ORDINARY: Sizes = { memory: GiB, cpus: 1, pids: 512 };

/** A first guess from the kind of software. */
export function sizesFor(service: Service): Sizes {
  const { image, name } = service;
  const known = sizesNamed((image === undefined ? name : parseImage(image.value).repository).toLowerCase());
  return usesGpu(service) && known.memory < MODELS.memory ? MODELS : known;
}

const sizesNamed = rememberedText((name): Sizes => SIZE_CLASSES.find(({ match }) => match.test(name)) ?? ORDINARY);

/**
 * Bytes that the project's settings ask for: what the service reserves, doubled, since nothing runs well at its limit; for a model
 * server also the largest model that it or one of its clients names. 0 where they ask for nothing.
 */
export function memoryWanted(service: Service, project: Project): number {
  const reserved = Math.max(
    bytesOf(service.get("mem_reservation")),
    bytesOf(service.get("deploy", "resources", "reservations", "memory")),
    bytesOf(service.get("shm_size")),
    javaHeap(service),
  );
  return Math.max(2 * reserved, largestModel(service, project));
}

function bytesOf(place: Located<Json> | undefined): number {
  const bytes = place === undefined ? 0 : Number(place.raw);
  return Number.isFinite(bytes) ? bytes : 0;
}

/** Bytes of the largest model that a server may be asked to load; 0 for what serves no models. */
function largestModel(service: Service, project: Project): number {
  const image = serverOf(service);
  return image === undefined ? 0 : (largestModels(project).get(image) ?? 0);
}

/** The bytes of the largest model that each model server of a project may be asked to load, by the server's image. */
const largestModels = remembered(({ services }: Project): ReadonlyMap<string, number> => {
  const wanted = services.map((service) => ({ server: serverOf(service), bytes: largestNamedBy(service) }));
  const images = new Set(wanted.flatMap(({ server }) => server ?? []));
  return new Map(
    Array.from(images, (image) => {
      const asking = wanted.filter(({ server }) => (server ?? image) === image);
      return [image, asking.reduce((most, { bytes }) => Math.max(most, bytes), 0)];
    }),
  );
});

function largestNamedBy(service: Service): number {
  const models = namedModels({
    command: words(service),
    environment: service.environment.items,
  });
  return Math.max(0, ...models.map(({ memory_mb }) => memory_mb)) * 1024 ** 2;
}

/** The name of a model server's image, undefined for anything else. */
const serverOf = remembered(({ image }: Service): string | undefined => {
  const repository = image === undefined ? undefined : parseImage(image.value).repository;
  return repository !== undefined && servesModels(repository) ? repository : undefined;
});

/** The largest Java heap that the settings ask for, in bytes. */
function javaHeap({ environment, command }: Service): number {
  let most = 0;
  const look = (text: string): void => {
    if (!text.includes("-Xmx")) return;
    for (const [, digits, unit = ""] of text.matchAll(/-Xmx(\d+)([kmg])/gi))
      most = Math.max(most, Number(digits) * 1024 ** ("kmg".indexOf(unit.toLowerCase()) + 1));
  };
  for (const { value } of environment.items.values()) look(value ?? "");
  for (const word of command?.value ?? []) look(word);
  return most;
}
