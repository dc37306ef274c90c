import { anythingllmSysAdmin } from "../src/rules/anythingllm-sys-admin.js";
import { table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const found = ["services.web.cap_add[0]"];

table(anythingllmSysAdmin, [
  { case: "absent", compose: of("mintplexlabs/anythingllm", "init: true"), finds: [] },
  { case: "given", compose: of("mintplexlabs/anythingllm", "cap_add: [SYS_ADMIN]"), finds: found },
  {
    case: "another spelling",
    compose: of("ghcr.io/mintplex-labs/anything-llm:1.8", "cap_add: [CAP_SYS_ADMIN]"),
    finds: found,
  },
  { case: "another capability", compose: of("mintplexlabs/anythingllm", "cap_add: [CHOWN]"), finds: [] },
  { case: "another image", compose: of("nginx", "cap_add: [SYS_ADMIN]"), finds: [] },
  {
    case: "override file",
    compose: {
      "compose.yaml": of("mintplexlabs/anythingllm", "init: true"),
      "override.yaml": "services: {web: {cap_add: [SYS_ADMIN]}}",
    },
    finds: found,
  },
]);
