import { mountPropagation } from "../src/rules/mount-propagation.js";
import { table } from "./table.js";

const mount = (entry: string): string => `services:\n  web:\n    image: nginx\n    volumes:\n      - ${entry}\n`;
const first = ["services.web.volumes[0]"];

table(mountPropagation, [
  { case: "no volumes", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, volumes: shared}}", finds: [] },
  { case: "none given", compose: mount("/srv:/srv"), finds: [] },
  { case: "short", compose: mount("/srv:/srv:rshared"), finds: first },
  { case: "short, among others", compose: mount("/srv:/srv:ro,shared"), finds: first },
  {
    case: "long",
    compose: mount("{type: bind, source: /srv, target: /srv, bind: {propagation: shared}}"),
    finds: first,
  },
  { case: "slave", compose: mount("/srv:/srv:rslave"), finds: [] },
  { case: "a variable", compose: mount("/srv:/srv:${MODE:-rshared}"), finds: first },
  { case: "build only", compose: "services: {web: {build: ., volumes: ['/srv:/srv:shared']}}", finds: first },
  {
    case: "merge key",
    compose: "x-v: &v {volumes: ['/srv:/srv:shared']}\nservices: {web: {<<: *v, image: a}}",
    finds: first,
  },
]);
