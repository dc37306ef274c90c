import { hostGateway } from "../src/rules/host-gateway.js";
import { table } from "./table.js";

const web = (hosts: string): string => `services: {web: {image: nginx, ports: ['80:80'], extra_hosts: ${hosts}}}`;
const found = ["services.web.extra_hosts"];

table(hostGateway, [
  { case: "absent", compose: "services: {web: {image: nginx, ports: ['80:80']}}", finds: [] },
  { case: "a list", compose: web("['host.docker.internal:host-gateway']"), finds: found },
  { case: "a map", compose: web("{host.docker.internal: host-gateway}"), finds: found },
  { case: "another name", compose: web("['machine=host-gateway']"), finds: found },
  { case: "another host", compose: web("['db:192.0.2.7']"), finds: [] },
  { case: "empty list", compose: web("[]"), finds: [] },
  { case: "wrong type", compose: web("5"), finds: [] },
  { case: "not published", compose: "services: {web: {image: nginx, extra_hosts: ['h:host-gateway']}}", finds: [] },
  {
    case: "published on this machine",
    compose: "services: {web: {image: nginx, ports: ['127.0.0.1:80:80'], extra_hosts: ['h:host-gateway']}}",
    finds: [],
  },
  {
    case: "merge key",
    compose: "x-h: &h {extra_hosts: ['h:host-gateway']}\nservices: {web: {<<: *h, image: a, ports: ['80:80']}}",
    finds: found,
  },
]);
