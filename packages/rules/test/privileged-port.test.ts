import { privilegedPort } from "../src/rules/privileged-port.js";
import { table } from "./table.js";

const web = (ports: string): string => `services: {web: {image: nginx, ports: ${ports}}}`;
const found = ["services.web.ports[0]"];

table(privilegedPort, [
  { case: "syslog over TCP", compose: "services: {log: {image: a, ports: ['601:6601', '514:5514/udp']}}", finds: [] },
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: web("[]"), finds: [] },
  { case: "wrong type", compose: web("5"), finds: [] },
  { case: "a low one", compose: web("['81:80']"), finds: found },
  { case: "long syntax", compose: web("[{target: 80, published: '850'}]"), finds: found },
  { case: "with an address", compose: web("['127.0.0.1:81:80']"), finds: found },
  { case: "a variable", compose: web("['${PORT:-81}:80']"), finds: found },
  { case: "the last low one", compose: web("['1023:80']"), finds: found },
  { case: "the first high one", compose: web("['1024:80']"), finds: [] },
  { case: "a known one", compose: web("['80:8080', '443:8443', '53:5353/udp']"), finds: [] },
  { case: "the software's own", compose: web("['873:873']"), finds: [] },
  { case: "a random one", compose: web("['80']"), finds: [] },
  { case: "void", compose: "services: {web: {image: nginx, network_mode: host, ports: ['81:80']}}", finds: [] },
  { case: "build only", compose: "services: {web: {build: ., ports: ['81:80']}}", finds: found },
]);
