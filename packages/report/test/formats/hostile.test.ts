import fc from "fast-check";
import { expect, it } from "vitest";
import { ACTIVE, escapeText } from "../../src/escape.js";
import { formatComment, formatMended, printsIn } from "../../src/formats/comment.js";
import { cut, entriesOf } from "../../src/formats/entry.js";
import { type Format, formatResults } from "../../src/formats/formats.js";
import { commandsIn, elementsOf, type Node, readMarkdown, readXml } from "./readers.js";
import { hostileResult, type Names, OPTIONS } from "./stack.js";

const TRICKS = [
  "\n::set-output name=a::b",
  "::add-mask::web",
  "x ::stop-commands::token",
  "##[add-mask]web",
  "%0A::error::x",
  "%25",
  "\r\n",
  "\u001b[31mred\u001b[0m",
  "\u009b2J",
  "\u0007",
  "\u0000",
  "\ud800",
  "\uffff",
  "\u202egnp.exe",
  "\u2066x\u2069",
  "\u2028::error::x",
  "<script>alert(1)</script>",
  "</code></td></tr></table>",
  "<!-- -->",
  "]]>",
  "&lt;&#10;&amp;",
  "\"'/>",
  "`",
  "``",
  "```",
  "\n````suggestion\n",
  "a`b ::error::c`d",
  "|",
  "\\|",
  "\n\n# heading",
  "![x](https://evil.example/x.png)",
  "[x](javascript:alert(1))",
  "[x](1)",
  "@everyone",
  "#1 !2 ~bug %v1 $3 &4 GH-5",
  "www.evil.example",
  "https://evil.example",
  "a@evil.example",
  "*b* _i_ ~~s~~ **B**",
  "{0} {{1}} ${X}",
  ",:;=",
  "../../etc/passwd",
  "C:\\x y",
  "😀",
  "‏עברית",
  "x".repeat(3000),
  "é".repeat(50),
] as const;

const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...TRICKS) },
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.string({ maxLength: 8 }),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(""));

const names: fc.Arbitrary<Names> = fc.record({ file: text, service: text, value: text, reason: text });

function check(format: Format, holds: (output: string, names: Names) => void): void {
  fc.assert(
    fc.property(names, (given) => {
      const output = formatResults(format, [hostileResult(given)], OPTIONS);
      expect(output.replaceAll("\n", "").match(ACTIVE)).toBeNull();
      holds(output, given);
    }),
    { numRuns: 150 },
  );
}

/** What an attribute may have become on its way through a text. */
const shown = (value: string) => escapeText(value);

/** Texts compared without the sign that keeps the runner from taking them for commands: pieces are escaped one by one. */
const loose = (value: string) => value.replaceAll("\\u003a", ":").replaceAll("\\u0023", "#").replaceAll("`", "");

it("text starts no command", () => {
  check("text", (output) => expect(commandsIn(output)).toEqual([]));
});

it("JSON gives back what went in", () => {
  check("json", (output, { file, service, value, reason }) => {
    expect(commandsIn(output)).toEqual([]);
    const [project] = JSON.parse(output).projects;
    expect(project.files).toEqual([file]);
    expect(project.services).toEqual([service]);
    expect(project.findings[0]).toMatchObject({ service, message: `\`${service}\` runs \`${value}\` as it is` });
    expect(project.suppressed[0].suppression.reason).toBe(reason);
  });
});

it("SARIF gives back what went in, and files as addresses", () => {
  check("sarif", (output, { file, service, value, reason }) => {
    expect(commandsIn(output)).toEqual([]);
    const [{ results, invocations }] = JSON.parse(output).runs;
    expect(results).toHaveLength(3);
    const [{ message, locations, properties, relatedLocations }] = results;
    expect(properties.service).toBe(service);
    expect(unbracketed(message.text)).toBe(`\`${service}\` runs \`${value}\` as it is: \`${value}\` may do harm`);
    expect(message.text).not.toMatch(/(?<!\\)\]\(/);
    expect(unbracketed(relatedLocations[0].message.text)).toBe(`\`${value}\` is here`);
    const { uri } = locations[0].physicalLocation.artifactLocation;
    expect(uri).toMatch(/^(?:[\w.~-]|%[0-9A-Fa-f]{2}|\/|:)*$/);
    expect(decodeURIComponent(uri)).toBe(addressOf(file.replace(/\p{Surrogate}/gu, "\ufffd")));
    expect(
      results.some(
        ({ suppressions }: { suppressions?: readonly { justification: string }[] }) =>
          suppressions?.[0]?.justification === reason,
      ),
    ).toBe(true);
    expect(invocations[0].toolExecutionNotifications).toHaveLength(2);
  });
});

/** An absolute path gets a scheme. */
function addressOf(path: string): string {
  return path.startsWith("/") ? `file://${path}` : /^[A-Za-z]:\//.test(path) ? `file:///${path}` : path;
}

/** SARIF writes a literal bracket as `\[` where it could be read as a link. */
function unbracketed(message: string): string {
  return message.includes("\\](") ? message.replace(/\\([[\]\\])/g, "$1") : message;
}

it("GitHub gets one command for each entry and no other", () => {
  check("github", (output, { file, service, value }) => {
    const commands = commandsIn(output);
    expect(output.split("\n")).toHaveLength(5);
    expect(commands.map(({ name }) => name)).toEqual(["error", "warning", "notice", "notice"]);
    const [first] = commands;
    expect(Object.keys(first?.properties ?? {})).toEqual(["file", "line", "endLine", "col", "endColumn", "title"]);
    expect(first?.properties).toMatchObject({
      file: shown(file),
      line: "2",
      title: shown(cut(`${service}: first-rule (high)`, 200)),
    });
    expect(first?.data.split("\n")[0]).toBe(shown(cut(`\`${service}\` runs \`${value}\` as it is`, 4000)));
    expect(first?.data.split("\n")).toHaveLength(3);
  });
});

it("GitLab gets exact paths and harmless texts", () => {
  check("gitlab", (output, { file, service, value }) => {
    expect(commandsIn(output)).toEqual([]);
    const issues = JSON.parse(output);
    expect(issues).toHaveLength(4);
    expect(new Set(issues.map(({ fingerprint }: { fingerprint: string }) => fingerprint)).size).toBe(4);
    expect(issues[0]).toMatchObject({
      check_name: "first-rule",
      severity: "critical",
      location: { path: file, lines: { begin: 2, end: 2 } },
    });
    expect(issues[0].description).toBe(
      shown(cut(`\`${service}\` runs \`${value}\` as it is: \`${value}\` may do harm`, 4000)),
    );
  });
});

it("JUnit is well-formed and holds one test for each entry", () => {
  check("junit", (output, { file, service, value, reason }) => {
    expect(commandsIn(output)).toEqual([]);
    const root = readXml(output);
    expect(root).toMatchObject({ name: "testsuites", attributes: { tests: "5", failures: "1", errors: "1" } });
    const [suite] = root.children;
    expect(suite?.attributes).toEqual({ name: shown(file), tests: "5", failures: "1", errors: "1", skipped: "1" });
    const cases = suite?.children ?? [];
    expect(cases.map(({ children }) => children.map(({ name }) => name).join())).toEqual([
      "failure",
      "error",
      "system-out",
      "system-out",
      "skipped",
    ]);
    expect(cases[0]?.attributes).toEqual({
      name: "first-rule",
      classname: shown(service),
      file: shown(file),
      line: "2",
    });
    expect(cases[0]?.children[0]?.attributes.message).toBe(
      shown(cut(`\`${service}\` runs \`${value}\` as it is`, 1000)),
    );
    expect(cases[0]?.children[0]?.text.split("\n")).toHaveLength(3);
    expect(cases[4]?.children[0]?.attributes.message).toBe(shown(cut(reason, 1000)));
  });
});

it("concise lines are one for each finding, and hold nothing active", () => {
  check("concise", (output, { file }) => {
    expect(commandsIn(output)).toEqual([]);
    const lines = output.trimEnd().split("\n");
    expect(lines.every((line) => line.startsWith(`${shown(file)}:2:3: `))).toBe(true);
    expect(lines.map((line) => /^: (\w+): /.exec(line.slice(`${shown(file)}:2:3`.length))?.[1])).toEqual([
      "gap",
      "high",
      "info",
    ]);
  });
});

it("Checkstyle is well-formed and names the file", () => {
  check("checkstyle", (output, { file, service, value }) => {
    expect(commandsIn(output)).toEqual([]);
    const root = readXml(output);
    expect(root.children.map(({ name, attributes }) => [name, attributes])).toEqual([["file", { name: shown(file) }]]);
    const errors = root.children[0]?.children ?? [];
    expect(errors.map(({ attributes }) => attributes.severity)).toEqual(["error", "warning", "info", "info"]);
    expect(errors[0]?.attributes).toMatchObject({ line: "2", column: "3", source: "compose-harden.first-rule" });
    expect(errors[0]?.attributes.message).toBe(
      shown(cut(`\`${service}\` runs \`${value}\` as it is: \`${value}\` may do harm`, 4000)),
    );
  });
});

const TAGS = [
  "page",
  "h2",
  "p",
  "strong",
  "table",
  "tr",
  "th",
  "td",
  "code",
  "em",
  "details",
  "summary",
  "ul",
  "li",
  "br",
];

it("Markdown renders as the table it is and nothing else", () => {
  check("markdown", (output, { file, service, value }) => {
    expect(commandsIn(output)).toEqual([]);
    expect(output.length).toBeLessThan(65_536);
    const page = readMarkdown(output);
    expect(namesIn(page).filter((name) => !TAGS.includes(name))).toEqual([]);
    expect(page.children.map(({ name }) => name)).toEqual(["h2", "p", "table", "details", "p"]);
    const rows = elementsOf(page, "tr").map(({ children }) => children);
    expect(rows.map((cells) => cells.length)).toEqual([4, 4, 4, 4, 4]);
    const [, who, what, where] = rows[1] ?? [];
    expect(who?.text).toBe(shown(cut(service, 1000)));
    expect(where?.text).toBe(shown(cut(`${file}:2`, 1000)));
    const message = cut(`\`${service}\` runs \`${value}\` as it is`, 1000);
    expect(loose(what?.text ?? "")).toBe(loose(shown(`${message} first-rule`)));
    expect(mentions(page)).toEqual([]);
  });
});

const line = text.map((words) => words.replace(ACTIVE, ""));

it("a comment renders as what it says, with its suggestion as the text it is", () => {
  fc.assert(
    fc.property(
      names,
      fc.array(line, { maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
      (given, suggestion, isAlone, isClick) => {
        const entries = entriesOf([hostileResult(given)], (path) => path).slice(0, isAlone ? 1 : undefined);
        const [field, language] = isClick
          ? (["suggestion", "suggestion"] as const)
          : (["replacement", "yaml"] as const);
        const output = formatComment({ entries, [field]: suggestion, notes: ["run `compose-harden fix`"] });
        expect(commandsIn(output.slice(0, output.indexOf(`${language}\n`)))).toEqual([]);
        expect(output.replaceAll("\n", "").match(ACTIVE)).toBeNull();
        expect(output.length).toBeLessThan(65_536);
        expect(printsIn(output)).toEqual(entries.map(({ fingerprint }) => fingerprint));
        const page = readMarkdown(output);
        expect(namesIn(page).filter((name) => ![...TAGS, "pre", "class"].includes(name))).toEqual([]);
        const blocks = page.children.map(({ name }) => name);
        expect(blocks).toEqual(isAlone ? ["p", "p", "pre"] : ["p", "p", "p", "p", "details", "p", "pre"]);
        const [block] = elementsOf(page, "pre").flatMap(({ children }) => children);
        expect(block?.attributes).toEqual({ class: `language-${language}` });
        expect(block?.text).toBe(suggestion.map((one) => `${one}\n`).join(""));
        const paragraphs = page.children.filter(({ name }) => name === "p");
        const message = cut(`\`${given.service}\` runs \`${given.value}\` as it is`, 1000);
        expect(loose(paragraphs[0]?.text ?? "")).toContain(loose(shown(message)));
        expect(mentions(page)).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

it("a comment is known by its own last line only", () => {
  const entries = entriesOf([hostileResult({ file: "a", service: "b", value: "c", reason: "d" })], (path) => path);
  const comment = formatComment({ entries });
  expect(printsIn(comment)).toHaveLength(4);
  expect(printsIn(formatMended(comment))).toEqual(printsIn(comment));
  expect(printsIn(`${comment}\nmore`)).toBeUndefined();
  expect(printsIn("<!-- compose-harden:v1 -->")).toBeUndefined();
  expect(printsIn("<!-- compose-harden:v1 0123456789abcdef<script> -->")).toBeUndefined();
});

function namesIn(node: Node): readonly string[] {
  return [node.name, ...Object.keys(node.attributes), ...node.children.flatMap(namesIn)];
}

/** Text outside of code, in which GitHub and GitLab make links of names and numbers. */
function mentions(page: Node): readonly string[] {
  const cells = [...elementsOf(page, "td"), ...elementsOf(page, "li"), ...elementsOf(page, "p")];
  return cells.flatMap(({ text: whole, children }) => {
    const outside = elementsInside(children, "code").reduce(
      (left, { text: inside }) => left.replace(inside, " "),
      whole,
    );
    return outside.match(/[@#!~$]\S|www\.|:\/\//g) ?? [];
  });
}

function elementsInside(nodes: readonly Node[], name: string): readonly Node[] {
  return nodes.flatMap((node) => elementsOf(node, name));
}
