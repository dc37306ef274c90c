import type { Project } from "./project.js";

/**
 * A pure function that works out each answer once: several rules ask the same about the same service, and a loaded project never
 * changes. Answers are kept as long as what they are about.
 */
export function remembered<K extends object, A>(answer: (about: K) => A): (about: K) => A {
  const known = new WeakMap<K, A>();
  // Rules ask one after the other about the same: the last question is the most likely one.
  let last: K | undefined;
  let lastAnswer: A;
  return (about) => {
    if (about === last) return lastAnswer;
    const before = known.get(about);
    const found = before !== undefined || known.has(about) ? (before as A) : answer(about);
    if (before === undefined) known.set(about, found);
    last = about;
    lastAnswer = found;
    return found;
  };
}

/** The same for answers that depend on the project around. */
export function rememberedIn<K, A>(answer: (about: K, project: Project) => A): (about: K, project: Project) => A {
  const inProject = remembered((_: Project) => new Map<K, A>());
  return (about, project) => {
    const known = inProject(project);
    const before = known.get(about);
    if (before !== undefined || known.has(about)) return before as A;
    const fresh = answer(about, project);
    known.set(about, fresh);
    return fresh;
  };
}
