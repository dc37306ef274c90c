import { containerSsh } from "../src/rules/container-ssh.js";
import { table } from "./table.js";

const app = (ports: string): string => `services: {app: {image: app, ports: ${ports}}}`;
const found = ["services.app.ports[0]"];

table(containerSsh, [
  { case: "absent", compose: "services: {app: {image: app}}", finds: [] },
  { case: "published", compose: app("['2222:22']"), finds: found },
  { case: "on this machine", compose: app("['127.0.0.1:2222:22']"), finds: found },
  { case: "long syntax", compose: app("[{target: 22, published: '2222'}]"), finds: found },
  { case: "another port of the container", compose: app("['22:2222']"), finds: [] },
  { case: "udp", compose: app("['22:22/udp']"), finds: [] },
  { case: "empty list", compose: app("[]"), finds: [] },
  { case: "wrong type", compose: app("5"), finds: [] },
  { case: "a git server", compose: "services: {app: {image: 'gitea/gitea:1', ports: ['22:22']}}", finds: [] },
  {
    case: "file transfer, by the service's name",
    compose: "services: {sftp: {build: ., ports: ['22:22']}}",
    finds: [],
  },
  { case: "a tunnel", compose: "services: {edge: {image: 'fosrl/pangolin:1', ports: ['22:22']}}", finds: [] },
  { case: "build only", compose: "services: {app: {build: ., ports: ['22:22']}}", finds: found },
  { case: "merge key", compose: "x-p: &p {ports: ['22:22']}\nservices: {app: {<<: *p, image: a}}", finds: found },
]);
