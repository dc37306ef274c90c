import { expect } from "vitest";
import { dangerousSetting } from "../src/rules/dangerous-setting.js";
import { table } from "./table.js";

const n8n = (more: string): string => `services: {web: {image: "n8nio/n8n:2.1.4", ${more}}}`;
const found = ["services.web.environment.N8N_SECURE_COOKIE"];

table(dangerousSetting, [
  { case: "absent", compose: n8n("init: true"), finds: [] },
  { case: "list form", compose: n8n("environment: [N8N_SECURE_COOKIE=false]"), finds: found },
  { case: "map form", compose: n8n("environment: {N8N_SECURE_COOKIE: false}"), finds: found },
  { case: "the safe value", compose: n8n("environment: {N8N_SECURE_COOKIE: true}"), finds: [] },
  { case: "a variable that is not at hand", compose: n8n('environment: {N8N_SECURE_COOKIE: "${COOKIE}"}'), finds: [] },
  {
    case: "a switch is turned",
    compose: n8n("environment: [N8N_SECURE_COOKIE=false]"),
    finds: found,
    first: ({ fix }) =>
      expect(fix?.intents).toEqual([
        { op: "set", path: ["services", "web", "environment", "N8N_SECURE_COOKIE"], value: "true" },
      ]),
  },
  {
    case: "no switch",
    compose: n8n('environment: {NODES_EXCLUDE: "[]"}'),
    finds: ["services.web.environment.NODES_EXCLUDE"],
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "an option",
    compose: "services: {web: {image: prom/prometheus, command: [--web.enable-lifecycle]}}",
    finds: ["services.web.command[0]"],
  },
  {
    case: "an option in the middle of a word",
    compose: "services: {web: {image: prom/prometheus, command: [--web.enable-lifecycle-x]}}",
    finds: [],
  },
  {
    case: "a login switched off is another rule's",
    compose: "services: {web: {image: neo4j, environment: [NEO4J_AUTH=none]}}",
    finds: [],
  },
  {
    case: "a known key is another rule's",
    compose: "services: {web: {image: litellm/litellm, environment: [LITELLM_MASTER_KEY=sk-1234]}}",
    finds: [],
  },
  { case: "build only", compose: "services: {web: {build: ., environment: [N8N_SECURE_COOKIE=false]}}", finds: [] },
  {
    case: "override file",
    compose: {
      "compose.yaml": n8n("environment: [N8N_SECURE_COOKIE=false]"),
      "override.yaml": "services: {web: {environment: {N8N_SECURE_COOKIE: true}}}",
    },
    finds: [],
  },
  {
    case: "all procedures of a family",
    compose:
      "services: {g: {image: 'neo4j:5', environment: {NEO4J_dbms_security_procedures_unrestricted: 'gds.*,apoc.*', NEO4J_apoc_import_file_use__neo4j__config: 'false'}}}",
    finds: [
      "services.g.environment.NEO4J_dbms_security_procedures_unrestricted",
      "services.g.environment.NEO4J_apoc_import_file_use__neo4j__config",
    ],
  },
  {
    case: "the procedures that are needed",
    compose:
      "services: {g: {image: 'neo4j:5', environment: {NEO4J_dbms_security_procedures_unrestricted: apoc.trigger.add, NEO4J_apoc_import_file_enabled: 'true'}}}",
    finds: [],
  },
  {
    case: "checks of the other side, in any image",
    compose:
      "services: {g: {image: 'example/g', environment: {NODE_TLS_REJECT_UNAUTHORIZED: '0', ANSIBLE_HOST_KEY_CHECKING: 'False', GIT_SSL_NO_VERIFY: 'true'}}}",
    finds: ["NODE_TLS_REJECT_UNAUTHORIZED", "ANSIBLE_HOST_KEY_CHECKING", "GIT_SSL_NO_VERIFY"].map(
      (name) => `services.g.environment.${name}`,
    ),
  },
  {
    case: "checks that are on",
    compose:
      "services: {g: {image: 'example/g', environment: {NODE_TLS_REJECT_UNAUTHORIZED: '1', ANSIBLE_HOST_KEY_CHECKING: 'true', GIT_SSL_NO_VERIFY: '${X}'}}}",
    finds: [],
  },
  {
    case: "what is lost by the fix",
    compose: "services: {n: {image: n8nio/n8n, environment: {N8N_SECURE_COOKIE: 'false'}}}",
    finds: ["services.n.environment.N8N_SECURE_COOKIE"],
    first: ({ fix }) => expect(fix?.applicability === "unsafe" && fix.caveat).toContain("plain HTTP"),
  },
  {
    case: "Kopia in clear text, open to other pages",
    compose: "services: {k: {image: 'kopia/kopia:0.22', command: server start --insecure --disable-csrf-token-checks}}",
    finds: ["services.k.command[2]", "services.k.command[3]"],
  },
]);
