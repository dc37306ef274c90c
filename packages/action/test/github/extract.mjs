// `node extract.mjs FOLDER`: takes from GitHub's published descriptions what the tests need. FOLDER has in its node_modules
// `@octokit/openapi` (385 MB, so not a dependency), `@octokit/graphql-schema`, `@octokit/webhooks-examples` and `graphql` 16.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node extract.mjs FOLDER");
const modules = join(folder, "node_modules");
const read = (path) => JSON.parse(readFileSync(join(modules, path), "utf8"));
const write = (name, text) => writeFileSync(join(fileURLToPath(new URL(".", import.meta.url)), name), text);

/** The endpoints that the action uses. */
const ENDPOINTS = {
  "/repos/{owner}/{repo}/pulls/{pull_number}": ["get"],
  "/repos/{owner}/{repo}/pulls/{pull_number}/files": ["get"],
  "/repos/{owner}/{repo}/pulls/{pull_number}/reviews": ["post"],
  "/repos/{owner}/{repo}/pulls/{pull_number}/comments": ["post"],
  "/repos/{owner}/{repo}/pulls/comments/{comment_id}": ["patch"],
  "/repos/{owner}/{repo}/contents/{path}": ["get"],
  "/repos/{owner}/{repo}/git/blobs/{file_sha}": ["get"],
  "/repos/{owner}/{repo}/compare/{basehead}": ["get"],
  "/repos/{owner}/{repo}/code-scanning/sarifs": ["post"],
  "/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}": ["get"],
};

function openapi() {
  const all = read("@octokit/openapi/generated/api.github.com.json");
  const paths = {};
  for (const [path, methods] of Object.entries(ENDPOINTS))
    paths[path] = Object.fromEntries(methods.map((method) => [method, bare(all.paths[path][method], true)]));
  const components = {};
  const add = (value) => {
    for (const [, kind, name] of JSON.stringify(value).matchAll(/"#\/components\/([^/"]+)\/([^/"]+)"/g)) {
      components[kind] ??= {};
      if (components[kind][name] !== undefined) continue;
      const component = all.components[kind][name];
      components[kind][name] = kind === "examples" ? component : bare(component, false);
      add(components[kind][name]);
    }
  };
  add(paths);
  const { version } = read("@octokit/openapi/package.json");
  const info = {
    title: all.info.title,
    license: all.info.license,
    version,
    "x-source": `@octokit/openapi ${version} (MIT)`,
  };
  write("openapi.json", `${JSON.stringify({ openapi: all.openapi, info, paths, components })}\n`);
}

/** Without what validates nothing; one example of a response stays, for the server to answer with. */
function bare(value, isOperation, key = "") {
  if (Array.isArray(value)) return value.map((item) => bare(item, isOperation));
  if (value === null || typeof value !== "object") return value;
  const isSchemaMap = key === "properties";
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name]) =>
          isSchemaMap ||
          !["description", "summary", "externalDocs", "tags", "example", "x-github", "title"].includes(name),
      )
      .filter(([name]) => isSchemaMap || name !== "examples" || isOperation)
      .map(([name, inner]) => [
        name,
        name === "examples" && !isSchemaMap ? firstOf(inner) : bare(inner, isOperation, name),
      ]),
  );
}

function firstOf(examples) {
  if (Array.isArray(examples)) return examples.slice(0, 1);
  return Object.fromEntries(Object.entries(examples).slice(0, 1));
}

/** The types that the action's queries touch, each with its published fields of these types and of scalars. */
const TYPES = new Set([
  "Query",
  "Mutation",
  "Repository",
  "PullRequest",
  "PullRequestReviewThreadConnection",
  "PullRequestReviewThread",
  "PullRequestReviewCommentConnection",
  "PullRequestReviewComment",
  "PageInfo",
  "User",
  "Actor",
  "DiffSide",
  "ResolveReviewThreadInput",
  "ResolveReviewThreadPayload",
  "UnresolveReviewThreadInput",
  "UnresolveReviewThreadPayload",
]);
const ROOTS = { Query: ["repository", "viewer"], Mutation: ["resolveReviewThread", "unresolveReviewThread"] };

function graphql() {
  const { parse, print, visit, Kind } = createRequire(join(modules, "x.js"))("graphql");
  const document = parse(readFileSync(join(modules, "@octokit/graphql-schema/schema.graphql"), "utf8"));
  const scalars = document.definitions
    .filter(({ kind }) => kind === Kind.SCALAR_TYPE_DEFINITION)
    .map(({ name }) => name.value);
  const known = new Set([...TYPES, ...scalars, "String", "Int", "Float", "Boolean", "ID"]);
  const nameOf = (type) => (type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type));
  const kept = document.definitions.filter(({ name }) => known.has(name?.value));
  const reduced = visit(
    { kind: Kind.DOCUMENT, definitions: kept },
    {
      enter: (node) => ("description" in node ? { ...node, description: undefined } : undefined),
      Directive: () => null,
      ObjectTypeDefinition: (node) => ({
        ...node,
        interfaces: node.interfaces.filter(({ name }) => known.has(name.value)),
        fields: node.fields
          .filter(({ name, type }) => (ROOTS[node.name.value]?.includes(name.value) ?? true) && known.has(nameOf(type)))
          // An optional argument of a type that is left out is left out too.
          .map((field) => ({ ...field, arguments: field.arguments.filter(({ type }) => known.has(nameOf(type))) })),
      }),
    },
  );
  const { version } = read("@octokit/graphql-schema/package.json");
  write(
    "schema.graphql",
    `# Extract of GitHub's published schema, from @octokit/graphql-schema ${version} (MIT).\n${print(reduced)}\n`,
  );
}

function payloads() {
  const { version } = read("@octokit/webhooks-examples/package.json");
  const all = read("@octokit/webhooks-examples/api.github.com/index.json");
  const first = (name, action) => {
    const { examples } = all.find((event) => event.name === name);
    return examples.find((example) => action === undefined || example.action === action);
  };
  const events = { pull_request: first("pull_request", "synchronize"), push: first("push") };
  write("events.json", `${JSON.stringify({ "x-source": `@octokit/webhooks-examples ${version} (MIT)`, ...events })}\n`);
}

openapi();
graphql();
payloads();
