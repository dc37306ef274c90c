import { n8nEncryptionKey } from "../src/rules/n8n-encryption-key.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: n8nio/n8n, ${more}}}`;
const found = ["services.web.environment.N8N_ENCRYPTION_KEY"];
const volume = "volumes: ['n8n:/home/node/.n8n']}}\nvolumes: {n8n: {}}#";

table(n8nEncryptionKey, [
  { case: "nothing kept", compose: of("init: true"), finds: found },
  { case: "a volume", compose: of(volume), finds: [] },
  { case: "a volume above", compose: of("volumes: ['./home:/home/node']"), finds: [] },
  { case: "root's folder", compose: of("user: root, volumes: ['./d:/root/.n8n']"), finds: [] },
  { case: "a volume elsewhere", compose: of("volumes: ['./files:/files']"), finds: found },
  { case: "a sibling's name", compose: of("volumes: ['./x:/home/node/.n8n-files']"), finds: found },
  { case: "a key", compose: of("environment: [N8N_ENCRYPTION_KEY=x]"), finds: [] },
  { case: "a key from a variable", compose: of('environment: {N8N_ENCRYPTION_KEY: "${K}"}'), finds: [] },
  { case: "a key in a file", compose: of("environment: [N8N_ENCRYPTION_KEY_FILE=/run/secrets/k]"), finds: [] },
  {
    case: "another folder, kept",
    compose: of("environment: [N8N_USER_FOLDER=/data], volumes: ['./d:/data']"),
    finds: [],
  },
  { case: "queue mode", compose: of(`environment: [EXECUTIONS_MODE=queue], ${volume}`), finds: found },
  { case: "an env file that is missing", compose: of("env_file: n8n.env"), finds: [] },
  { case: "the runners hold none", compose: "services: {web: {image: n8nio/runners}}", finds: [] },
  { case: "another image", compose: "services: {web: {image: redis}}", finds: [] },
]);
