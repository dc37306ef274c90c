import { expect } from "vitest";
import { logRotation } from "../src/rules/log-rotation.js";
import { table } from "./table.js";

const logging = (value: string): string => `services: {web: {image: nginx, logging: ${value}}}`;
const found = ["services.web.logging"];

table(logRotation, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  {
    case: "absent",
    compose: "services: {web: {image: nginx}}",
    finds: found,
    first: ({ fix }) => expect(fix?.intents).toHaveLength(1),
  },
  { case: "build only", compose: "services: {web: {build: .}}", finds: found },
  { case: "wrong type", compose: logging("5"), finds: found },
  { case: "a driver only", compose: logging("{driver: json-file}"), finds: found },
  {
    case: "a number of files only",
    compose: logging("{options: {max-file: '2'}}"),
    finds: found,
    first: ({ fix }) => expect(JSON.stringify(fix?.intents)).not.toContain("max-file"),
  },
  { case: "a size without bounds", compose: logging("{options: {max-size: '-1'}}"), finds: found },
  { case: "a size", compose: logging("{options: {max-size: 1m}}"), finds: [] },
  { case: "a variable", compose: logging("{options: {max-size: '${SIZE:-1m}'}}"), finds: [] },
  { case: "a driver that rotates", compose: logging("{driver: local}"), finds: [] },
  { case: "a driver that sends elsewhere", compose: logging("{driver: journald}"), finds: [] },
  {
    case: "merge key",
    compose: "x-l: &l {logging: {options: {max-size: 1m}}}\nservices: {web: {<<: *l, image: a}}",
    finds: [],
  },
  {
    case: "extends",
    compose: "services: {base: {image: a, logging: {options: {max-size: 1m}}}, web: {extends: base}}",
    finds: [],
  },
  { case: "a provider", compose: "services: {web: {provider: {type: model}}}", finds: [] },
]);
