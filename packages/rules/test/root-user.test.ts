import { rootUser } from "../src/rules/root-user.js";
import { table } from "./table.js";

const user = (value: string): string => `services: {web: {image: nginx, user: ${value}}}`;
const found = ["services.web.user"];

table(rootUser, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "root", compose: user("root"), finds: found },
  { case: "0", compose: user("'0'"), finds: found },
  { case: "0:0", compose: user("'0:0'"), finds: found },
  { case: "root with another group", compose: user("'root:1000'"), finds: found },
  { case: "a variable", compose: user("'${UID:-0}'"), finds: found },
  { case: "a variable with another default", compose: user("'${UID:-1000}'"), finds: [] },
  { case: "empty: the image decides", compose: user("''"), finds: [] },
  { case: "another user, group 0", compose: user("'1000:0'"), finds: [] },
  { case: "a name that begins with root", compose: user("rootless"), finds: [] },
  { case: "wrong type", compose: user("[root]"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., user: root}}", finds: found },
  { case: "merge key", compose: "x-u: &u {user: root}\nservices: {web: {<<: *u, image: a}}", finds: found },
  {
    case: "a job that gives files to another user",
    compose:
      "services: {init: {image: busybox, user: '0:0', restart: 'no', command: chown -R 1000 /data}, web: {image: a, user: root, command: sh -c 'chown 1000 /data && exec app'}}",
    finds: ["services.web.user"],
  },
  {
    case: "a job that others wait for, with install",
    compose:
      "services: {init: {image: a, user: root, entrypoint: [sh, -c, install -d -m 0700 -o 1000 /state]}, web: {image: a, depends_on: {init: {condition: service_completed_successfully}}}}",
    finds: [],
  },
  {
    case: "a start that goes on as another user",
    compose:
      "services: {web: {image: a, user: root, entrypoint: [sh, -c, 'chown -R zookeeper /data && exec gosu zookeeper start']}}",
    finds: [],
  },
  {
    case: "a start that goes on as root",
    compose: "services: {web: {image: a, user: root, command: 'su-exec root start'}}",
    finds: found,
  },
  {
    case: "a job that does something else",
    compose: "services: {web: {image: a, user: root, restart: 'no', command: migrate}}",
    finds: found,
  },
]);
