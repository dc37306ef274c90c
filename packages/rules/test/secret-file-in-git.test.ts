import type { FileFacts, Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";
import { checkWith } from "../src/check.js";
import type { Rule } from "../src/rule.js";
import { readableSecretFile } from "../src/rules/readable-secret-file.js";
import { secretFileInGit } from "../src/rules/secret-file-in-git.js";

const WEB = "services: {web: {image: a}}";

function found(
  rule: Rule,
  files: Readonly<Record<string, string>>,
  facts: Partial<FileFacts> | undefined,
): readonly string[] {
  const read: Read = (path) => {
    const text = { "compose.yaml": WEB, ...files }[path.replace("/project/", "")];
    return text === undefined ? { kind: "missing" } : { kind: "file", text };
  };
  const project = load({ cwd: "/project" }, read);
  const lookAt = () => ({ isOpenToAll: true, git: "open", ...facts }) as const;
  const findings = checkWith([rule], project, {}, undefined, read, facts === undefined ? undefined : lookAt);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
  return findings.map(({ origin: { value }, severity }) => `${severity} ${value.file.slice(9)}:${value.start}`);
}

describe("files with secrets", () => {
  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ["no env file", {}, []],
    ["an env file with a secret", { ".env": "TAG=1\nDB_PASSWORD=hunter2\n" }, [".env:6"]],
    ["an exported one in quotes", { ".env": "export DB_PASSWORD='hunter2' # x\n" }, [".env:7"]],
    ["a secret by its form", { ".env": "X=ghp_0123456789abcdefghijABCDEFGHIJ012345\n" }, [".env:0"]],
    ["an env file without a secret", { ".env": "TAG=1\nDB_PASSWORD=\nAPI_KEY=<your key>\n" }, []],
    ["what everybody guesses", { ".env": "DB_PASSWORD=changeme\n" }, []],
    [
      "an env file of a service",
      { "compose.yaml": "services: {web: {image: a, env_file: web.env}}", "web.env": "TOKEN=hunter2abc\n" },
      ["web.env:0"],
    ],
    [
      "one that is an example",
      { "compose.yaml": "services: {web: {image: a, env_file: .env.example}}", ".env.example": "TOKEN=hunter2abc\n" },
      [],
    ],
    [
      "the file of a secret",
      { "compose.yaml": "services: {web: {image: a, secrets: [s]}}\nsecrets: {s: {file: s.txt}}" },
      ["compose.yaml:62"],
    ],
    ["a secret from a variable", { "compose.yaml": `${WEB}\nsecrets: {s: {environment: S}}` }, []],
    [
      "a private key",
      {
        "compose.yaml": "services: {web: {image: a, volumes: ['./tls.key:/k:ro', './tls.pem:/p:ro']}}",
        "tls.key": "-----BEGIN PRIVATE KEY-----\n",
        "tls.pem": "-----BEGIN CERTIFICATE-----\n",
      },
      ["compose.yaml:37"],
    ],
  ])("%s", (_, files, places) => {
    expect(found(secretFileInGit, files, { git: "open" })).toEqual(places.map((place) => `medium ${place}`));
    expect(found(readableSecretFile, files, {})).toEqual(places.map((place) => `medium ${place}`));
  });

  const ENV = { ".env": "DB_PASSWORD=hunter2\n" };

  it.each<[string, Partial<FileFacts> | undefined, readonly string[], readonly string[]]>([
    ["nothing is known of files", undefined, [], []],
    ["outside of a repository", { git: "outside" }, [], ["medium .env:0"]],
    ["left out by git", { git: "ignored" }, [], ["medium .env:0"]],
    ["in git already", { git: "tracked" }, ["high .env:0"], []],
    ["closed to others", { isOpenToAll: false, git: "ignored" }, [], []],
  ])("%s", (_, facts, inGit, readable) => {
    expect([found(secretFileInGit, ENV, facts), found(readableSecretFile, ENV, facts)]).toEqual([inGit, readable]);
  });
});
