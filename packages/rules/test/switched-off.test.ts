import { expect } from "vitest";
import { switchedOff } from "../src/rules/switched-off.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;

table(switchedOff, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "logging none", compose: service("logging: {driver: none}"), finds: ["services.web.logging.driver"] },
  { case: "another driver", compose: service("logging: {driver: local}"), finds: [] },
  { case: "wrong type", compose: service("logging: none"), finds: [] },
  {
    case: "health check disabled",
    compose: service("healthcheck: {disable: true}"),
    finds: ["services.web.healthcheck"],
  },
  {
    case: "a check that a variable switches off",
    compose: service("healthcheck: {test: [CMD, a], disable: '${OFF:-true}'}"),
    finds: ["services.web.healthcheck"],
    first: ({ fix }) => {
      expect(fix?.title).toBe("remove the switch, so that the check beside it runs");
      expect(fix?.intents).toEqual([{ op: "unset", path: ["services", "web", "healthcheck", "disable"] }]);
    },
  },
  { case: "test: [NONE]", compose: service("healthcheck: {test: [NONE]}"), finds: ["services.web.healthcheck"] },
  { case: "test: NONE is a command", compose: service("healthcheck: {test: NONE}"), finds: [] },
  { case: "a check", compose: service("healthcheck: {test: [CMD, a]}"), finds: [] },
  { case: "disable: false", compose: service("healthcheck: {disable: false}"), finds: [] },
  {
    case: "a variable",
    compose: service("logging: {driver: '${DRIVER:-none}'}"),
    finds: ["services.web.logging.driver"],
  },
  {
    case: "both",
    compose: service("logging: {driver: none}, healthcheck: {disable: true}"),
    finds: ["services.web.logging.driver", "services.web.healthcheck"],
  },
  {
    case: "build only",
    compose: "services: {web: {build: ., healthcheck: {disable: true}}}",
    finds: ["services.web.healthcheck"],
  },
]);
