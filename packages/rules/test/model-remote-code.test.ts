import { modelRemoteCode } from "../src/rules/model-remote-code.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: vllm/vllm-openai, ${more}}}`;

table(modelRemoteCode, [
  { case: "absent", compose: of("command: [--model, a/b]"), finds: [] },
  {
    case: "an option",
    compose: of("command: [--model, a/b, --trust-remote-code]"),
    finds: ["services.web.command[2]"],
  },
  { case: "with underscores", compose: of("command: [--trust_remote_code]"), finds: ["services.web.command[0]"] },
  { case: "a string", compose: of("command: --model a/b --trust-remote-code"), finds: ["services.web.command[2]"] },
  {
    case: "in a shell's line",
    compose: of("command: [sh, -c, 'vllm serve a/b --trust-remote-code']"),
    finds: ["services.web.command[2]"],
  },
  { case: "a revision", compose: of("command: [--trust-remote-code, --revision=abc]"), finds: [] },
  { case: "switched off", compose: of("command: [--trust-remote-code=false]"), finds: [] },
  {
    case: "a variable",
    compose: of("environment: {TRUST_REMOTE_CODE: 'true'}"),
    finds: ["services.web.environment.TRUST_REMOTE_CODE"],
  },
  {
    case: "no check of the model's own file",
    compose: of("command: [--api, --disable-safe-unpickle]"),
    finds: ["services.web.command[1]"],
  },
  {
    case: "no check by a variable",
    compose: of("environment: {TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD: 1}"),
    finds: ["services.web.environment.TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"],
  },
  { case: "a variable switched off", compose: of("environment: {TRUST_REMOTE_CODE: 'false'}"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., command: [--trust-remote-code]}}",
    finds: ["services.web.command[0]"],
  },
]);
