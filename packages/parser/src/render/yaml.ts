import { isList, isMap, type Json, type JsonMap, type Project } from "@compose-harden/model";
import { PROJECT, type Type } from "../normalize/types.js";
import { formatFloat } from "../values/number.js";
import { type RenderOptions, select } from "./config.js";
import { inNaturalOrder, keyText, scalarText } from "./scalar.js";

/** The text, or the name of a service that is not there. */
export type RenderedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly unknownService: string };

/** The project as `docker compose config` prints it without options: attributes in its order, `x-…` included, `$` doubled. */
export function renderYaml(project: Project, options: RenderOptions = {}): RenderedText {
  const selected = select(project, project.fullData, options);
  if (!selected.ok) return selected;
  // Docker doubles `$` in the finished text too, after lines were folded.
  return { ok: true, text: mapText(PROJECT, withJobNames(selected.config), 0).replaceAll("$", "$$$$") };
}

/** Plain data as YAML, in the same spelling; keys in their natural order. */
export function yamlText(value: JsonMap): string {
  return mapText(undefined, value, 0);
}

/** Docker prints the name of a job, which is its key, once more inside it. */
function withJobNames(config: JsonMap): JsonMap {
  const { jobs } = config;
  if (!isMap(jobs)) return config;
  const named = Object.entries(jobs).map(([name, job]) => [name, isMap(job) ? { name, ...job } : job] as const);
  return { ...config, jobs: Object.fromEntries(named) };
}

type Entry = readonly [key: string, value: Json, type: Type | undefined];

/** The lines of a mapping that has entries, each ended; an empty one is `{}`. */
function mapText(type: Type | undefined, value: JsonMap, indent: number): string {
  const lines = entriesOf(type, value).map(([key, member, memberType]) => {
    const name = keyText(key, indent);
    return `${" ".repeat(indent)}${name}:${below(memberType, member, indent, name)}\n`;
  });
  return lines.length === 0 ? `${" ".repeat(indent)}{}\n` : lines.join("");
}

/** What follows a colon: a scalar on the same line, or a collection on the lines after it. */
function below(type: Type | undefined, value: Json, indent: number, name: string): string {
  const text = blockText(type, value, indent + 2, indent + [...name].length + 2);
  return text.startsWith("\n") ? text : ` ${text}`;
}

/**
 * A value whose lines, if it has several, stand at an indent; those of a collection begin with a line break. `column` is
 * where a scalar's first character will stand.
 */
function blockText(type: Type | undefined, value: Json, indent: number, column: number): string {
  const plain = withoutOptional(type);
  if (isMap(value)) {
    const shown = plain === "ulimit" ? { soft: 0, hard: 0, ...value } : value;
    return entriesOf(plain, shown).length === 0 ? "{}" : `\n${mapText(plain, shown, indent).replace(/\n$/, "")}`;
  }
  if (isList(value)) {
    if (value.length === 0) return "[]";
    const of = typeof plain === "object" && plain.is === "list" ? plain.of : undefined;
    return `\n${value.map((item) => itemText(of, item, indent)).join("\n")}`;
  }
  if (typeof value === "number")
    return plain === "float" || plain === "cpus" ? formatFloat(Math.fround(value), 32) : numberText(value);
  return typeof value === "string" ? scalarText(value, indent, column) : String(value);
}

/** A dash and the item, whose first line stands behind the dash. */
function itemText(type: Type | undefined, item: Json, indent: number): string {
  const text = blockText(type, item, indent + 2, indent + 2);
  return `${" ".repeat(indent)}- ${text.startsWith("\n") ? text.slice(1 + indent + 2) : text}`;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : formatFloat(value);
}

function withoutOptional(type: Type | undefined): Type | undefined {
  return typeof type === "object" && type.is === "optional" ? withoutOptional(type.of) : type;
}

/** A struct's attributes in its order and then its extensions; names chosen by the user in their natural order. */
function entriesOf(type: Type | undefined, value: JsonMap): readonly Entry[] {
  const plain = withoutOptional(type);
  if (typeof plain === "object" && plain.is === "struct") {
    const own = [...plain.fields].flatMap(([key, field]): Entry[] => {
      const member = value[key];
      if (member === undefined || isUnset(field.type, member)) return [];
      return [[key.toLowerCase(), member, field.type]];
    });
    const others = Object.keys(value).filter((key) => !plain.fields.has(key));
    return [...own, ...others.sort(inNaturalOrder).map((key): Entry => [key, value[key] ?? null, undefined])];
  }
  const of = typeof plain === "object" && plain.is === "map" ? plain.of : undefined;
  const keys = Object.keys(value).sort(inNaturalOrder);
  if (plain === "ulimit")
    return keys
      .sort()
      .reverse()
      .map((key) => [key, value[key] ?? null, undefined]);
  return keys.map((key) => [key, value[key] ?? null, of]);
}

/** JSON prints an absent command as null and a struct without anything in it as `{}`; YAML leaves both out. */
function isUnset(type: Type, value: Json): boolean {
  if (value === null) return typeof type === "object" && type.is === "optional";
  if (typeof type !== "object" || type.is !== "struct" || !isMap(value)) return false;
  return entriesOf(type, value).length === 0;
}
