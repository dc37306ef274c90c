import { unprotectedNetwork } from "../src/rules/unprotected-network.js";
import { table } from "./table.js";

const network = (options: string): string =>
  `services: {web: {image: nginx, networks: [lan]}}\nnetworks: {lan: {driver_opts: ${options}}}`;
const at = (option: string): readonly string[] => [`networks.lan.driver_opts["com.docker.network.bridge.${option}"]`];

table(unprotectedNetwork, [
  { case: "no networks", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "no options", compose: "services: {web: {image: nginx, networks: [lan]}}\nnetworks: {lan: }", finds: [] },
  { case: "wrong type", compose: network("5"), finds: [] },
  {
    case: "nat-unprotected",
    compose: network("{com.docker.network.bridge.gateway_mode_ipv4: nat-unprotected}"),
    finds: at("gateway_mode_ipv4"),
  },
  {
    case: "routed",
    compose: network("{com.docker.network.bridge.gateway_mode_ipv6: routed}"),
    finds: at("gateway_mode_ipv6"),
  },
  { case: "isolated", compose: network("{com.docker.network.bridge.gateway_mode_ipv4: isolated}"), finds: [] },
  {
    case: "every interface by default",
    compose: network("{com.docker.network.bridge.host_binding_ipv4: 0.0.0.0}"),
    finds: at("host_binding_ipv4"),
  },
  {
    case: "loopback by default",
    compose: network("{com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}"),
    finds: [],
  },
  {
    case: "a variable",
    compose: network("{com.docker.network.bridge.host_binding_ipv4: '${IP:-0.0.0.0}'}"),
    finds: at("host_binding_ipv4"),
  },
  { case: "another option", compose: network("{com.docker.network.driver.mtu: 1400}"), finds: [] },
]);
