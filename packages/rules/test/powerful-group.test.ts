import { expect } from "vitest";
import { powerfulGroup } from "../src/rules/powerful-group.js";
import { table } from "./table.js";

const groups = (list: string): string => `services: {web: {image: nginx, group_add: ${list}}}`;

table(powerfulGroup, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: groups("[]"), finds: [] },
  { case: "wrong type", compose: groups("docker"), finds: [] },
  { case: "docker", compose: groups("[docker]"), finds: ["services.web.group_add[0]"] },
  { case: "0 as a number", compose: groups("[video, 0]"), finds: ["services.web.group_add[1]"] },
  { case: "0 as text", compose: groups("['0']"), finds: ["services.web.group_add[0]"] },
  { case: "single devices", compose: groups("[video, render, audio, dialout]"), finds: [] },
  { case: "a number", compose: groups("['998']"), finds: [] },
  { case: "a variable", compose: groups("['${GROUP:-docker}']"), finds: ["services.web.group_add[0]"] },
  {
    case: "a variable that is not set",
    compose: groups("['${DOCKER_GID:?}']"),
    finds: ["services.web.group_add[0]"],
    first: ({ message }) => expect(message).toMatch(/the group that the variable names$/),
  },
  {
    case: "build only",
    compose: "services: {web: {build: ., group_add: [disk]}}",
    finds: ["services.web.group_add[0]"],
  },
]);
