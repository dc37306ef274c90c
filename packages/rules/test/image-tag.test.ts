import { expect } from "vitest";
import { imageTag } from "../src/rules/image-tag.js";
import { table } from "./table.js";

const image = (name: string): string => `services: {web: {image: '${name}'}}`;
const found = ["services.web.image"];

table(imageTag, [
  { case: "build only", compose: "services: {web: {build: .}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: [a]}}", finds: [] },
  { case: "no tag", compose: image("example.org/web"), finds: found, first: ({ fix }) => expect(fix).toBeUndefined() },
  {
    case: "a known release",
    compose: image("docker.n8n.io/n8nio/n8n"),
    finds: found,
    first: ({ fix }) =>
      expect(fix).toMatchObject({
        applicability: "unsafe",
        caveat: expect.stringContaining("2026-08-21"),
        intents: [{ op: "set", value: "docker.n8n.io/n8nio/n8n:2.36.5" }],
      }),
  },
  {
    case: "a known release of a tag that only this image has",
    compose: image("ghcr.io/immich-app/immich-machine-learning:release-cuda"),
    finds: found,
    first: ({ fix }) =>
      expect(fix).toMatchObject({
        applicability: "unsafe",
        intents: [{ op: "set", value: "ghcr.io/immich-app/immich-machine-learning:v3.1.0-cuda" }],
      }),
  },
  {
    case: "a database may hold data of a newer release",
    compose: image("postgres:latest"),
    finds: found,
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "another line of releases",
    compose: image("n8nio/n8n:next"),
    finds: found,
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  { case: "no tag, a registry with a port", compose: image("localhost:5000/app"), finds: found },
  { case: "latest", compose: image("nginx:latest"), finds: found },
  { case: "another moving tag", compose: image("ghcr.io/a/b:main"), finds: found },
  {
    case: "a moving tag with a variant",
    compose: image("a/b:latest-alpine"),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("medium"),
  },
  {
    case: "a branch with a variant",
    compose: image("a/b:main-cuda"),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("medium"),
  },
  {
    case: "a variant without a version weighs less",
    compose: image("redis:alpine"),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("low"),
  },
  { case: "a numbered branch", compose: image("jitsi/web:stable-9823"), finds: [] },
  { case: "a local name", compose: image("app:local"), finds: [] },
  { case: "a version", compose: image("nginx:1.29.3"), finds: [] },
  { case: "a version and a variant", compose: image("nginx:1.29-alpine"), finds: [] },
  {
    case: "a digest",
    compose: image("nginx@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    finds: [],
  },
  {
    case: "latest with a digest",
    compose: image("nginx:latest@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    finds: [],
  },
  { case: "a variable with a moving default", compose: image("nginx:${TAG:-latest}"), finds: found },
  { case: "a variable with a fixed default", compose: image("nginx:${TAG:-1.29}"), finds: [] },
  { case: "a variable without a value", compose: image("nginx:${TAG}"), finds: [] },
  { case: "a variable that must be set", compose: image("nginx:${TAG:?}"), finds: [] },
  { case: "built here", compose: "services: {web: {build: ., image: 'app:latest'}}", finds: [] },
  { case: "built by a sibling", compose: "services: {a: {build: ., image: app}, web: {image: app}}", finds: [] },
  { case: "never pulled", compose: "services: {web: {image: app, pull_policy: never}}", finds: [] },
  { case: "extends", compose: "services: {base: {image: 'a:1'}, web: {extends: base, image: a}}", finds: found },
  { case: "override file", compose: { "compose.yaml": image("a"), "override.yaml": image("a:1") }, finds: [] },
]);
