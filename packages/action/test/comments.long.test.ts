import { describe, expect, it } from "vitest";
import { gitRepository } from "./github/repository.js";
import { fakeGithub } from "./github/server.js";
import { pullEvent, runPull } from "./runner.js";
import { ADDED, fixed, HARDENED, lines, pullRequest, QUIET, written } from "./stacks.js";
import { suggestionIn, withSuggestions } from "./suggested.js";

describe("a pull request that adds a service", () => {
  it("gives the same bytes as `fix --unsafe` where that is asked for", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    await runPull(repository, github, { unsafe: "true" });
    const expected = fixed({ "compose.yaml": text }, "compose.yaml", "--unsafe", "--service", "adminer");
    expect(withSuggestions(text, github.threads)).toBe(expected);
    expect(github.problems).toEqual([]);
  });

  it("keeps to the changed service where the others are open too", async () => {
    const open = HARDENED.replace("127.0.0.1:8080:80", "8080:80");
    const text = open + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": open }, { "compose.yaml": text });
    await runPull(repository, github);
    expect(withSuggestions(text, github.threads)).toBe(
      fixed({ "compose.yaml": text }, "compose.yaml", "--service", "adminer"),
    );
  });

  it("stands at the right lines where the base branch moved them meanwhile", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    const ahead = repository.commit("main", { "compose.yaml": `# moved\n# down\n${HARDENED}` });
    github.open(ahead, github.head);
    const { log } = await runPull(repository, github);
    expect(log).toContain("compose.yaml:19:9");
    expect(github.log).toContain("GET /repos/{owner}/{repo}/git/blobs/{file_sha}");
    expect(withSuggestions(text, github.threads)).toBe(
      fixed({ "compose.yaml": text }, "compose.yaml", "--service", "adminer"),
    );
    expect(github.problems).toEqual([]);
  });

  it("looks at a branch that is checked out itself, too", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    const { workspace } = await runPull(repository, github);
    repository.git("-C", workspace, "checkout", "-q", "--detach", github.head);
    const before = lines(github.threads);
    github.threads.length = 0;
    const again = await runPull(repository, github, { "only-new": "true" }, { workspace });
    expect(github.log).toContain("GET /repos/{owner}/{repo}/compare/{basehead}");
    expect(again.log).not.toContain("web");
    expect(lines(github.threads)).toEqual(before);
    expect(github.problems).toEqual([]);
  });
});

describe("comments that stand already", () => {
  it("are changed where they stand when there is something else to say", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    await runPull(repository, github, { rules: "pids-limit", suggestions: "false" });
    expect(github.threads).toHaveLength(1);
    await runPull(repository, github, { rules: "pids-limit\nmemory-limit", suggestions: "false" });
    expect(github.threads).toHaveLength(1);
    expect(github.threads[0]?.body).toContain("memory-limit");
    expect(written(github).at(-1)).toBe("PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}");
    expect(github.problems).toEqual([]);
  });

  it("stay closed where a person closed them, and open again where the program did", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    await runPull(repository, github, QUIET);
    const count = github.threads.length;
    const [one, other] = github.threads;
    if (one === undefined || other === undefined) throw new Error("too few comments");
    one.resolvedBy = "octocat";
    other.resolvedBy = github.viewer;
    await runPull(repository, github, QUIET);
    expect(github.threads).toHaveLength(count);
    expect(one.resolvedBy).toBe("octocat");
    expect(other.resolvedBy).toBeUndefined();
    expect(github.problems).toEqual([]);
  });

  it("are nobody else's: what others write is neither taken for ours nor touched", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    github.viewer = "mallory";
    await runPull(repository, github, QUIET);
    const forged = github.threads.map((thread) => ({ ...thread }));
    github.viewer = "github-actions[bot]";
    await runPull(repository, github, QUIET);
    expect(github.threads).toHaveLength(forged.length * 2);
    expect(github.threads.slice(0, forged.length)).toEqual(forged);
  });

  it("are found among hundreds, and changes among hundreds of files", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 230 }, (_, index) => [`notes/${String(index).padStart(3, "0")}.txt`, `note ${index}\n`]),
    );
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest(
      { "zz/compose.yaml": HARDENED },
      { ...many, "zz/compose.yaml": text },
    );
    github.viewer = "octocat";
    for (let index = 0; index < 250; index++) {
      github.threads.push({
        id: `other-${index}`,
        databaseId: index,
        path: "notes/001.txt",
        line: 1,
        startLine: null,
        originalLine: 1,
        body: `talk ${index}`,
        author: "hubot",
        isOutdated: false,
        resolvedBy: undefined,
      });
    }
    await runPull(repository, github, QUIET);
    const count = github.threads.length;
    expect(count).toBeGreaterThan(252);
    expect(github.log.filter((name) => name.endsWith("/files"))).toHaveLength(3);
    expect(github.log.filter((name) => name === "POST /graphql")).toHaveLength(3);
    await runPull(repository, github, QUIET);
    expect(github.threads).toHaveLength(count);
    expect(github.problems).toEqual([]);
  });

  it("are left alone by a run for a commit that is no longer the newest", async () => {
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    const { workspace } = await runPull(repository, github, { comments: "false" });
    const old = github.head;
    github.push(repository.commit("feature", { "readme.txt": "more" }));
    const stale = { ...pullEvent(github), workspace };
    const event = structuredClone(stale.event) as { pull_request: { head: { sha: string } } };
    event.pull_request.head.sha = old;
    const { log } = await runPull(repository, github, {}, { ...stale, event });
    expect(log).toContain("the pull request has a newer commit");
    expect(github.threads).toEqual([]);
  });
});

describe("secrets", () => {
  it("are in no comment, and a suggestion that would show one is not made", async () => {
    const secret = "hunter2-hunter2-hunter2";
    const added = `
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: ${secret}
`;
    const text = HARDENED + added;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    const { log, summary } = await runPull(repository, github, { unsafe: "true" });
    expect(github.threads.length).toBeGreaterThan(0);
    const all = JSON.stringify(github.threads) + log + summary;
    expect(all).not.toContain(secret);
    expect(github.threads.some(({ body }) => suggestionIn(body) !== undefined)).toBe(false);
    expect(github.threads.some(({ body }) => body.includes("its lines hold a secret: run"))).toBe(true);
  });

  it("hold up no suggestion that can be written beside another line", async () => {
    const before = `${HARDENED}volumes:\n  data:\n`;
    const text = `${HARDENED}
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: hunter2-hunter2-hunter2

volumes:
  data:
`;
    const { repository, github } = await pullRequest({ "compose.yaml": before }, { "compose.yaml": text });
    await runPull(repository, github);
    expect(JSON.stringify(github.threads)).not.toContain("hunter2");
    expect(github.threads.filter(({ body }) => suggestionIn(body) !== undefined)).toHaveLength(1);
    expect(withSuggestions(text, github.threads)).toBe(
      fixed({ "compose.yaml": text }, "compose.yaml", "--service", "db"),
    );
  });

  it("of the runner are not seen by files, whatever they ask for", async () => {
    const added = `
  spy:
    image: \${INPUT_TOKEN:-none}/\${GITHUB_TOKEN:-none}:\${DEPLOY_KEY:-none}
    command: echo \${INPUT_TOKEN} \${ACTIONS_RUNTIME_TOKEN}
`;
    const text = HARDENED + added;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    const env = { DEPLOY_KEY: "deploy-key-value", ACTIONS_RUNTIME_TOKEN: "runtime-token-value" };
    const { log, summary } = await runPull(repository, github, { outputs: "report.json" }, { env });
    const all = JSON.stringify(github.threads) + log + summary;
    for (const value of ["ghs_made_up_token", "ghs_not_for_files", "deploy-key-value", "runtime-token-value"])
      expect(all).not.toContain(value);
    expect(all).toContain("none/none");
  });
});

describe("suggestions", () => {
  it("are not made where GitHub could not write them byte for byte", async () => {
    const crlf = (text: string) => text.replaceAll("\n", "\r\n");
    const { repository, github } = await pullRequest(
      { "compose.yaml": crlf(HARDENED) },
      { "compose.yaml": crlf(HARDENED + ADDED) },
    );
    await runPull(repository, github);
    expect(github.threads.length).toBeGreaterThan(0);
    expect(github.threads.some(({ body }) => suggestionIn(body) !== undefined)).toBe(false);
    const text = crlf(HARDENED + ADDED);
    const mended = fixed({ "compose.yaml": text }, "compose.yaml", "--service", "adminer");
    const shown = github.threads.flatMap(({ body }) => /^```yaml\n([\s\S]*?)^```$/m.exec(body)?.[1]?.split("\n") ?? []);
    expect(shown.filter((line) => line !== "").length).toBeGreaterThan(3);
    expect(mended.split("\r\n")).toEqual(expect.arrayContaining(shown));
    expect(
      github.threads.filter(({ body }) => body.includes("```yaml")).every(({ body }) => body.includes("Windows")),
    ).toBe(true);
    expect(github.problems).toEqual([]);
  });

  it("keep a fence closed that their text would open", async () => {
    const added = `
  web2:
    image: nginx:1.27
    ports:
      - "8082:80" # \`\`\`\` and \`\`\`suggestion
`;
    const text = HARDENED + added;
    const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
    await runPull(repository, github);
    expect(withSuggestions(text, github.threads)).toBe(
      fixed({ "compose.yaml": text }, "compose.yaml", "--service", "web2"),
    );
    expect(github.threads.some(({ body }) => body.includes("`````suggestion\n"))).toBe(true);
  });

  it("are not made for lines that the diff does not show", async () => {
    const filler = Array.from({ length: 20 }, (_, index) => `      V${index}: "${index}"`).join("\n");
    const long = `${HARDENED}  long:\n    image: nginx:1.27\n    environment:\n${filler}\n`;
    const text = long.replace(
      "image: nginx:1.27\n    environment",
      "image: nginx:1.27\n    privileged: true\n    environment",
    );
    const { repository, github } = await pullRequest({ "compose.yaml": long }, { "compose.yaml": text });
    await runPull(repository, github);
    expect(github.threads).toHaveLength(1);
    expect(github.threads[0]?.body).toContain("privileged");
    expect(github.problems).toEqual([]);
  });
});

describe("only-new", () => {
  it("shows and fails for what the pull request brings, not for what was there", async () => {
    const open = HARDENED.replace("127.0.0.1:8080:80", "8080:80");
    const { repository, github } = await pullRequest({ "compose.yaml": open }, { "compose.yaml": open + ADDED });
    const all = await runPull(repository, github, { comments: "false" });
    expect(all.log).toContain("`web` publishes 8080");
    const only = await runPull(repository, github, { comments: "false", "only-new": "true" });
    expect(only.log).not.toContain("`web` publishes 8080");
    expect(only.log).toContain("`adminer` publishes 8081");
    expect(only.code).toBe(1);

    github.push(repository.commit("feature", { "compose.yaml": `# only a comment\n${open}` }));
    const nothing = await runPull(repository, github, { "only-new": "true" });
    expect(nothing.code, nothing.log).toBe(0);
    expect(nothing.outputs.findings).toBe("0");
    expect(github.problems).toEqual([]);
  });

  it("comments on a finding that a change brings to a line beside it", async () => {
    const { repository, github } = await pullRequest(
      { "compose.yaml": HARDENED },
      { "compose.yaml": HARDENED.replace("    security_opt:\n      - no-new-privileges:true\n", "") },
    );
    const { outputs } = await runPull(repository, github, { "only-new": "true" });
    expect(outputs.findings).toBe("1");
    // The service's name stands outside of what the diff shows.
    expect(github.threads).toHaveLength(0);
    const short = "services:\n  web:\n    image: nginx:1.27\n    security_opt:\n      - no-new-privileges:true\n";
    const repository2 = gitRepository();
    const github2 = await fakeGithub(repository2);
    github2.open(
      repository2.commit("main", { "compose.yaml": short }),
      repository2.commit("feature", { "compose.yaml": "services:\n  web:\n    image: nginx:1.27\n" }),
    );
    await runPull(repository2, github2, { "only-new": "true" });
    expect(github2.threads.map(({ line }) => line)).toEqual([3]);
    expect(suggestionIn(github2.threads[0]?.body ?? "")).toHaveLength(3);
  });

  it("follows files that were removed, renamed, and that others include", async () => {
    const part = "services:\n  cache:\n    image: redis:7\n    ports:\n      - 6379:6379\n";
    const { repository, github } = await pullRequest(
      { "compose.yaml": "include:\n  - parts/cache.yml\n", "parts/cache.yml": part, "old/compose.yaml": part },
      {
        "compose.yaml": "include:\n  - parts/cache.yml\n",
        "parts/cache.yml": `${part}    privileged: true\n`,
        "old/compose.yaml": undefined,
        "new/compose.yaml": part,
      },
    );
    const { log, outputs } = await runPull(repository, github, { "only-new": "true", "min-severity": "critical" });
    expect(log).toContain("parts/cache.yml");
    expect(outputs.critical).toBe("1");
    expect(github.problems).toEqual([]);
  });

  it("says so where there is nothing to compare with", async () => {
    const { repository, github } = await pullRequest({}, { "compose.yaml": HARDENED });
    github.fault = ({ name }) => (name.endsWith("/files") ? { status: 404 } : undefined);
    const { log, code } = await runPull(repository, github, { "only-new": "true", "fail-on": "none" });
    expect(log).toContain("nothing to compare with");
    expect(code).toBe(0);
  });
});

it("reads what GitHub leaves out of large diffs from the files themselves", async () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `  # ${index} ${"x".repeat(60)}`).join("\n");
  const text = `${HARDENED}${many(4000)}\n${ADDED}`;
  const { repository, github } = await pullRequest({ "compose.yaml": HARDENED }, { "compose.yaml": text });
  const { log, code } = await runPull(repository, github, QUIET);
  expect(github.log).toContain("GET /repos/{owner}/{repo}/contents/{path}");
  // This server takes no comments there, as GitHub may not either: each is tried, and annotated.
  expect(
    github.log.filter((name) => name === "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments").length,
  ).toBeGreaterThan(1);
  expect(log).toMatch(/^::warning file=compose.yaml,line=4\d{3},/m);
  expect(code).toBe(0);
  expect(github.problems).toEqual([]);
});
