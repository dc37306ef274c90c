import { expect } from "vitest";
import { memoryLimit } from "../src/rules/memory-limit.js";
import { type Case, table } from "./table.js";

const service = (more: string, image = "nginx"): string => `services: {web: {image: ${image}, ${more}}}`;
const attribute = ["services.web.mem_limit"];
const resource = ["services.web.deploy.resources.limits.memory"];
const sets =
  (path: string, written: string): Case["first"] =>
  ({ fix }) =>
    expect(fix).toMatchObject({
      applicability: "unsafe",
      intents: [{ op: "set", path: ["services", "web", ...path.split(".")], written }],
    });

table(memoryLimit, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: attribute, first: sets("mem_limit", "1g") },
  { case: "build only", compose: "services: {web: {build: .}}", finds: attribute, first: sets("mem_limit", "1g") },
  {
    case: "a model server",
    compose: "services: {web: {image: 'ghcr.io/open-webui/open-webui:main'}}",
    finds: attribute,
    first: sets("mem_limit", "4g"),
  },
  {
    case: "whatever computes on a graphics processor",
    compose: service(
      "deploy: {resources: {reservations: {devices: [{driver: nvidia, capabilities: [gpu]}]}}}",
      "acme/tts:1",
    ),
    finds: attribute,
    first: sets("mem_limit", "4g"),
  },
  {
    case: "another device",
    compose: service("deploy: {resources: {reservations: {devices: [{capabilities: [tpu]}]}}}", "acme/a:1"),
    finds: attribute,
    first: sets("mem_limit", "1g"),
  },
  {
    case: "a model that a client names raises the server",
    compose:
      "services: {llm: {image: 'ollama/ollama:0.12.6'}, web: {image: 'ghcr.io/open-webui/open-webui:v0.6.0', environment: {DEFAULT_MODELS: 'llama3.1:70b'}}}",
    finds: ["services.llm.mem_limit", "services.web.mem_limit"],
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ written: "77g" }]),
  },
  {
    case: "and not the client",
    compose:
      "services: {web: {image: 'ghcr.io/open-webui/open-webui:v0.6.0', environment: {DEFAULT_MODELS: 'llama3.1:70b'}}}",
    finds: attribute,
    first: sets("mem_limit", "4g"),
  },
  {
    case: "nor another server that names its own",
    compose:
      "services: {web: {image: 'acme/vllm-openai:1', command: [--model, 'acme/tiny-1b']}, llm: {image: 'ollama/ollama:0.12.6', environment: {OLLAMA_MODEL: 'llama3.1:70b'}}}",
    finds: ["services.web.mem_limit", "services.llm.mem_limit"],
    first: sets("mem_limit", "4g"),
  },
  { case: "mem_limit", compose: service("mem_limit: 512m"), finds: [] },
  { case: "a variable with a default", compose: service("mem_limit: '${MEM:-512m}'"), finds: [] },
  { case: "deploy", compose: service("deploy: {resources: {limits: {memory: 1g}}}"), finds: [] },
  {
    case: "beside another limit in deploy",
    compose: service("deploy: {resources: {limits: {cpus: '1'}}}"),
    finds: resource,
    first: sets("deploy.resources.limits.memory", "1g"),
  },
  {
    case: "beside an empty block in deploy",
    compose: service("deploy: {resources: {limits: {}}}"),
    finds: resource,
    first: sets("deploy.resources.limits.memory", "1g"),
  },
  { case: "beside another limit of the service", compose: service("cpus: 1"), finds: attribute },
  { case: "a Swarm service reads deploy only", compose: service("deploy: {mode: global}"), finds: resource },
  {
    case: "unless it writes limits itself",
    compose: service("pids_limit: 5, deploy: {mode: global}"),
    finds: attribute,
  },
  {
    case: "a reservation limits nothing",
    compose: service("deploy: {resources: {reservations: {memory: 3g}}}"),
    finds: attribute,
    first: sets("mem_limit", "6g"),
  },
  {
    case: "room for a Java heap",
    compose: service("environment: {JAVA_OPTS: '-Xms1g -Xmx3g'}"),
    finds: attribute,
    first: sets("mem_limit", "6g"),
  },
  {
    case: "0",
    compose: service("mem_limit: 0"),
    finds: attribute,
  },
  { case: "negative", compose: service("mem_limit: -1"), finds: attribute },
  { case: "a decimal number without a unit", compose: service("mem_limit: 1.5"), finds: attribute },
  { case: "'0' in deploy", compose: service("deploy: {resources: {limits: {memory: '0'}}}"), finds: resource },
  { case: "wrong type", compose: service("mem_limit: [1]"), finds: attribute },
  {
    case: "option",
    compose: service("init: true"),
    options: { value: "768m" },
    finds: attribute,
    first: sets("mem_limit", "768m"),
  },
  { case: "merge key", compose: "x-m: &m {mem_limit: 1g}\nservices: {web: {<<: *m, image: a}}", finds: [] },
  {
    case: "merge key, shadowed",
    compose:
      "x-m: &m {deploy: {resources: {limits: {memory: 1g}}}}\nservices: {web: {<<: *m, image: a, deploy: {replicas: 1}}}",
    finds: attribute,
  },
  { case: "extends", compose: "services: {base: {image: a, mem_limit: 1g}, web: {extends: base}}", finds: [] },
  {
    case: "override file",
    compose: { "compose.yaml": service("init: true"), "override.yaml": "services: {web: {mem_limit: 1g}}" },
    finds: [],
  },
]);
