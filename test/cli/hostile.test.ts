import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { ACTIVE } from "../../packages/report/src/escape.js";
import { commandsIn, elementsOf, type Node, readMarkdown } from "../../packages/report/test/formats/readers.js";
import { fakeDocker, labels } from "./fake-docker.js";
import { folder, type Outcome, run } from "./program.js";

/** Everything that a terminal, a runner, Markdown or HTML could take for more than text. */
const TRICKS = [
  "x\n::set-output name=a::b\n##[add-mask]c %0A::error::d",
  "\u001b[31mred\u001b[2J\u009b2J\u202egnp.exe\u2066\u2028",
  "<script>alert(1)</script> </td> <!-- | \\| ` **b** [x](https://evil.example) @everyone #1 www.evil.example a@evil.example '\"; $(id)",
  "y".repeat(3000),
];

/** A project in which its author chose every text that is free. Folders cannot hold every name. */
function hostile(trick: string): string {
  const text = JSON.stringify(trick);
  const name = trick.replace(/[/\u0000]/g, "_").slice(0, 80);
  return folder({
    [`${name}/compose.yaml`]: `name: shop
services:
  web:
    image: nginx:1.22
    privileged: true
    user: ${text}
    command: ["run", ${text}]
    environment: {${JSON.stringify(`KEY ${trick}`)}: ${text}, POSTGRES_PASSWORD: correct-horse}
    labels: {x: ${text}}
    ports: ["8080:80", ${text}]
    devices: [${JSON.stringify(`/dev/sda:${trick}`)}]
    security_opt: [${text}]
    cap_add: [${text}]
    volumes: [${JSON.stringify(`/etc/${trick}:/etc`)}]
    networks: [${text}]
    x-trick: ${text}
${trick.length > 100 ? "" : `  ${JSON.stringify(`web${trick}`)}: {image: ${text}}\n`}networks: {${text}: {}}
`,
    [`${name}/fine.compose.yaml`]: `name: shop
services:
  web:
    image: nginx:1.22
    user: ${text}
    command: ["run", ${text.replaceAll("$", "$$$$")}]
    labels: {x: ${text.replaceAll("$", "$$$$")}}
    cap_add: [${text.replaceAll("$", "$$$$")}]
    volumes: [{type: bind, source: ${JSON.stringify(`/etc/${trick.replaceAll("$", "$$$$")}`)}, target: /srv}]
`,
  });
}

/** Nothing that acts comes out, and no command of a runner. */
function expectHarmless({ out, err }: Outcome): void {
  for (const text of [out, err]) {
    expect(text.replaceAll("\n", "").match(ACTIVE)).toBeNull();
    expect(commandsIn(text)).toEqual([]);
  }
}

const COMMANDS: readonly (readonly string[])[] = [
  ["audit"],
  ["audit", "--format", "json"],
  ["check"],
  ["check", "--format", "concise"],
  ["config", "--origins"],
  ["fix", "--check", "--unsafe"],
  ["rules"],
  ["init"],
  ["explain"],
  ["explain", "privileged"],
];

test.each(TRICKS)("%j acts nowhere", (trick) => {
  const cwd = hostile(trick);
  for (const command of COMMANDS) expectHarmless(run(command, { cwd }));
  // What the user typed comes back in messages.
  const word = trick.replaceAll("\u0000", "");
  for (const [name = "", ...rest] of [
    ["explain", word],
    ["check", "--rule", word],
    ["check", "--service", word, "."],
    ["check", word],
    ["completion", word],
    ["init", "--ci", word],
    [word],
  ])
    expectHarmless(run([name, ...rest], { cwd }));
});

test.each(TRICKS)("%j stays text in the table of an audit in Markdown", (trick) => {
  const { out } = run(["audit", "--format", "markdown"], { cwd: hostile(trick) });
  expect(commandsIn(out)).toEqual([]);
  expect(out.replaceAll("\n", "").match(ACTIVE)).toBeNull();
  const page = readMarkdown(out);
  const names = new Set(namesIn(page));
  expect([...names].filter((name) => !TAGS.includes(name))).toEqual([]);
  const outside = [...elementsOf(page, "td"), ...elementsOf(page, "h2")].map((cell) =>
    elementsOf(cell, "code").reduce((text, { text: inside }) => text.replace(inside, " "), cell.text),
  );
  expect(outside.filter((text) => /@\w|#\d|www\.|:\/\//.test(text))).toEqual([]);
});

const TAGS = "page h2 table thead tbody tr th td code".split(" ");

function namesIn(node: Node): readonly string[] {
  return [node.name, ...Object.keys(node.attributes), ...node.children.flatMap(namesIn)];
}

test.each(TRICKS)("%j from an engine acts nowhere", (trick) => {
  const path = `/run/${trick.replaceAll("\n", "")}`;
  const container = {
    Id: "ab".repeat(32),
    Name: `/shop-web-1${trick}`,
    Image: "sha256:1",
    Config: {
      Image: `nginx:${trick}`,
      Cmd: ["run", trick],
      User: trick,
      Env: [`KEY ${trick}=${trick}`, "POSTGRES_PASSWORD=correct-horse"],
      Labels: labels("shop", "web", { [`x${trick}`]: trick }),
    },
    HostConfig: { Privileged: true, CapAdd: [trick], SecurityOpt: [trick], ExtraHosts: [trick], NetworkMode: trick },
    Mounts: [{ Type: "bind", Source: `/etc/${trick}`, Destination: `/srv/${trick}`, RW: true }],
    NetworkSettings: { Networks: { [trick]: {} }, Ports: { "80/tcp": [{ HostIp: trick, HostPort: "8080" }] } },
  };
  const images = [{ Id: "sha256:1", RepoTags: [`nginx:${trick}`], Config: { Entrypoint: [trick] } }];
  const bin = fakeDocker({ containers: [container], images, diff: `C /run\nA ${path}\nA ${path}/x\n` });
  const cwd = folder({
    "compose.yaml":
      "name: shop\nservices:\n  web:\n    image: nginx:1.22\n    command: [run]\n    networks: [back]\nnetworks: {back: {}}\n",
  });
  const env = { PATH: `${bin}:/usr/bin:/bin`, DOCKER_HOST: "ssh://me@example" };
  for (const command of [
    ["verify"],
    ["verify", "--format", "json"],
    ["trial", "--unsafe"],
    ["trial", "--unsafe", "--format", "json"],
  ]) {
    const outcome = run(command, { cwd, env });
    expectHarmless(outcome);
    expect(outcome.out + outcome.err).not.toContain("correct-horse");
  }
  // Another image or command would not be recorded.
  const same = { ...container, Config: { ...container.Config, Image: "nginx:1.22", Cmd: ["run"], User: "" } };
  const near = fakeDocker({
    containers: [same],
    images: [{ Id: "sha256:1", Config: {} }],
    diff: `C /run\nA ${path}\nA ${path}/x\n`,
  });
  const observed = run(["observe", "--for", "1s"], { cwd, env: { PATH: `${near}:/usr/bin:/bin` } });
  expectHarmless(observed);
  expect(observed.code, observed.err).toBe(0);
  const written = readFileSync(join(cwd, "compose-harden.observed.yaml"), "utf8");
  expect(written.replaceAll("\n", "").match(ACTIVE)).toBeNull();
  expect(parse(written)).toMatchObject({ services: { web: {} } });
  // What was written is read again.
  expectHarmless(run(["check", "--strict"], { cwd }));
});
