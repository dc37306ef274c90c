import { expect } from "vitest";
import { scratchTmpfs } from "../src/rules/scratch-tmpfs.js";
import { type Case, table } from "./table.js";

const service = (more: string): string => `services: {web: {image: acme/web, ${more}}}`;
const by =
  (text: string): Case["first"] =>
  ({ fix }) =>
    expect(fix?.intents).toMatchObject([{ op: "replace", path: ["services", "web", "tmpfs"], by: text }]);

table(scratchTmpfs, [
  { case: "a writable service", compose: "services: {web: {image: acme/web}}", finds: [] },
  {
    case: "read-only, nothing mounted",
    compose: service("read_only: true"),
    finds: ["services.web.tmpfs"],
    first: ({ severity }) => expect(severity).toBe("info"),
  },
  { case: "read-only by a variable", compose: service("read_only: '${RO:-true}'"), finds: ["services.web.tmpfs"] },
  { case: "build only", compose: "services: {web: {build: ., read_only: true}}", finds: ["services.web.tmpfs"] },
  { case: "empty list", compose: service("read_only: true, tmpfs: []"), finds: ["services.web.tmpfs"] },
  { case: "wrong type", compose: service("read_only: true, tmpfs: {a: b}"), finds: ["services.web.tmpfs"] },
  {
    case: "an image that declares /tmp as a volume",
    compose: "services: {web: {image: 'privatebin/nginx-fpm-alpine:2.0.6', read_only: true}}",
    finds: [],
  },
  { case: "another tmpfs", compose: service("read_only: true, tmpfs: [/run]"), finds: [] },
  {
    case: "another tmpfs, and a health check that writes to /tmp",
    compose: service("read_only: true, tmpfs: [/run], healthcheck: {test: 'touch /tmp/ok'}"),
    finds: ["services.web.tmpfs"],
  },
  { case: "short", compose: service("read_only: true, tmpfs: /tmp"), finds: [] },
  { case: "long", compose: service("read_only: true, volumes: [{type: tmpfs, target: /tmp}]"), finds: [] },
  { case: "anonymous volume", compose: service("read_only: true, volumes: [/tmp]"), finds: [] },
  {
    case: "merge key",
    compose: "x-t: &t {tmpfs: [/tmp]}\nservices: {web: {<<: *t, image: a, read_only: true}}",
    finds: [],
  },
  {
    case: "extends",
    compose: "services: {base: {image: a, read_only: true}, web: {extends: base, tmpfs: [/tmp]}}",
    finds: ["services.base.tmpfs"],
  },
  {
    case: "override file",
    compose: { "compose.yaml": service("read_only: true"), "override.yaml": "services: {web: {tmpfs: [/tmp]}}" },
    finds: [],
  },
  { case: "exec", compose: service("tmpfs: ['/tmp:exec']"), finds: ["services.web.tmpfs[0]"], first: by("/tmp") },
  {
    case: "exec among others",
    compose: service("tmpfs: ['/tmp:size=64m,exec,mode=1777']"),
    finds: ["services.web.tmpfs[0]"],
    first: by("/tmp:size=64m,mode=1777"),
  },
  {
    case: "suid and dev",
    compose: service("tmpfs: ['/tmp:suid,dev']"),
    finds: ["services.web.tmpfs[0]"],
    first: by("/tmp"),
  },
  { case: "exec taken back", compose: service("tmpfs: ['/tmp:exec,noexec']"), finds: [] },
  {
    case: "exec after noexec",
    compose: service("tmpfs: ['/tmp:noexec,exec']"),
    finds: ["services.web.tmpfs[0]"],
    first: by("/tmp:noexec"),
  },
  { case: "a job", compose: service("read_only: true, restart: 'no', command: migrate"), finds: [] },
  {
    case: "a job that names a file there",
    compose: service("read_only: true, restart: 'no', command: dump /tmp/a.sql"),
    finds: ["services.web.tmpfs"],
  },
]);
