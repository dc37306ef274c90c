import { privileged } from "../src/rules/privileged.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const found = ["services.web.privileged"];

table(privileged, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "true", compose: service("privileged: true"), finds: found },
  { case: "a string", compose: service("privileged: 'true'"), finds: found },
  { case: "another word for true", compose: service("privileged: yes"), finds: found },
  { case: "false", compose: service("privileged: false"), finds: [] },
  { case: "a variable", compose: service("privileged: '${PRIV:-true}'"), finds: found },
  {
    case: "a variable from .env",
    compose: { "compose.yaml": service("privileged: ${PRIV}"), ".env": "PRIV=false\n" },
    finds: [],
  },
  { case: "wrong type", compose: service("privileged: [true]"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., privileged: true}}", finds: found },
  {
    case: "merge key",
    compose:
      "x-p: &p {privileged: true}\nservices: {web: {<<: *p, image: a}, db: {<<: *p, image: a, privileged: false}}",
    finds: found,
  },
  {
    case: "extends",
    compose: "services: {base: {image: a}, web: {extends: base, privileged: true}}",
    finds: found,
  },
  {
    case: "reset by an override file",
    compose: {
      "compose.yaml": service("privileged: true"),
      "override.yaml": "services: {web: {privileged: !reset null}}",
    },
    finds: [],
  },
]);
