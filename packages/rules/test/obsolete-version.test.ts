import { expect } from "vitest";
import { obsoleteVersion } from "../src/rules/obsolete-version.js";
import { table } from "./table.js";

const found = ["version"];

table(obsoleteVersion, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  {
    case: "text",
    compose: "version: '3'\nservices: {web: {image: nginx}}",
    finds: found,
    first: ({ fix }) =>
      expect(fix).toMatchObject({ applicability: "safe", intents: [{ op: "unset", path: ["version"] }] }),
  },
  { case: "a number, which Docker refuses", compose: "version: 3.8\nservices: {web: {image: nginx}}", finds: [] },
  { case: "a variable", compose: "version: '${V:-3}'\nservices: {web: {image: nginx}}", finds: found },
  {
    case: "in an override file",
    compose: {
      "compose.yaml": "services: {web: {image: a}}",
      "override.yaml": "version: '3'\nservices: {web: {image: b}}",
    },
    finds: found,
  },
  {
    case: "in both files",
    compose: {
      "compose.yaml": "version: '3'\nservices: {web: {image: a}}",
      "override.yaml": "version: '3'\nservices: {web: {image: b}}",
    },
    finds: found,
  },
  { case: "a label", compose: "services: {web: {image: a, labels: {version: '3'}}}", finds: [] },
  {
    case: "a file for Swarm",
    compose: "version: '3'\nservices: {web: {image: a, deploy: {placement: {constraints: ['node.role == manager']}}}}",
    finds: [],
  },
]);
