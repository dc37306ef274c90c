import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { optionSpecs } from "../src/config.js";
import { FRAMEWORK_NAMES, FRAMEWORKS } from "../src/frameworks.js";
import { rules } from "../src/generated/rules.js";
import type { Frameworks, Rule, Topic } from "../src/rule.js";
import { SEVERITY_TABLE } from "../src/severity.js";

const TOPICS: Readonly<Record<Topic, string>> = {
  network: "Network",
  privileges: "Privileges",
  files: "Files",
  resources: "Resources",
  secrets: "Secrets",
  "supply-chain": "Supply chain",
  compose: "Compose itself",
  access: "Logins of known software",
  ai: "AI services",
  home: "Home services",
  project: "The project as a whole",
};

/** The generated parts of the rules' pages, their index, the severity table, the table in the README, and the pages as text of the program. */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  const pages = new Map(rules.map((rule) => [rule.id, page(root, rule)]));
  const files = new Map([...pages].map(([id, text]) => [`docs/rules/${id}.md`, text]));
  files.set("docs/rules/README.md", index());
  files.set("packages/rules/src/generated/pages.ts", embedded(pages));
  const readme = join(root, "README.md");
  if (existsSync(readme)) {
    const text = readFileSync(readme, "utf8");
    if (hasPart(text, "rules")) files.set("README.md", replacePart(text, "rules", ruleTable(rules, "docs/rules/")));
  }
  return files;
}

function page(root: string, rule: Rule): string {
  const file = `docs/rules/${rule.id}.md`;
  if (!existsSync(join(root, file))) throw new Error(`${file} is missing: every rule has a page`);
  const text = readFileSync(join(root, file), "utf8");
  return replacePart(replacePart(text, "header", header(rule), file), "sources", sources(rule), file);
}

function header(rule: Rule): string {
  const options = optionSpecs(rule).map(
    ([name, spec]) => `| \`${name}\` | ${spec.summary} | \`${JSON.stringify(spec.default)}\` |`,
  );
  const general = rule.standsInFor?.map((id) => `[\`${id}\`](${id}.md)`).join(" and ");
  return [
    `# ${rule.id}`,
    "",
    `Holds when ${rule.summary}.`,
    "",
    `Severity: ${rule.severity} · topic: ${rule.topic} · since ${rule.since}`,
    ...(general === undefined ? [] : ["", `Told in the place of ${general}, which says the same in general.`]),
    ...(options.length === 0 ? [] : ["", "| option | meaning | default |", "|---|---|---|", ...options]),
  ].join("\n");
}

function sources(rule: Rule): string {
  const mapped = frameworkEntries(rule).map(
    ([name, numbers]) => `- ${FRAMEWORKS[name].title}: ${sectionsOf(name, numbers)}`,
  );
  return ["## Sources", "", ...rule.references.map(({ title, url }) => `- [${title}](${url})`), ...mapped].join("\n");
}

function frameworkEntries(rule: Rule): readonly (readonly [keyof Frameworks, readonly string[]])[] {
  return FRAMEWORK_NAMES.flatMap((name) => {
    const numbers = rule.frameworks?.[name];
    return numbers === undefined ? [] : [[name, numbers] as const];
  });
}

function sectionsOf(name: keyof Frameworks, numbers: readonly string[]): string {
  return numbers.map((number) => `${number} (${FRAMEWORKS[name].sections[number]})`).join(", ");
}

function ruleTable(listed: readonly Rule[], folder: string): string {
  return [
    "| rule | holds when | severity |",
    "|---|---|---|",
    ...listed.map((rule) => `| [${rule.id}](${folder}${rule.id}.md) | ${rule.summary} | ${rule.severity} |`),
  ].join("\n");
}

function index(): string {
  const topics = (Object.keys(TOPICS) as Topic[]).flatMap((topic) => {
    const listed = rules.filter((rule) => rule.topic === topic);
    return listed.length === 0 ? [] : ["", `## ${TOPICS[topic]}`, "", ruleTable(listed, "")];
  });
  const bySeverity = [...new Set(Object.values(SEVERITY_TABLE).flatMap((row) => Object.values(row)))]
    .map((severity) => [severity, rules.filter((rule) => rule.severity === severity)] as const)
    .filter(([, listed]) => listed.length > 0)
    .map(([severity, listed]) => `- ${severity}: ${listed.map(link).join(", ")}`);
  const frameworks = FRAMEWORK_NAMES.flatMap((name) => {
    const numbers = new Map<string, Rule[]>();
    for (const rule of rules)
      for (const number of rule.frameworks?.[name] ?? []) numbers.set(number, [...(numbers.get(number) ?? []), rule]);
    const rows = [...numbers].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }));
    return [
      "",
      `### ${FRAMEWORKS[name].title}`,
      "",
      `Numbers as in <${FRAMEWORKS[name].source}>; \`compose-harden rules --framework ${name}\` lists them, \`check --framework ${name}\` looks for nothing else.`,
      "",
      "| section | rules |",
      "|---|---|",
      ...rows.map(([number, listed]) => `| ${sectionsOf(name, [number])} | ${listed.map(link).join(", ")} |`),
    ];
  });
  const [anyRow = {}] = Object.values(SEVERITY_TABLE);
  const reaches = Object.keys(anyRow);
  return [
    "<!-- Generated by `pnpm generate`. Do not edit. -->",
    "# Rules",
    ...topics,
    "",
    "## By severity",
    "",
    ...bySeverity,
    "",
    "A rule's severity is read from this table: who can make use of the weakness, and what they reach with it.",
    "",
    `| | ${reaches.join(" | ")} |`,
    `|---|${reaches.map(() => "---|").join("")}`,
    ...Object.entries(SEVERITY_TABLE).map(([actor, row]) => `| ${actor} | ${Object.values(row).join(" | ")} |`),
    "",
    "`network`: whoever reaches a published port. `container`: code that runs in the container, its own or an intruder's. `reader`: whoever can read the project's files or ask Docker about its containers. `mishap`: nobody needs to try.",
    "`host`: the whole machine. `host-part`: its network, processes, devices or files. `data`: data and credentials. `privileges`: more rights inside the container. `outage`: something stops. `comfort`: an intruder's work gets easier.",
    "",
    "## By framework",
    ...frameworks,
    "",
  ].join("\n");
}

function link(rule: Rule): string {
  return `[${rule.id}](${rule.id}.md)`;
}

function embedded(pages: ReadonlyMap<string, string>): string {
  return [
    "// Generated by `pnpm generate` from docs/rules. Do not edit.",
    "/** The page of each rule, Markdown. */",
    "export const pages: ReadonlyMap<string, string> = new Map([",
    ...[...pages].map(([id, text]) => `  [${JSON.stringify(id)}, ${JSON.stringify(withoutMarks(text))}],`),
    "]);",
    "",
  ].join("\n");
}

const begin = (part: string): string => `<!-- ${part}:start -->`;
const end = (part: string): string => `<!-- ${part}:end -->`;

function hasPart(text: string, part: string): boolean {
  return text.includes(begin(part)) && text.includes(end(part));
}

function replacePart(text: string, part: string, body: string, file = "README.md"): string {
  if (!hasPart(text, part)) throw new Error(`${file} lacks the marks ${begin(part)} … ${end(part)}`);
  const start = text.indexOf(begin(part)) + begin(part).length;
  return `${text.slice(0, start)}\n${body}\n${text.slice(text.indexOf(end(part)))}`;
}

function withoutMarks(text: string): string {
  return text.replace(/<!-- [\w-]+:(?:start|end) -->\n/g, "");
}
