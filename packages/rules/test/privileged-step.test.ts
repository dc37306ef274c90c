import { expect } from "vitest";
import { privilegedStep } from "../src/rules/privileged-step.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;

table(privilegedStep, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "a plain hook", compose: service("post_start: [{command: ./a}]"), finds: [] },
  { case: "wrong type", compose: service("post_start: ./a"), finds: [] },
  {
    case: "a privileged hook",
    compose: service("pre_stop: [{command: ./a}, {command: ./b, privileged: true}]"),
    finds: ["services.web.pre_stop[1].privileged"],
    first: ({ severity }) => expect(severity).toBe("critical"),
  },
  {
    case: "a hook as root",
    compose: service("post_start: [{command: ./a, user: root}]"),
    finds: ["services.web.post_start[0].user"],
  },
  { case: "a hook as another user", compose: service("post_start: [{command: ./a, user: '1000'}]"), finds: [] },
  { case: "a short build", compose: "services: {web: {build: .}}", finds: [] },
  {
    case: "a privileged build",
    compose: "services: {web: {build: {context: ., privileged: true}}}",
    finds: ["services.web.build.privileged"],
  },
  {
    case: "entitlements",
    compose: "services: {web: {build: {context: ., entitlements: [security.insecure]}}}",
    finds: ["services.web.build.entitlements"],
  },
  { case: "empty entitlements", compose: "services: {web: {build: {context: ., entitlements: []}}}", finds: [] },
  {
    case: "a build on the host's network",
    compose: "services: {web: {build: {context: ., network: host}}}",
    finds: ["services.web.build.network"],
  },
  {
    case: "a variable",
    compose: "services: {web: {build: {context: ., privileged: '${P:-true}'}}}",
    finds: ["services.web.build.privileged"],
  },
]);
