import { remembered, rememberedText } from "@compose-harden/model";
import type { ServiceFacts } from "./facts.js";
import type { Profile, Source } from "./profile.js";

/** What an AI service gets where nothing better is known: enough for its start, not for every model. */
export const AI_DEFAULT: { readonly memory_mb: number; readonly cpus: number } = { memory_mb: 4096, cpus: 2 };

/** A model that a service's settings name, and the memory it takes. */
export interface ModelMemory {
  /** As written: `llama3.1:70b`. */
  readonly model: string;
  /** MiB, weights and a little context. */
  readonly memory_mb: number;
}

/** Where the figures for models come from. */
export const MODEL_EVIDENCE: Source = {
  kind: "vendor-doc",
  where: "ollama/ollama/README.md@379fd64fa",
  date: "2026-02-12",
  states: "at least 8 GB of RAM for 7B models, 16 GB for 13B models and 32 GB for 33B models",
};

/** Settings under which services name the models they load. */
const MODEL_KEY = /MODEL|LLM/i;
/** `llama3:8b`, `Qwen2.5-7B-Instruct`, `mixtral-8x7b`: billions of parameters, for mixtures the number of experts first. */
const PARAMETERS = /(?<![\w.])(?:[\w./-]*?[:/_-])?(?:(\d{1,2})x)?(\d{1,3}(?:\.\d+)?)b(?![a-z0-9])/i;
/** What each of them holds. */
const BILLIONS = /\dB/i;
/** 16-bit weights, which servers other than Ollama load unless a quantised file is named. */
const HALF_PRECISION = /\b(?:fp16|bf16|f16)\b/i;

/** Servers that load models into their own memory; chat pages and agents only name what such a server is to load. */
const MODEL_SERVERS =
  /ollama|vllm|llama[._-]?cpp|local-?ai|text-(?:generation|embeddings)|sglang|koboldcpp|xinference|lmdeploy|tritonserver|tabby(?:api|ml)?|infinity|aphrodite|exllama|(?:^|\/)(?:tgi|tei)(?:$|-)/;

/** Whether an image of this name serves models: `ollama/ollama`, `vllm/vllm-openai`, and not `open-webui`. */
export const servesModels: (name: string) => boolean = rememberedText(
  (name) => MODEL_SERVERS.test(name.toLowerCase()) && !/open-?webui|exporter|proxy/.test(name.toLowerCase()),
);

/** Every model that the command or the environment names by its size, largest first. */
export function namedModels(facts: Pick<ServiceFacts, "command" | "environment">): readonly ModelMemory[] {
  const texts = [
    ...Array.from(facts.environment).flatMap(([key, { value }]) =>
      MODEL_KEY.test(key) && value !== null ? [value] : [],
    ),
    ...(facts.command ?? []),
  ];
  return texts
    .filter((text) => BILLIONS.test(text))
    .flatMap((text) => text.split(/[\s,;"'=]+/))
    .flatMap((model) => {
      const memory_mb = modelMemory(model);
      return memory_mb === undefined ? [] : [{ model, memory_mb }];
    })
    .sort((a, b) => b.memory_mb - a.memory_mb);
}

/** MiB that a model of this name takes, from the number of parameters in it; undefined when it names none. */
export function modelMemory(model: string): number | undefined {
  const [, experts, billions] = PARAMETERS.exec(model) ?? [];
  if (billions === undefined) return undefined;
  const size = Number(billions) * Number(experts ?? 1);
  if (size === 0 || size > 2000) return undefined;
  // The vendor's figures are a little over 1 GiB a billion at four bits, with room to run; 16 bits take twice that.
  const gib = size * (HALF_PRECISION.test(model) ? 2.2 : 1.1);
  return Math.ceil(Math.max(gib, 1)) * 1024;
}

/** A memory that lets a service start. */
export interface MemoryFloor {
  /** MiB. */
  readonly memory_mb: number;
  readonly documented: boolean;
  readonly why: string;
  readonly evidence: readonly Source[];
}

/** The least memory that lets the service start, and where the figure comes from; undefined: nothing is known. */
export function memoryFloor(profile: Profile, facts: ServiceFacts): MemoryFloor | undefined {
  const model = servesModels(facts.image) ? namedModels(facts)[0] : undefined;
  if (model === undefined) return floorOf(profile);
  const documented = documentedMemory(profile)?.mb ?? 0;
  if (model.memory_mb <= Math.max(documented, AI_DEFAULT.memory_mb)) return floorOf(profile);
  return {
    memory_mb: model.memory_mb,
    documented: false,
    why: `the model \`${model.model}\` takes about that much`,
    evidence: [MODEL_EVIDENCE],
  };
}

/** The highest figure that the vendor gives. */
function documentedMemory({ limits }: Profile): Profile["limits"]["memory_limit"] {
  return [limits.memory_limit, limits.memory_minimum, limits.memory_recommended]
    .filter((claim) => claim !== undefined)
    .toSorted((a, b) => b.mb - a.mb)[0];
}

/** What is known whatever the service's settings are. */
const floorOf = remembered((profile: Profile): MemoryFloor | undefined => {
  const { limits } = profile;
  const highest = documentedMemory(profile);
  if (highest !== undefined) {
    return { memory_mb: highest.mb, documented: true, why: "the vendor documents it", evidence: highest.evidence };
  }
  // The least that an operator gives it is known to be enough; who gives more may load more.
  const seen = Math.min(...(limits.memory_seen?.mb ?? [0]));
  if (profile.category === "ai") {
    const memory_mb = Math.max(AI_DEFAULT.memory_mb, seen);
    const evidence = (memory_mb === seen ? limits.memory_seen : limits.started_within)?.evidence ?? [];
    return { memory_mb, documented: false, why: "AI services need gigabytes", evidence };
  }
  if (seen > 0)
    return {
      memory_mb: seen,
      documented: false,
      why: "operators set it",
      evidence: limits.memory_seen?.evidence ?? [],
    };
  if (limits.measured !== undefined) {
    // A start-up floor says nothing about load: four times it, and no less than 256 MiB.
    const memory_mb = Math.max(256, 2 ** Math.ceil(Math.log2(limits.measured.memory_mb * 4)));
    return { memory_mb, documented: false, why: "four times the measured start", evidence: limits.measured.evidence };
  }
  if (limits.started_within !== undefined) {
    return {
      memory_mb: limits.started_within.memory_mb,
      documented: false,
      why: "it was seen to start within it",
      evidence: limits.started_within.evidence,
    };
  }
  return undefined;
});
