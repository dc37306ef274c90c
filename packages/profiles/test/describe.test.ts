import { expect, test } from "vitest";
import { describeProfile, modelMemory, namedModels, profileById, profileIds, type ServiceFacts } from "../src/index.js";

test("a description says what is known, from where, and what is not", () => {
  const postgres = profileById("postgres");
  if (postgres === undefined) throw new Error("postgres has a profile");
  const description = describeProfile(postgres);
  const section = (title: string) => description.sections.find((candidate) => candidate.title === title)?.facts ?? [];
  expect(section("Ports").map(({ text }) => text)).toEqual(["5432/tcp: database protocol (internal)"]);
  expect(section("Capabilities")[0]).toMatchObject({
    text: "needed after `cap_drop: [ALL]`: CHOWN, DAC_OVERRIDE, SETGID, SETUID",
    grade: "B",
  });
  expect(section("User")[0]?.text).toContain("the service runs as 999:999");
  expect(section("Ports")[0]?.evidence[0]?.where).toContain("docker-library/postgres");
});

test("every fact of every description has a source, and what has no facts is called unknown", () => {
  for (const id of profileIds()) {
    const profile = profileById(id);
    if (profile === undefined) throw new Error(`${id} has a profile`);
    const { sections, unknown } = describeProfile(profile);
    for (const { title, facts } of sections) {
      expect(unknown).not.toContain(title.toLowerCase());
      for (const { text, evidence } of facts) {
        expect(text).not.toBe("");
        expect(evidence.length, `${id}: ${text}`).toBeGreaterThan(0);
      }
    }
  }
});

test.each([
  ["llama3.1:70b", 77],
  ["llama3:8b", 9],
  ["Qwen/Qwen2.5-7B-Instruct", 8],
  ["mixtral:8x7b", 62],
  ["mistral-7b-instruct-fp16", 16],
  ["deepseek-r1:1.5b", 2],
  ["nomic-embed-text", undefined],
  ["gpt-4o", undefined],
  ["ggml-2024b1c.bin", undefined],
  ["", undefined],
])("%s takes %s GiB", (model, gib) => {
  expect(modelMemory(model)).toBe(gib === undefined ? undefined : gib * 1024);
});

test("models are found in settings that name one, and in the command", () => {
  const facts: ServiceFacts = {
    image: "ollama/ollama",
    hasEntrypoint: false,
    hasBuild: false,
    privileged: false,
    hostNamespaces: [],
    devices: [],
    capAdd: [],
    capDrop: [],
    mounts: [],
    tmpfs: [],
    environment: new Map([
      ["OLLAMA_MODELS", { value: "llama3:8b, llama3:70b" }],
      ["TITLE", { value: "a 405b story" }],
      ["EMPTY_MODEL", { value: null }],
    ]),
    ports: [],
    command: ["serve", "--model=qwen2:1.5b"],
  };
  expect(namedModels(facts).map(({ model }) => model)).toEqual(["llama3:70b", "llama3:8b", "qwen2:1.5b"]);
});

test("what keeps the same software to this machine outside Docker is told with the lines to copy", () => {
  const ollama = profileById("ollama");
  if (ollama === undefined) throw new Error("ollama has a profile");
  const [unit] = describeProfile(ollama).sections.find(({ title }) => title === "Outside Docker")?.facts ?? [];
  expect(unit?.lines).toEqual(["[Service]", 'Environment="OLLAMA_HOST=127.0.0.1:11434"']);
  expect(unit?.evidence[0]?.kind).toBe("vendor-doc");
});
