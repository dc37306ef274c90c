import { expect } from "vitest";
import { composeAndSwarm } from "../src/rules/compose-and-swarm.js";
import { table } from "./table.js";

const web = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const placed = "deploy: {placement: {constraints: ['node.role == worker']}}";

table(composeAndSwarm, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "Compose only", compose: web("restart: always, security_opt: ['no-new-privileges:true']"), finds: [] },
  { case: "Swarm only", compose: web(placed), finds: [] },
  {
    case: "limits are for both",
    compose: web("restart: always, deploy: {resources: {limits: {cpus: '1'}}}"),
    finds: [],
  },
  { case: "replicas are for both", compose: web("restart: always, deploy: {replicas: 2}"), finds: [] },
  {
    case: "restart",
    compose: web(`restart: always, ${placed}`),
    finds: ["services.web.deploy.placement"],
    first: ({ severity }) => expect(severity).toBe("info"),
  },
  {
    case: "protection weighs more",
    compose: web(`restart: always, security_opt: ['no-new-privileges:true'], ${placed}`),
    finds: ["services.web.deploy.placement"],
    first: ({ severity, message }) => {
      expect(severity).toBe("low");
      expect(message).toContain("`restart`");
    },
  },
  { case: "mode", compose: web("privileged: true, deploy: {mode: global}"), finds: ["services.web.deploy.mode"] },
  {
    case: "replicated is for both",
    compose: web("restart: always, deploy: {mode: replicated, replicas: 2}"),
    finds: [],
  },
  {
    case: "updates",
    compose: web("network_mode: host, deploy: {update_config: {parallelism: 1}}"),
    finds: ["services.web.deploy.update_config"],
  },
  { case: "empty", compose: web("restart: always, deploy: {}"), finds: [] },
  { case: "wrong type", compose: web("restart: always, deploy: 5"), finds: [] },
  {
    case: "merge key",
    compose: `x-d: &d {restart: always}\nservices: {web: {<<: *d, image: a, ${placed}}}`,
    finds: ["services.web.deploy.placement"],
  },
]);
