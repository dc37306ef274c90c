import { formatPath, type Path, type SourceRange } from "@compose-harden/model";
import type { MapNode, Node } from "../tree/node.js";
import type { Problem, Report } from "../tree/problem.js";
import { fits, type Issue, issues } from "./check.js";
import { composeSchema } from "./schema.js";
import { describe } from "./words.js";

/** More issues than this in one model are not told apart: the file is no Compose file. */
const MOST = 100;

/**
 * Checks the accumulated model against the Compose schema. Every value that does not fit is reported and taken out of the
 * model, so that what is left is valid and later stages need not ask again. Accepts exactly what Docker accepts.
 */
export function validateSchema(model: MapNode, report: Report): void {
  reportUnprintable(model, [], report);
  const schema = composeSchema();
  for (let round = 0; round < 8; round++) {
    if (fits(schema, model)) return;
    const found = issues(schema, model, []);
    for (const [i, issue] of found.entries()) {
      if (round === 0 && i < MOST) report(problemOf(issue));
      for (const path of unfit(issue)) remove(model, path);
    }
    sweep(model);
  }
}

/** What is to go so that the rest fits: the rest of a list without what stands in it twice. */
function unfit(issue: Issue): readonly Path[] {
  if (issue.kind === "unknown-key" || issue.kind === "bad-name") return [[...issue.path, issue.key]];
  return issue.kind === "repeated" ? issue.again.map((index) => [...issue.path, index]) : [issue.path];
}

function problemOf(issue: Issue): Problem {
  const at = placeOf(issue);
  const key = issue.kind === "unknown-key" || issue.kind === "bad-name" ? [issue.key] : [];
  return {
    reason: "schema",
    message: describe(issue),
    path: [...issue.path, ...key],
    ...(at === undefined ? {} : { at }),
  };
}

/** An unknown key is shown at the key, a value at its own bytes, something missing at the key of what lacks it. */
function placeOf(issue: Issue): SourceRange | undefined {
  if ((issue.kind === "unknown-key" || issue.kind === "bad-name") && issue.node.kind === "map") {
    const value = issue.node.entries.get(issue.key);
    const origin = value === undefined ? undefined : originOf(value);
    return origin?.key ?? origin?.value;
  }
  const origin = originOf(issue.node);
  return issue.kind === "missing-key" ? (origin?.key ?? origin?.value) : origin?.value;
}

function originOf(node: Node) {
  return node.kind === "scalar" ? node.origin : node.origins.at(-1);
}

/** Marks list members instead of deleting them, so that the indexes of the other issues stay true. */
const GONE: Node = { kind: "scalar", tag: "null", value: null, origin: undefined };

function remove(model: MapNode, path: Path): void {
  let here: Node | undefined = model;
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (here?.kind === "map" && typeof step === "string") {
      if (last) here.entries.delete(step);
      else here = here.entries.get(step);
    } else if (here?.kind === "seq" && typeof step === "number") {
      if (last) here.items[step] = GONE;
      else here = here.items[step];
    } else return;
  }
  if (path.length === 0) model.entries.clear();
}

function sweep(node: Node): void {
  if (node.kind === "map") for (const value of node.entries.values()) sweep(value);
  if (node.kind !== "seq") return;
  if (node.items.includes(GONE)) node.items = node.items.filter((item) => item !== GONE);
  for (const item of node.items) sweep(item);
}

/** JSON knows neither infinity nor not-a-number: Docker refuses them anywhere, extensions included. */
function reportUnprintable(node: Node, path: Path, report: Report): void {
  if (node.kind === "map") for (const [key, value] of node.entries) reportUnprintable(value, [...path, key], report);
  else if (node.kind === "seq")
    for (const [i, item] of node.items.entries()) reportUnprintable(item, [...path, i], report);
  else if (node.tag === "float" && !Number.isFinite(node.value)) {
    report({
      reason: "schema",
      message: `\`${formatPath(path)}\` must be a finite number, found ${String(node.value)}`,
      path,
      ...(node.origin === undefined ? {} : { at: node.origin.value }),
    });
  }
}
