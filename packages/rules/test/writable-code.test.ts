import { expect } from "vitest";
import { writableCode } from "../src/rules/writable-code.js";
import { table } from "./table.js";

const web = (volumes: string): string => `services: {web: {image: nginx, volumes: ${volumes}}}`;
const found = ["services.web.volumes[0]"];

table(writableCode, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: web("[]"), finds: [] },
  { case: "wrong type", compose: web("5"), finds: [] },
  {
    case: "plug-ins",
    compose: web("['./p:/app/plugins']"),
    finds: found,
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ op: "replace", by: { read_only: true } }]),
  },
  { case: "a slash at the end", compose: web("['./p:/app/plugins/']"), finds: found },
  { case: "long syntax", compose: web("[{type: bind, source: ./p, target: /app/skills}]"), finds: found },
  { case: "read-only", compose: web("['./p:/app/plugins:ro']"), finds: [] },
  { case: "scripts for the start", compose: web("['./i:/docker-entrypoint-initdb.d']"), finds: found },
  { case: "programs", compose: web("['./b:/usr/local/bin']"), finds: found },
  { case: "a folder below", compose: web("['./b:/usr/local/bin/x']"), finds: [] },
  { case: "a name that only ends so", compose: web("['./p:/app/myplugins']"), finds: [] },
  { case: "data", compose: web("['./d:/data']"), finds: [] },
  {
    case: "a volume that Docker keeps",
    compose: "services: {web: {image: a, volumes: ['p:/app/plugins']}}\nvolumes: {p: {}}",
    finds: [],
  },
  {
    case: "a read-only root",
    compose: "services: {web: {image: a, read_only: true, volumes: ['./b:/usr']}}",
    finds: found,
    first: ({ message }) => expect(message).toContain("read-only root"),
  },
  {
    case: "scripts of the first start",
    compose: "services: {web: {image: a, volumes: ['./i:/docker-entrypoint-initdb.d']}}",
    finds: found,
    first: ({ risk }) => expect(risk).toContain("with an empty data folder"),
  },
  {
    case: "merge key",
    compose: "x-v: &v {volumes: ['./p:/app/plugins']}\nservices: {web: {<<: *v, image: a}}",
    finds: found,
  },
]);
