import { registryPolicy } from "../src/rules/registry-policy.js";
import { table } from "./table.js";

const image = (name: string): string => `services: {web: {image: '${name}'}}`;
const options = { allowed: ["docker.io/library", "ghcr.io/team/"] };
const found = ["services.web.image"];

table(registryPolicy, [
  { case: "no list", compose: image("evil.example/x"), finds: [] },
  { case: "an official image", compose: image("nginx:1"), options, finds: [] },
  { case: "another of Docker Hub", compose: image("somebody/nginx:1"), options, finds: found },
  { case: "the team's", compose: image("ghcr.io/team/app:1"), options, finds: [] },
  { case: "a name that begins like the team's", compose: image("ghcr.io/teammate/app:1"), options, finds: found },
  { case: "another registry", compose: image("quay.io/team/app:1"), options, finds: found },
  { case: "a variable", compose: image("${REGISTRY:-quay.io/x}/app:1"), options, finds: found },
  { case: "build only", compose: "services: {web: {build: .}}", options, finds: [] },
  { case: "wrong type", compose: "services: {web: {image: [a]}}", options, finds: [] },
]);
