import { hostNetwork } from "../src/rules/host-network.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;

table(hostNetwork, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "host", compose: service("network_mode: host"), finds: ["services.web.network_mode"] },
  { case: "a variable", compose: service("network_mode: '${MODE:-host}'"), finds: ["services.web.network_mode"] },
  { case: "bridge", compose: service("network_mode: bridge"), finds: [] },
  { case: "another service's", compose: service("network_mode: 'service:web2'"), finds: [] },
  { case: "wrong type", compose: service("network_mode: [host]"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., network_mode: host}}",
    finds: ["services.web.network_mode"],
  },
  {
    case: "the external network named host",
    compose: `${service("networks: [host]")}\nnetworks: {host: {external: true}}`,
    finds: ["services.web.networks.host"],
  },
  {
    case: "the same under another name",
    compose: `${service("networks: {out: {}}")}\nnetworks: {out: {external: true, name: host}}`,
    finds: ["services.web.networks.out"],
  },
  {
    case: "a network of one's own that is called host",
    compose: `${service("networks: [host]")}\nnetworks: {host: {}}`,
    finds: [],
  },
  {
    case: "extends",
    compose: "services: {base: {image: a, network_mode: host}, web: {extends: base}}",
    finds: ["services.base.network_mode", "services.web.network_mode"],
  },
]);
