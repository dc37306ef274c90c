/** What JSON can hold. `Project.data` and every intent speak in it. */
export type Json = null | boolean | number | string | JsonList | JsonMap;
/** A JSON array. */
export type JsonList = readonly Json[];
/** A JSON object. */
export interface JsonMap {
  readonly [key: string]: Json;
}

/** Steps from the root of `Project.data`: mapping keys and list indexes. */
export type Path = readonly (string | number)[];
/** A path of mapping keys only: what an intent may name, since an index goes stale. */
export type KeyPath = readonly string[];

/** True for a mapping, false for lists, scalars, null and undefined. */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a list. */
export function isList(value: Json | undefined): value is JsonList {
  return Array.isArray(value);
}

/** The value at a path, or undefined when a step is missing. */
export function valueAt(data: Json, path: Path): Json | undefined {
  let here: Json | undefined = data;
  for (const step of path) {
    if (isList(here)) here = typeof step === "number" ? here[step] : undefined;
    else if (isMap(here) && Object.hasOwn(here, step)) here = here[step];
    else return undefined;
  }
  return here;
}

/** Deep equality of two values; the order of mapping keys does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
}

/** A path as people write it: `services.web.ports[0].target`; keys that hold dots, blanks or brackets are quoted. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[^\s.[\]"]+$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}
