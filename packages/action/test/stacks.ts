import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { folder, run } from "../../../test/cli/program.js";
import { type GitRepository, gitRepository } from "./github/repository.js";
import { type FakeGithub, fakeGithub, type StoredThread } from "./github/server.js";

export const QUIET = { "min-severity": "low", "fail-on": "high" };

export const HARDENED = `name: shop
services:
  web:
    image: nginx:1.27
    restart: unless-stopped
    ports:
      - "127.0.0.1:8080:80"
    security_opt:
      - no-new-privileges:true
    volumes:
      - ./site:/usr/share/nginx/html:ro
`;

export const ADDED = `
  # Adminer, for the office.
  adminer:
    image: adminer:5.3.0
    ports:
      - "8081:8080"
      - 9001:9001
    environment:
      ADMINER_DESIGN: dracula
    depends_on:
      - web
`;

/** A pull request with a file before and after; undefined: no such file. */
export async function pullRequest(
  before: Readonly<Record<string, string | undefined>>,
  after: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly repository: GitRepository; readonly github: FakeGithub }> {
  const repository = gitRepository();
  const github = await fakeGithub(repository);
  github.open(repository.commit("main", before), repository.commit("feature", after));
  return { repository, github };
}

/** The file after `fix --write` in a folder with these files. */
export function fixed(files: Readonly<Record<string, string>>, path: string, ...options: readonly string[]): string {
  const cwd = folder(files);
  const { code, err } = run(["fix", "--write", ...options], { cwd });
  expect(code, err).toBe(0);
  return readFileSync(join(cwd, path), "utf8");
}

export function lines(threads: readonly StoredThread[]): readonly (readonly [number | null, number | null])[] {
  return threads.map(({ startLine, line }) => [startLine, line] as const);
}

export const written = (github: FakeGithub) =>
  github.log.filter((name) => !name.startsWith("GET") && name !== "POST /graphql");
