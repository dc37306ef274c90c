import { formatPath, type Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { expect, it } from "vitest";
import { checkWith } from "../src/check.js";
import { secretsOfOthers } from "../src/rules/secrets-of-others.js";

const SECRETS = "secrets: {a: {file: ./secrets/a}, b: {file: ./secrets/b}}";
const of = (more: string): string =>
  `services: {web: {image: a, volumes: [${more}]}, db: {image: b, secrets: [a, b]}}\n${SECRETS}`;
const first = ["services.web.volumes[0]"];

it.each<[string, string, readonly string[]]>([
  ["the folder of the secrets", of("./secrets:/run/secrets:ro"), first],
  ["a folder above it", of(".:/app"), first],
  ["the whole machine, which another rule tells", of("/:/host:ro"), []],
  ["a folder beside it", of("./data:/data"), []],
  ["one file that is chosen", of("./secrets/a:/a:ro"), []],
  ["a volume", `${of("d:/data")}\nvolumes: {d: {}}`, []],
  [
    "secrets of its own",
    `services: {web: {image: a, volumes: ['./secrets:/s'], secrets: [a, b]}, db: {image: b, secrets: [a]}}\n${SECRETS}`,
    [],
  ],
  [
    "some of them of its own",
    `services: {web: {image: a, volumes: ['./secrets:/s'], secrets: [a]}, db: {image: b, secrets: [b]}}\n${SECRETS}`,
    first,
  ],
  [
    "secrets that nobody is given",
    `services: {web: {image: a, volumes: ['./secrets:/s']}, db: {image: b}}\n${SECRETS}`,
    [],
  ],
  [
    "the env file of another",
    "services: {web: {image: a, volumes: ['.:/app']}, db: {image: b, env_file: db.env}}",
    first,
  ],
  [
    "an env file of its own",
    "services: {web: {image: a, volumes: ['.:/app'], env_file: db.env}, db: {image: b, env_file: db.env}}",
    [],
  ],
  [
    "an env file without a secret",
    "services: {web: {image: a, volumes: ['.:/app']}, db: {image: b, env_file: tag.env}}",
    [],
  ],
  ["one service", `services: {web: {image: a, volumes: ['./secrets:/s']}}\n${SECRETS}`, []],
  ["no list", `services: {web: {image: a}, db: {image: b, secrets: [a]}}\n${SECRETS}`, []],
  [
    "merge key",
    `x-m: &m {volumes: ['./secrets:/s']}\nservices: {web: {<<: *m, image: a}, db: {image: b, secrets: [a]}}\n${SECRETS}`,
    first,
  ],
])("secrets-of-others: %s", (_, compose, expected) => {
  const texts: Readonly<Record<string, string>> = {
    "/project/compose.yaml": compose,
    "/project/db.env": "DB_PASSWORD=hunter2abc\n",
    "/project/tag.env": "TAG=1\n",
  };
  const read: Read = (path) => (texts[path] === undefined ? { kind: "missing" } : { kind: "file", text: texts[path] });
  const findings = checkWith([secretsOfOthers], load({ cwd: "/project" }, read), {}, undefined, read);
  expect(findings.map(({ path }) => formatPath(path))).toEqual(expected);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
});
