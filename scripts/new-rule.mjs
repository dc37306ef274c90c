// `pnpm new-rule ID`: the three files of a new rule, which works and passes its tests until its author makes it another one.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, say } from "./workspace.mjs";

const id = process.argv[2] ?? "";
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) fail(`expected a rule id in kebab-case, got \`${id}\``);
const constant = id.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
const files = new Map([
  [`packages/rules/src/rules/${id}.ts`, rule()],
  [`packages/rules/test/${id}.test.ts`, test()],
  [`docs/rules/${id}.md`, page()],
]);
for (const path of files.keys()) if (existsSync(join(root, path))) fail(`${path} exists already`);
for (const [path, text] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  say(`written: ${path}`);
}
await import("./generate.mjs");

function fail(message) {
  say(message);
  process.exit(2);
}

function rule() {
  return `import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** TODO: what holds, in one sentence. */
export const ${constant}: Rule = {
  id: "${id}",
  summary: "a service does not carry the label \`example\`",
  topic: "compose",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Compose: labels", url: "https://docs.docker.com/reference/compose-file/services/#labels" },
  ],

  service(service, { report }) {
    const example = service.labels.items.get("example");
    if (example?.value !== "true") return;
    report({
      at: example,
      message: \`\\\`\${service.name}\\\` carries the label \\\`example\\\`\`,
      risk: "nothing happens: a new rule starts with a harmless example",
      fix: {
        title: "remove the label example",
        intents: [{ op: "unset", path: [...service.labels.path, "example"] }],
        applicability: "unsafe",
        caveat: "whatever reads the label no longer finds it",
      },
    });
  },
};
`;
}

function test() {
  return `import { ${constant} } from "../src/rules/${id}.js";
import { table } from "./table.js";

const labels = (value: string): string => \`services: {web: {image: nginx, labels: \${value}}}\`;
const found = ["services.web.labels.example"];

table(${constant}, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "build only", compose: "services: {web: {build: ., labels: {example: 'true'}}}", finds: found },
  { case: "a map", compose: labels("{example: 'true'}"), finds: found },
  { case: "a list", compose: labels("[example=true]"), finds: found },
  { case: "another value", compose: labels("{example: 'false'}"), finds: [] },
  { case: "empty list", compose: labels("[]"), finds: [] },
  { case: "wrong type", compose: labels("5"), finds: [] },
  { case: "a variable", compose: labels("{example: '\${EXAMPLE:-true}'}"), finds: found },
  {
    case: "merge key",
    compose: "x-a: &a {labels: {example: 'true'}}\\nservices: {web: {<<: *a, image: b}}",
    finds: found,
  },
]);
`;
}

function page() {
  return `<!-- header:start -->
<!-- header:end -->

## Why it matters

TODO: what an intruder or a mishap makes of it, with the facts about Docker that matter.

## When to leave it

TODO: who needs it as it is.

## What the fix changes

TODO: the change, and what may stop working.

## Examples

\`\`\`yaml before
services:
  web:
    image: nginx:1.29
    labels:
      example: "true" # <- finding
      other: "1"
\`\`\`

\`\`\`yaml after
services:
  web:
    image: nginx:1.29
    labels:
      other: "1"
\`\`\`

\`\`\`yaml ok
services:
  web:
    image: nginx:1.29
    labels:
      example: "false"
\`\`\`

<!-- sources:start -->
<!-- sources:end -->
`;
}
