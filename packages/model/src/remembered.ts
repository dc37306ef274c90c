import type { Project } from "./project.js";

/** What is known about each thing, by the number of the question. One table for all questions is quicker than one for each. */
const tables = new WeakMap<object, unknown[]>();
let questions = 0;

/** In the place of an answer that is undefined: it is known. */
const NOTHING: unique symbol = Symbol("nothing");

// Rules ask one after the other about the same: the last thing is the most likely one.
let lastAbout: object | undefined;
let lastTable: unknown[] = [];

function tableOf(about: object): unknown[] {
  if (about === lastAbout) return lastTable;
  const table = tables.get(about) ?? [];
  if (table.length === 0) tables.set(about, table);
  lastAbout = about;
  lastTable = table;
  return table;
}

/**
 * A pure function that works out each answer once: several rules ask the same about the same service, and a loaded project never
 * changes. Answers are kept as long as what they are about. To be made once, by a module: each takes a place in every table.
 */
export function remembered<K extends object, A>(answer: (about: K) => A): (about: K) => A {
  return rememberedIn(answer) as (about: K) => A;
}

/** The same for answers that depend on the project around, to which what they are about belongs. */
export function rememberedIn<K extends object, A>(
  answer: (about: K, project: Project) => A,
): (about: K, project: Project) => A {
  const question = questions++;
  return (about, project) => {
    const table = tableOf(about);
    const known = table[question];
    if (known !== undefined) return (known === NOTHING ? undefined : known) as A;
    const found = answer(about, project);
    table[question] = found === undefined ? NOTHING : found;
    return found;
  };
}

/** So many answers about texts are kept. */
const MOST_TEXTS = 10_000;

/** The same for a question about a text: the same few hundred names come again in every project, and several rules ask. */
export function rememberedText<A>(answer: (text: string) => A): (text: string) => A {
  const known = new Map<string, A>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined || known.has(text)) return before as A;
    const found = answer(text);
    if (known.size < MOST_TEXTS) known.set(text, found);
    return found;
  };
}
