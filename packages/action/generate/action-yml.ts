import { readFileSync } from "node:fs";
import { join } from "node:path";
import { INPUTS, OUTPUTS } from "../src/inputs.js";

/** `action.yml`, and the tables of the documentation, from the one list of inputs and outputs. */
export async function generate(root: string): Promise<Map<string, string>> {
  const page = "docs/github-action.md";
  const text = readFileSync(join(root, page), "utf8");
  return new Map([
    ["action.yml", actionYml()],
    [page, replaced(replaced(text, "inputs", inputsTable()), "outputs", outputsTable())],
  ]);
}

function actionYml(): string {
  return [
    "# Generated from packages/action/src/inputs.ts by `npm run generate`. Do not edit.",
    "name: compose-harden",
    "description: Find what is unsafe in Docker Compose stacks, and suggest proven fixes on pull requests",
    "branding:",
    "  icon: shield",
    "  color: blue",
    "inputs:",
    ...INPUTS.flatMap(({ name, description, default: value }) => [
      `  ${name}:`,
      `    description: ${JSON.stringify(description)}`,
      "    required: false",
      `    default: ${JSON.stringify(value)}`,
    ]),
    "outputs:",
    ...OUTPUTS.flatMap(({ name, description }) => [`  ${name}:`, `    description: ${JSON.stringify(description)}`]),
    "runs:",
    "  using: node24",
    "  main: scripts/action.mjs",
    "",
  ].join("\n");
}

function inputsTable(): string {
  const rows = INPUTS.map(
    ({ name, description, default: value }) =>
      `| \`${name}\` | ${description} | ${value === "" ? "" : `\`${value}\``} |`,
  );
  return ["| input | what it does | default |", "|---|---|---|", ...rows].join("\n");
}

function outputsTable(): string {
  return [
    "| output | what it holds |",
    "|---|---|",
    ...OUTPUTS.map(({ name, description }) => `| \`${name}\` | ${description} |`),
  ].join("\n");
}

function replaced(text: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${name}:start -->\\n)[^]*?(<!-- ${name}:end -->)`);
  if (!pattern.test(text)) throw new Error(`docs/github-action.md has no place for the table of ${name}`);
  return text.replace(pattern, (_, start: string, end: string) => `${start}${content}\n${end}`);
}
