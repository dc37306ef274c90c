import {
  type Intent,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Move,
  type Path,
  valueAt,
} from "@compose-harden/model";

/** A secret of the data, and the new one that takes its place. */
export interface Renewal {
  readonly move: Move;
  /** Never to be printed. */
  readonly by: string;
}

/** What the data says with new secrets, as intents; undefined where it cannot be told which part of a value is meant. */
export function renewedValues(data: Json, renewals: readonly Renewal[]): readonly Intent[] | undefined {
  const values = new Map<string, { readonly path: readonly string[]; readonly value: Json }>();
  const done = new Set<string>();
  for (const { move, by } of renewals) {
    const { path: whole, part, before, after, nth } = move;
    const place = JSON.stringify([whole, part, before, after, nth]);
    // One place may be asked for by several findings.
    if (done.has(place)) continue;
    done.add(place);
    const { path, below } = splitAtIndex(whole);
    const key = JSON.stringify(path);
    const value = replaced(values.get(key)?.value ?? valueAt(data, path), below, move, by);
    if (value === undefined) return undefined;
    values.set(key, { path, value });
  }
  return [...values.values()].map(({ path, value }) => ({ op: "set", path, value }));
}

/** The keys that lead to the outermost list, and the way from there. */
function splitAtIndex(path: Path): { readonly path: readonly string[]; readonly below: Path } {
  const keys: string[] = [];
  for (const step of path) {
    if (typeof step === "number") break;
    keys.push(step);
  }
  return { path: keys, below: path.slice(keys.length) };
}

function replaced(value: Json | undefined, below: Path, move: Move, by: string): Json | undefined {
  const [step, ...rest] = below;
  if (isList(value)) {
    const at = step === undefined ? onlyIndex(value, (item) => replaced(item, [], move, by) !== undefined) : step;
    const item = typeof at === "number" ? replaced(value[at], rest, move, by) : undefined;
    return item === undefined ? undefined : value.map((old, i) => (i === at ? item : old));
  }
  if (isMap(value) && typeof step === "string") {
    const item = replaced((value as JsonMap)[step], rest, move, by);
    return item === undefined ? undefined : { ...value, [step]: item };
  }
  return typeof value === "string" && step === undefined ? withNew(value, move, by) : undefined;
}

function onlyIndex(list: readonly Json[], isIt: (item: Json) => boolean): number | undefined {
  const found = [...list.keys()].filter((i) => isIt(list[i] ?? null));
  return found.length === 1 ? found[0] : undefined;
}

/** The text with the part that stands between the given characters replaced; undefined unless there is one such part. */
function withNew(text: string, { part, before, after }: Move, by: string): string | undefined {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const end = at + part.length;
    const isMeant =
      (before === undefined || before === text.slice(Math.max(at - 1, 0), at)) &&
      (after === undefined || after === text.slice(end, end + 1));
    if (isMeant) found.push(at);
  }
  const [at] = found;
  return at === undefined || found.length > 1 ? undefined : text.slice(0, at) + by + text.slice(at + part.length);
}
