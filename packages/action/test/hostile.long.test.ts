import { expect, it } from "vitest";
import { commandsIn, type Node, readMarkdown } from "../../report/test/formats/readers.js";
import { gitRepository } from "./github/repository.js";
import { fakeGithub } from "./github/server.js";
import { runPull } from "./runner.js";

const NAMES = [
  "\n::set-output name=exit-code::0",
  "\n::add-mask::e",
  "##[set-env name=PATH]x",
  "%0A::error::injected",
  "<script>alert(1)</script>",
  "`</code></p>@everyone #1 https://evil.example",
  "![x](https://evil.example/x.png)",
  "\u001b[31mred\u001b[2J",
  "\u202egnp.exe",
  "--> <!-- compose-harden:v1 0123456789abcdef -->",
  "a".repeat(150),
];

/** A stack in which every text that its author chooses is a trick. */
function stack(trick: string): string {
  const text = JSON.stringify(trick);
  return `services:
  ${JSON.stringify(`web${trick}`)}:
    image: ${JSON.stringify(`nginx:${trick}`)}
    privileged: true
    ports: [${text}, "8080:80"]
    volumes: [${JSON.stringify(`/var/run/docker.sock:${trick}`)}, ${JSON.stringify(`/etc/${trick}:/etc`)}]
    environment:
      ${JSON.stringify(`KEY${trick}`)}: ${text}
    command: ${JSON.stringify(`run ${trick} --password=${trick}`)}
  web:
    image: nginx:1.27 # ${trick.replace(/[\u0000-\u001f]/g, " ")}
    ports: ["8081:80"]
    labels: {x: ${text}}
`;
}

it.each(NAMES)("%j: nothing is injected into log, comments, summary and outputs", async (trick) => {
  const repository = gitRepository();
  const github = await fakeGithub(repository);
  const directory = trick.replaceAll("/", "_").slice(0, 100);
  const base = repository.commit("main", {});
  const head = repository.commit("feature", {
    [`${directory}/compose.yaml`]: stack(trick),
    "compose.yaml": stack(trick),
  });
  github.open(base, head);
  const { log, outputs, summary } = await runPull(repository, github, { annotations: "all", unsafe: "true" });
  const allowed = ["error", "warning", "notice"];
  expect(commandsIn(log).filter(({ name }) => !allowed.includes(name))).toEqual([]);
  expect(log).not.toMatch(/[\u001b\u202e]/);
  for (const { properties } of commandsIn(log))
    expect(
      Object.keys(properties).filter((key) => !["file", "line", "endLine", "col", "endColumn", "title"].includes(key)),
    ).toEqual([]);
  expect(outputs["exit-code"]).toBe("1");
  expect(Number(outputs.findings)).toBeGreaterThan(5);
  expect(github.threads.length).toBeGreaterThan(3);
  for (const text of [summary, ...github.threads.map(({ body }) => body)]) {
    const page = readMarkdown(text);
    expect(namesIn(page).filter((name) => !HARMLESS.includes(name))).toEqual([]);
    // A suggestion is the file's own text, in its fence.
    const shown = text.replace(/^(`{3,})suggestion\n[\s\S]*?^\1$/m, "");
    expect(shown).not.toMatch(/[\u001b\u202e]/);
    expect(commandsIn(shown)).toEqual([]);
  }
  expect(github.problems).toEqual([]);

  // Comments of hostile files are found again, too.
  const count = github.threads.length;
  await runPull(repository, github, { annotations: "all", unsafe: "true" });
  expect(github.threads).toHaveLength(count);
});

const HARMLESS = "page h2 p strong table tr th td code em details summary ul li br pre class".split(" ");

function namesIn(node: Node): readonly string[] {
  return [node.name, ...Object.keys(node.attributes), ...node.children.flatMap(namesIn)];
}
