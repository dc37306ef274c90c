import { expect } from "vitest";
import { secretInConfig } from "../src/rules/secret-in-config.js";
import { table } from "./table.js";

const config = (content: string): string =>
  `services: {web: {image: nginx, configs: [c]}}\nconfigs: {c: {content: ${JSON.stringify(content)}}}`;
const found = ["configs.c.content"];

table(secretInConfig, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "a file", compose: "services: {web: {image: nginx}}\nconfigs: {c: {file: ./c}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx}}\nconfigs: {c: {content: [a]}}", finds: [] },
  {
    case: "YAML inside, and the value is not printed",
    compose: config("a: 1\npassword: h6ujk3 # here\n"),
    finds: found,
    first: ({ message }) => {
      expect(message).toContain("`password`");
      expect(message).not.toContain("h6ujk3");
    },
  },
  { case: "INI inside", compose: config("[db]\npassword = h6ujk3\n"), finds: found },
  { case: "JSON inside", compose: config('{\n  "api_key": "h6ujk3",\n  "x": 1\n}'), finds: found },
  { case: "two of them", compose: config("a_token: h6ujk3\nb_token: x5gg2k\n"), finds: [...found, ...found] },
  { case: "a URL", compose: config("db: postgres://a:h6ujk3@db/x\n"), finds: found },
  { case: "only a URL", compose: config("postgres://a:h6ujk3@db/x"), finds: found },
  { case: "XML inside", compose: config("<db><user>a</user><password>h6ujk3</password></db>"), finds: found },
  { case: "Redis's own form", compose: config("bind 0.0.0.0\nrequirepass h6ujk3\n"), finds: found },
  { case: "a token by its form", compose: config("remote ghp_0123456789abcdefghijABCDEFGHIJ012345"), finds: found },
  { case: "a private key", compose: config("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n"), finds: found },
  { case: "a reference", compose: config("password: ${PW-}\n"), finds: [] },
  { case: "a fallback", compose: config("password: ${PW:-h6ujk3}\n"), finds: found },
  { case: "a template of its own", compose: config("password: {{ secret }}\nkey: $$PASSWORD\n"), finds: [] },
  { case: "a comment", compose: config("# password: h6ujk3\n"), finds: [] },
  { case: "a nested block", compose: config("secret:\n  a: b\n"), finds: [] },
  { case: "something about a password", compose: config("password_file: /run/x\npassword_min_length: 8\n"), finds: [] },
]);
