import { describe, expect, it } from "vitest";
import type { Fault } from "./github/server.js";
import { runPull } from "./runner.js";
import { ADDED, HARDENED, pullRequest, QUIET } from "./stacks.js";

const REVIEWS = "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews";
const FILES = "GET /repos/{owner}/{repo}/pulls/{pull_number}/files";
const open = () => pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": HARDENED + ADDED });

/** A fault for the first requests of an endpoint. */
function first(name: string, times: number, fault: Fault) {
  return (request: { readonly name: string; readonly count: number }) =>
    request.name === name && request.count <= times ? fault : undefined;
}

describe("what GitHub refuses for good", () => {
  const table: readonly (readonly [string, string, Fault])[] = [
    [
      "a token of a fork, which only reads",
      REVIEWS,
      { status: 403, message: "Resource not accessible by integration" },
    ],
    ["a token that is not valid", FILES, { status: 401, message: "Bad credentials" }],
    ["a pull request that is not there", FILES, { status: 404, message: "Not Found" }],
    ["a locked conversation", REVIEWS, { status: 403, message: "Issue is locked" }],
    ["no review threads", "POST /graphql", { status: 404, message: "Not Found" }],
  ];
  it.each(table)("%s: annotations take the place of comments", async (_, name, fault) => {
    const { repository, github } = await open();
    github.fault = (request) => (request.name === name ? fault : undefined);
    const { log, code, outputs } = await runPull(repository, github, QUIET);
    expect(log).toMatch(/^::notice::.*(?:annotations|does not tell)/m);
    expect(log).toMatch(/^::warning file=compose.yaml,line=17,/m);
    expect(github.threads).toEqual([]);
    expect(outputs.comments).toBe("0");
    expect(code).toBe(0);
    // Asked once: a refusal is no accident.
    expect(github.log.filter((other) => other === name)).toHaveLength(1);
  });

  it("code scanning that is switched off fails nothing", async () => {
    const { repository, github } = await open();
    github.fault = ({ name }) =>
      name.endsWith("/sarifs")
        ? { status: 403, message: "Code scanning is not enabled for this repository" }
        : undefined;
    const { log, code } = await runPull(repository, github, { ...QUIET, "upload-sarif": "true" });
    expect(log).toContain("::notice::code scanning: 403 Code scanning is not enabled for this repository");
    expect(code).toBe(0);
  });

  it("threads that may not be resolved are changed to say that they are mended", async () => {
    const { repository, github } = await open();
    await runPull(repository, github, QUIET);
    const count = github.threads.length;
    github.push(repository.commit("feature", { "compose.yaml": HARDENED }));
    github.fault = ({ name, body }) =>
      name === "POST /graphql" && JSON.stringify(body).includes("resolveReviewThread")
        ? { status: 403, message: "Resource not accessible by integration" }
        : undefined;
    const { log } = await runPull(repository, github, QUIET);
    expect(github.threads.map(({ body }) => body.split("\n")[0])).toEqual(Array(count).fill("<p>✅ mended</p>"));
    expect(log).toContain(`::notice::${count} comments marked as mended; to resolve threads`);
    const edits = github.log.filter((name) => name.startsWith("PATCH")).length;
    const again = await runPull(repository, github, QUIET);
    expect(github.log.filter((name) => name.startsWith("PATCH"))).toHaveLength(edits);
    expect(again.log).not.toContain("marked as mended");

    // What comes back is told again.
    github.push(repository.commit("feature", { "compose.yaml": HARDENED + ADDED }));
    await runPull(repository, github, QUIET);
    expect(github.threads.filter(({ body, isOutdated }) => !isOutdated && !body.includes("mended"))).toHaveLength(
      count,
    );
    expect(github.problems).toEqual([]);
  });
});

describe("what passes", () => {
  const seconds = { "retry-after": "1" };
  const table: readonly (readonly [string, string, number, Fault])[] = [
    ["429 with a time", FILES, 2, { status: 429, headers: seconds }],
    [
      "a secondary rate limit",
      REVIEWS,
      1,
      { status: 403, headers: seconds, message: "You have exceeded a secondary rate limit" },
    ],
    [
      "a used-up rate limit",
      FILES,
      1,
      { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" } },
    ],
    ["a bad gateway", FILES, 2, { status: 502 }],
    ["a broken connection", FILES, 1, "reset"],
    ["a broken query", "POST /graphql", 1, { status: 500 }],
    ["a review that failed", REVIEWS, 1, { status: 503 }],
    ["a review that arrived, with an answer that did not", REVIEWS, 1, "lost"],
  ];
  it.each(table)("%s: every comment comes, and once", async (_, name, times, fault) => {
    const { repository, github } = await open();
    github.fault = first(name, times, fault);
    const { code, outputs } = await runPull(repository, github, QUIET);
    expect(code).toBe(0);
    expect(github.threads.length).toBeGreaterThan(1);
    expect(new Set(github.threads.map(({ body }) => body)).size).toBe(github.threads.length);
    expect(outputs.comments).toBe(String(github.threads.length));
    expect(github.problems).toEqual([]);
  });

  it.each<[string, Fault]>([
    ["an hour's rate limit", { status: 429, headers: { "retry-after": "3600" } }],
    [
      "a rate limit until tomorrow",
      {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.round(Date.now() / 1000) + 86_400) },
      },
    ],
  ])("%s is not waited for", async (_, fault) => {
    const { repository, github } = await open();
    github.fault = ({ name }) => (name === FILES ? fault : undefined);
    const start = Date.now();
    const { log, code } = await runPull(repository, github, QUIET);
    expect(Date.now() - start).toBeLessThan(15_000);
    expect(log).toMatch(/^::warning file=compose.yaml,line=17,/m);
    expect(code).toBe(0);
  });

  it("a server that is down for good is given up", async () => {
    const { repository, github } = await open();
    github.fault = () => "reset";
    const { log, code } = await runPull(repository, github, { ...QUIET, "upload-sarif": "true" });
    expect(log).toMatch(/trying again in 4 s/);
    expect(log).toMatch(/^::notice::GitHub does not tell what this change touches: no answer/m);
    expect(log).toMatch(/^::warning file=compose.yaml,line=17,/m);
    expect(code).toBe(0);
    expect(github.log.filter((name) => name === FILES)).toHaveLength(4);
  });
});

it("sends no more comments than it is told to, the worst first", async () => {
  const services = Array.from(
    { length: 40 },
    (_, index) => `  s${index}:\n    image: nginx:1.27\n    privileged: ${index === 30}\n`,
  ).join("");
  const { repository, github } = await pullRequest({}, { "compose.yaml": `services:\n${services}` });
  const { log } = await runPull(repository, github, { "max-comments": "35", "fail-on": "none" });
  expect(github.threads).toHaveLength(35);
  expect(github.threads[0]?.body).toContain("<code>privileged</code>");
  expect(log).toMatch(/^::notice::\d+ more comments than `max-comments`/m);
  // In two reviews.
  expect(github.log.filter((name) => name === REVIEWS)).toHaveLength(2);
  await runPull(repository, github, { "max-comments": "35", "fail-on": "none" });
  expect(github.threads).toHaveLength(35);
  expect(github.problems).toEqual([]);
});
