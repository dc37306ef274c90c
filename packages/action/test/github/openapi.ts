import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import formats from "ajv-formats";

/** GitHub's published description of the endpoints that the action uses (see `extract.mjs`). */
const description = JSON.parse(readFileSync(fileURLToPath(new URL("openapi.json", import.meta.url)), "utf8"), modern);

/** OpenAPI 3.0 says `nullable: true` where JSON Schema has a type for it. */
function modern(this: unknown, key: string, value: unknown): unknown {
  if (key === "$ref" && typeof value === "string") return `github${value}`;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !("nullable" in value)) return value;
  const { nullable, ...schema } = value as Record<string, unknown>;
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}

const ajv = new Ajv({ strict: false, allErrors: true });
(formats as unknown as (target: Ajv) => void)(ajv);
ajv.addSchema(description, "github");

interface Media {
  readonly schema?: object;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: unknown }>>;
}

interface Operation {
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>>; readonly required?: boolean };
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
}

/** A request's endpoint, with what its path says. */
export interface Route {
  /** `GET /repos/{owner}/…`. */
  readonly name: string;
  readonly operation: Operation;
  readonly values: Readonly<Record<string, string>>;
}

/** Finds the endpoint of a request; undefined if GitHub's description has none. */
export function routeOf(method: string, path: string): Route | undefined {
  for (const [template, methods] of Object.entries<Record<string, Operation>>(description.paths)) {
    const operation = methods[method.toLowerCase()];
    if (operation === undefined) continue;
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    const pattern = new RegExp(`^${template.replace(/\{(\w+)\}/g, "([^/]+)")}$`);
    const found = pattern.exec(path);
    if (found === null) continue;
    const values = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
    return { name: `${method} ${template}`, operation, values };
  }
  return undefined;
}

/** What is wrong with a request, by GitHub's description; empty if nothing is. */
export function requestProblems(
  { name, operation, values }: Route,
  query: URLSearchParams,
  body: unknown,
): readonly string[] {
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(parameter));
  const problems: string[] = [];
  const text = (value: string, schema: object) => {
    const { type } = resolved(schema) as { type?: string };
    return type === "integer" || type === "number" ? Number(value) : value;
  };
  for (const parameter of parameters as readonly { name: string; in: string; required?: boolean; schema: object }[]) {
    const value = parameter.in === "path" ? values[parameter.name] : (query.get(parameter.name) ?? undefined);
    if (value === undefined) {
      if (parameter.required === true) problems.push(`${name}: no \`${parameter.name}\``);
    } else
      problems.push(...schemaProblems(`${name} ${parameter.name}`, parameter.schema, text(value, parameter.schema)));
  }
  const known = new Set((parameters as readonly { name: string }[]).map((parameter) => parameter.name));
  for (const key of query.keys()) if (!known.has(key)) problems.push(`${name}: unknown parameter \`${key}\``);
  const media = operation.requestBody?.content["application/json"];
  if (media?.schema !== undefined) problems.push(...schemaProblems(`${name} body`, media.schema, body));
  return problems;
}

/** What is wrong with an answer of this server, by GitHub's description. */
export function responseProblems({ name, operation }: Route, status: number, body: unknown): readonly string[] {
  const response = operation.responses[String(status)];
  if (response === undefined) return [`${name}: no answer ${status} is described`];
  const media = (resolved(response) as (typeof operation.responses)[string]).content?.["application/json"];
  return media?.schema === undefined ? [] : schemaProblems(`${name} ${status}`, media.schema, body);
}

function schemaProblems(name: string, schema: object, value: unknown): readonly string[] {
  const validate = ajv.compile(schema);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${name}: ${instancePath} ${message}`);
}

/** The published example of an answer, to build answers from. */
export function exampleOf(name: string): Record<string, unknown> {
  const [method = "", template = ""] = name.split(" ");
  const operation: Operation = description.paths[template][method.toLowerCase()];
  const response = operation.responses["200"] ?? operation.responses["201"] ?? operation.responses["202"];
  const [example] = Object.values(
    (resolved(response ?? {}) as (typeof operation.responses)[string]).content?.["application/json"]?.examples ?? {},
  );
  const { value } = resolved(example ?? {}) as { value: unknown };
  return structuredClone(Array.isArray(value) ? value[0] : value) as Record<string, unknown>;
}

function resolved(value: object): object {
  if (!("$ref" in value) || typeof value.$ref !== "string") return value;
  return value.$ref
    .replace(/^github#\//, "")
    .split("/")
    .reduce((inner, key) => inner[key], description);
}
