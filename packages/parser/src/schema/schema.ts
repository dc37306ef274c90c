import { composeSpec } from "./generated/compose-spec.js";

/** The words of JSON Schema (2020-12) that the Compose schema uses; the generator refuses any other. */
export interface SchemaSource {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaSource>>;
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaSource>>;
  readonly patternProperties?: Readonly<Record<string, SchemaSource>>;
  readonly additionalProperties?: boolean | SchemaSource;
  readonly unevaluatedProperties?: boolean;
  readonly items?: SchemaSource;
  readonly uniqueItems?: boolean;
  readonly allOf?: readonly SchemaSource[];
  readonly anyOf?: readonly SchemaSource[];
  readonly oneOf?: readonly SchemaSource[];
}

/** A schema made ready for walking: references are followed, patterns compiled, absent words undefined. */
export interface Schema {
  /** Every schema that must hold too: the target of `$ref`, the members of `allOf`. */
  all: readonly Schema[];
  /** Exactly one (`oneOf`) or at least one (`anyOf`) must hold. */
  choices: readonly { readonly exactlyOne: boolean; readonly schemas: readonly Schema[] }[];
  types: readonly string[] | undefined;
  allowed: readonly (string | number | boolean | null)[] | undefined;
  pattern: RegExp | undefined;
  minimum: number | undefined;
  maximum: number | undefined;
  required: readonly string[];
  properties: Properties;
  patterns: readonly (readonly [RegExp, Schema])[];
  /** What other keys hold; `false`: there must be none. */
  others: Schema | false | undefined;
  /** True when no key may stay unknown to this schema and all it refers to. */
  closed: boolean;
  items: Schema | undefined;
  unique: boolean;
}

/** What named keys hold; each is made ready when its key first occurs, since a file uses few of the hundreds there are. */
export interface Properties {
  readonly size: number;
  has(key: string): boolean;
  keys(): readonly string[];
  get(key: string): Schema | undefined;
}

let compiled: Schema | undefined;

/** The Compose schema, made ready on first use. */
export function composeSchema(): Schema {
  compiled ??= compile(composeSpec);
  return compiled;
}

function compile(source: SchemaSource): Schema {
  const defs = source.$defs ?? {};
  const done = new Map<SchemaSource, Schema>();

  function of(from: SchemaSource): Schema {
    const known = done.get(from);
    if (known !== undefined) return known;
    const schema: Schema = {
      all: [],
      choices: [],
      types: typeof from.type === "string" ? [from.type] : from.type,
      allowed: from.enum,
      pattern: from.pattern === undefined ? undefined : expression(from.pattern),
      minimum: from.minimum,
      maximum: from.maximum,
      required: from.required ?? [],
      properties: propertiesOf(from.properties ?? {}),
      patterns: [],
      others: undefined,
      closed: from.unevaluatedProperties === false,
      items: undefined,
      unique: from.uniqueItems === true,
    };
    done.set(from, schema);
    schema.all = [...(from.$ref === undefined ? [] : [of(target(from.$ref))]), ...(from.allOf ?? []).map(of)];
    schema.choices = [
      ...(from.oneOf === undefined ? [] : [{ exactlyOne: true, schemas: from.oneOf.map(of) }]),
      ...(from.anyOf === undefined ? [] : [{ exactlyOne: false, schemas: from.anyOf.map(of) }]),
    ];
    schema.patterns = Object.entries(from.patternProperties ?? {}).map(([key, below]) => [expression(key), of(below)]);
    const others = from.additionalProperties;
    schema.others = others === undefined || others === true ? undefined : others === false ? false : of(others);
    schema.items = from.items === undefined ? undefined : of(from.items);
    return schema;
  }

  function propertiesOf(sources: Readonly<Record<string, SchemaSource>>): Properties {
    const names = Object.keys(sources);
    const has = (key: string): boolean => Object.hasOwn(sources, key);
    return {
      size: names.length,
      has,
      keys: () => names,
      get(key) {
        const source = has(key) ? sources[key] : undefined;
        return source && of(source);
      },
    };
  }

  function target(reference: string): SchemaSource {
    const found = defs[reference.replace("#/$defs/", "")];
    if (found === undefined) throw new Error(`the schema refers to ${reference}, which it does not define`);
    return found;
  }

  return of(source);
}

/** In the dialect the schema was written for, `.` is any character but a line feed. */
function expression(pattern: string): RegExp {
  let known = expressions.get(pattern);
  if (known === undefined) {
    known = new RegExp(pattern.replaceAll(".+", "[^\\n]+"), "u");
    expressions.set(pattern, known);
  }
  return known;
}

const expressions = new Map<string, RegExp>();
