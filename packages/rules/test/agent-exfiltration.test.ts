import { expect } from "vitest";
import { agentExfiltration } from "../src/rules/agent-exfiltration.js";
import { table } from "./table.js";

const agent = (environment: string, more = ""): string =>
  `services: {agent: {image: 'ghcr.io/openclaw/openclaw:1', environment: {${environment}}${more}}}`;
const both = "GITHUB_TOKEN: '${A}', TELEGRAM_BOT_TOKEN: '${B}'";
const found = ["services.agent"];

table(agentExfiltration, [
  {
    case: "a worker that answers nobody",
    compose:
      "services: {agent: {image: n8nio/n8n, environment: {TELEGRAM_BOT_TOKEN: x}}, work: {image: 'ghcr.io/immich-app/immich-server:v1', command: [start.sh, microservices]}}",
    finds: [],
  },
  {
    case: "and the server beside it",
    compose:
      "services: {agent: {image: n8nio/n8n, environment: {TELEGRAM_BOT_TOKEN: x}}, work: {image: 'ghcr.io/immich-app/immich-server:v1', command: [start.sh, microservices]}, photos: {image: 'ghcr.io/immich-app/immich-server:v1'}}",
    finds: ["services.agent"],
    first: ({ message }) => expect(message).toContain("`photos`"),
  },
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "wrong type", compose: "services: {agent: {image: openclaw/openclaw, environment: 5}}", finds: [] },
  {
    case: "a credential, a chat and the internet",
    compose: agent(both),
    finds: found,
    first: ({ related, message }) => {
      expect(related).toHaveLength(2);
      expect(message).toContain("`GITHUB_TOKEN`");
    },
  },
  {
    case: "an import that runs once",
    compose: agent(both, ", restart: 'no', entrypoint: /bin/sh, command: [-c, 'import /backup']"),
    finds: [],
  },
  { case: "photos and a chat", compose: agent("IMMICH_API_KEY: '${A}', MATTERMOST_BOT_TOKEN: '${B}'"), finds: found },
  {
    case: "a mailbox beside it, which is private and written by strangers",
    compose: "services: {agent: {image: 'ghcr.io/openclaw/openclaw:1'}, mail: {image: 'shenxn/protonmail-bridge:3'}}",
    finds: found,
  },
  { case: "no private data", compose: agent("TELEGRAM_BOT_TOKEN: '${B}', OPENAI_API_KEY: '${C}'"), finds: [] },
  { case: "no text from strangers", compose: agent("GITHUB_TOKEN: '${A}'"), finds: [] },
  { case: "no way out", compose: `${agent(both, ", networks: [n]")}\nnetworks: {n: {internal: true}}`, finds: [] },
  {
    case: "one network that is not internal",
    compose: `${agent(both, ", networks: [n, m]")}\nnetworks: {n: {internal: true}, m: {}}`,
    finds: found,
  },
  { case: "no network", compose: agent(both, ", network_mode: none"), finds: [] },
  { case: "the machine's network", compose: agent(both, ", network_mode: host"), finds: found },
  {
    case: "no agent",
    compose: "services: {web: {image: nginx, environment: {GITHUB_TOKEN: '${A}', TELEGRAM_BOT_TOKEN: '${B}'}}}",
    finds: [],
  },
  {
    case: "a person's files",
    compose: agent("TAVILY_API_KEY: '${T}'", ", volumes: ['/home/me/Documents:/data:ro']"),
    finds: found,
  },
  {
    case: "its own files",
    compose: agent("TAVILY_API_KEY: '${T}'", ", volumes: ['./data:/data', 'x:/y']").replace(/$/, "\nvolumes: {x: {}}"),
    finds: [],
  },
  {
    case: "a credential that may be empty",
    compose: agent("GITHUB_TOKEN: '${A:-}', TELEGRAM_BOT_TOKEN: '${B}'"),
    finds: [],
  },
  {
    case: "neighbours",
    compose:
      "services: {chat: {image: 'ghcr.io/open-webui/open-webui:main'}, search: {image: searxng/searxng}, cloud: {image: 'nextcloud:31'}}",
    finds: ["services.chat"],
  },
  {
    case: "neighbours on other networks",
    compose:
      "services: {chat: {image: 'ghcr.io/open-webui/open-webui:main', networks: [a]}, search: {image: searxng/searxng, networks: [a]}, cloud: {image: 'nextcloud:31', networks: [b]}}\nnetworks: {a: {}, b: {}}",
    finds: [],
  },
  { case: "its own database", compose: agent("POSTGRES_PASSWORD: '${A}', TELEGRAM_BOT_TOKEN: '${B}'"), finds: [] },
]);
