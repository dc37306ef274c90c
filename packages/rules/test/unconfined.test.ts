import { unconfined } from "../src/rules/unconfined.js";
import { table } from "./table.js";

const options = (list: string): string => `services: {web: {image: nginx, security_opt: ${list}}}`;
const first = ["services.web.security_opt[0]"];

table(unconfined, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: options("[]"), finds: [] },
  { case: "wrong type", compose: options("seccomp:unconfined"), finds: [] },
  { case: "seccomp, colon", compose: options("['seccomp:unconfined']"), finds: first },
  { case: "seccomp, equals sign", compose: options("[seccomp=unconfined]"), finds: first },
  { case: "a variable", compose: options("['seccomp:${PROFILE:-unconfined}']"), finds: first },
  { case: "a profile of its own", compose: options("['seccomp:./profile.json']"), finds: [] },
  { case: "apparmor", compose: options("['apparmor:unconfined']"), finds: first },
  { case: "apparmor with a profile", compose: options("['apparmor:docker-default']"), finds: [] },
  { case: "label:disable", compose: options("['label:disable']"), finds: first },
  { case: "label=type:spc_t", compose: options("['label=type:spc_t']"), finds: first },
  { case: "another label", compose: options("['label:level:s0:c1']"), finds: [] },
  { case: "systempaths", compose: options("[systempaths=unconfined]"), finds: first },
  {
    case: "several",
    compose: options("[seccomp=unconfined, apparmor=unconfined]"),
    finds: [...first, "services.web.security_opt[1]"],
  },
  { case: "build only", compose: "services: {web: {build: ., security_opt: [seccomp=unconfined]}}", finds: first },
  {
    case: "anchor",
    compose: "x-o: &o [seccomp=unconfined]\nservices: {web: {image: a, security_opt: *o}}",
    finds: first,
  },
  {
    case: "extends adds to the list",
    compose:
      "services: {base: {image: a, security_opt: [no-new-privileges]}, web: {extends: base, security_opt: [seccomp=unconfined]}}",
    finds: ["services.web.security_opt[1]"],
  },
]);
