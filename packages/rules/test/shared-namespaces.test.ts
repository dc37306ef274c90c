import { sharedNamespaces } from "../src/rules/shared-namespaces.js";
import { table } from "./table.js";

const web = (more: string): string => `services: {web: {image: nginx, ${more}}, db: {image: a}}`;

table(sharedNamespaces, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "processes", compose: web("pid: 'service:db'"), finds: ["services.web.pid"] },
  { case: "memory", compose: web("ipc: 'service:db'"), finds: ["services.web.ipc"] },
  { case: "of a container", compose: web("pid: 'container:x'"), finds: ["services.web.pid"] },
  { case: "network of a container", compose: web("network_mode: 'container:x'"), finds: ["services.web.network_mode"] },
  {
    case: "network of a service by the name of its container",
    compose: "services: {web: {image: a, network_mode: 'container:vpn1'}, vpn: {image: b, container_name: vpn1}}",
    finds: [],
  },
  { case: "network of a service", compose: web("network_mode: 'service:db'"), finds: [] },
  { case: "of the machine is another rule's", compose: web("pid: host, ipc: host"), finds: [] },
  { case: "private and shareable", compose: web("ipc: shareable"), finds: [] },
  { case: "wrong type", compose: web("pid: [a]"), finds: [] },
  { case: "a variable", compose: web("pid: '${P:-service:db}'"), finds: ["services.web.pid"] },
  {
    case: "merge key",
    compose: "x-p: &p {pid: 'service:db'}\nservices: {web: {<<: *p, image: a}, db: {image: a}}",
    finds: ["services.web.pid"],
  },
]);
