import { expect } from "vitest";
import { cancelledHardening } from "../src/rules/cancelled-hardening.js";
import { table } from "./table.js";

const web = (more: string): string => `services: {web: {image: nginx, ${more}}}`;

table(cancelledHardening, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "the right form", compose: web("cap_drop: [ALL], cap_add: [CHOWN]"), finds: [] },
  {
    case: "all added over all dropped",
    compose: web("cap_drop: [ALL], cap_add: [ALL]"),
    finds: ["services.web.cap_add[0]"],
  },
  { case: "other spellings", compose: web("cap_drop: [all], cap_add: [All]"), finds: ["services.web.cap_add[0]"] },
  { case: "all added, none dropped", compose: web("cap_add: [ALL]"), finds: [] },
  {
    case: "one dropped and added",
    compose: web("cap_drop: [CAP_NET_RAW], cap_add: [net_raw]"),
    finds: ["services.web.cap_add[0]"],
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ op: "drop", item: "net_raw" }]),
  },
  { case: "another one", compose: web("cap_drop: [NET_RAW], cap_add: [NET_ADMIN]"), finds: [] },
  {
    case: "privileged over dropped ones",
    compose: web("privileged: true, cap_drop: [ALL]"),
    finds: ["services.web.privileged"],
  },
  {
    case: "privileged over a profile",
    compose: web("privileged: true, security_opt: ['seccomp:./s.json']"),
    finds: ["services.web.privileged"],
  },
  {
    case: "privileged and no-new-privileges both hold",
    compose: web("privileged: true, security_opt: ['no-new-privileges:true']"),
    finds: [],
  },
  { case: "privileged alone", compose: web("privileged: true"), finds: [] },
  { case: "not privileged", compose: web("privileged: false, cap_drop: [ALL]"), finds: [] },
  { case: "empty lists", compose: web("cap_drop: [], cap_add: []"), finds: [] },
  { case: "wrong type", compose: web("cap_drop: ALL, cap_add: {a: b}"), finds: [] },
  {
    case: "extends",
    compose: "services: {base: {image: a, cap_add: [ALL]}, web: {extends: base, cap_drop: [ALL]}}",
    finds: ["services.web.cap_add[0]"],
  },
]);
