import { expect } from "vitest";
import { secretInBuildArgs } from "../src/rules/secret-in-build-args.js";
import { table } from "./table.js";

const args = (text: string): string => `services: {web: {build: {context: ., args: ${text}}}}`;
const found = (name: string): readonly string[] => [`services.web.build.args.${name}`];

table(secretInBuildArgs, [
  { case: "image only", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "short build", compose: "services: {web: {build: .}}", finds: [] },
  { case: "empty", compose: args("{}"), finds: [] },
  { case: "wrong type", compose: args("5"), finds: [] },
  {
    case: "a map, and the value is not printed",
    compose: args("{NPM_TOKEN: h6ujk3}"),
    finds: found("NPM_TOKEN"),
    first: ({ message, severity }) => {
      expect(message).not.toContain("h6ujk3");
      expect(severity).toBe("high");
    },
  },
  { case: "a list", compose: args("['DB_PASSWORD=h6ujk3']"), finds: found("DB_PASSWORD") },
  { case: "no value", compose: args("[DB_PASSWORD]"), finds: [] },
  {
    case: "a reference weighs less",
    compose: args("{DB_PASSWORD: '${PW-}'}"),
    finds: found("DB_PASSWORD"),
    first: ({ severity }) => expect(severity).toBe("medium"),
  },
  { case: "a fallback", compose: args("{DB_PASSWORD: '${PW:-h6ujk3}'}"), finds: found("DB_PASSWORD") },
  { case: "another argument", compose: args("{VERSION: '1.2', TOKEN_FILE: /x}"), finds: [] },
  { case: "a number of tokens", compose: args("{MAX_TOKENS: 4096}"), finds: [] },
  { case: "a public key", compose: args("{NEXT_PUBLIC_API_KEY: pk_1}"), finds: [] },
  {
    case: "merge key",
    compose: "x-b: &b {build: {context: ., args: {API_KEY: h6ujk3}}}\nservices: {web: {<<: *b}}",
    finds: found("API_KEY"),
  },
  {
    case: "override file",
    compose: { "compose.yaml": args("{API_KEY: h6ujk3}"), "override.yaml": args("{B: c}") },
    finds: found("API_KEY"),
  },
]);
