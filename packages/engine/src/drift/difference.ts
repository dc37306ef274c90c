import type { JsonMap, Project, Service } from "@compose-harden/model";
import type { Container } from "../container.js";
import type { Engine } from "../engine.js";
import type { Image } from "../image.js";

/** One thing in which a container is not what the files say. */
export interface Difference {
  /** The attribute of the Compose file: `ports`, `read_only`, `environment.NAME`. */
  readonly attribute: string;
  /** The fact: what runs and what the file says; names in backticks, never a secret's value. */
  readonly message: string;
  /** True when the container is open where the file closes; false for any other difference. */
  readonly weaker: boolean;
}

/** A service, a container that should be it, and what is needed to compare them. */
export interface Pair {
  readonly service: Service;
  readonly project: Project;
  /** The service as `docker compose config` prints it. */
  readonly file: JsonMap;
  readonly container: Container;
  /** Undefined when the engine does not have it any more. */
  readonly image: Image | undefined;
  readonly engine: Engine;
  /** Containers of the project by id: some settings name another one. */
  readonly siblings: readonly Container[];
}

/** Compares one group of attributes. */
export type Comparer = (pair: Pair) => Iterable<Difference>;

/** What is only in the first of two lists. */
export function only(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set(a)].filter((item) => !b.includes(item));
}

/** Names for a message: `` `a`, `b` ``. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** The two halves of a message about members of a list; none where the lists are equal. */
export function* listDifferences(
  attribute: string,
  noun: string,
  said: readonly string[],
  runs: readonly string[],
  weaker: { readonly extra: boolean; readonly missing: boolean },
): Iterable<Difference> {
  const extra = only(runs, said);
  const missing = only(said, runs);
  if (extra.length > 0)
    yield { attribute, message: `has ${noun} ${quoted(extra)}, which the file does not say`, weaker: weaker.extra };
  if (missing.length > 0)
    yield { attribute, message: `lacks ${noun} ${quoted(missing)}, which the file says`, weaker: weaker.missing };
}
