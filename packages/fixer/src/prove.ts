import {
  type Edit,
  formatPath,
  type Gap,
  type Intent,
  type Json,
  type Project,
  type Read,
  type SourceFile,
  valueAt,
} from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { applyEdits } from "./edits.js";
import { applyIntents, differences, type Place } from "./intents.js";

/** The new texts of files, by path. */
export type Texts = ReadonlyMap<string, string>;

/** What is wrong with edited files, for a reader of them, and the places in the data that are not as declared. */
export interface Objection {
  readonly detail: string;
  readonly places: readonly Place[];
}

/** The texts of all edited files. */
export function editedTexts(files: readonly SourceFile[], edits: ReadonlyMap<string, readonly Edit[]>): Texts {
  return new Map(
    files.flatMap((file) => {
      const own = edits.get(file.path);
      return own === undefined || own.length === 0 ? [] : [[file.path, applyEdits(file.text, own)] as const];
    }),
  );
}

/** A reader that finds new texts in place of the old ones. */
function withTexts(read: Read, texts: Texts): Read {
  return (path) => {
    const text = texts.get(path);
    return text === undefined ? read(path) : { kind: "file", text };
  };
}

/**
 * The law; undefined when it holds: loading the edited files gives the old data plus the intents, and no gap that was not
 * there. `before` is the project the intents are meant for; `entry` may differ from its own by an override file.
 */
export function objection(
  before: { readonly project: Project; readonly data: Json },
  intents: readonly Intent[],
  texts: Texts,
  read: Read,
  entry: Project["entry"] = before.project.entry,
): Objection | undefined {
  const after = load(entry, withTexts(read, texts));
  const gap = newGap(before.project.gaps, after.gaps);
  if (gap !== undefined) return { detail: gap.message, places: gap.path === undefined ? [] : [gap.path] };
  const expected = applyIntents(before.data, intents);
  const actual = after.data;
  const places = differences(expected, actual, intents);
  const [path] = places;
  if (path === undefined) return undefined;
  const state = valueAt(expected, path) === undefined ? "come into being" : "not be as declared";
  return { detail: `\`${formatPath(path)}\` would ${state}`, places };
}

/** A gap that the edited files have and the old ones had not. */
function newGap(before: readonly Gap[], after: readonly Gap[]): Gap | undefined {
  const known = new Map<string, number>();
  for (const gap of before) known.set(gapKey(gap), (known.get(gapKey(gap)) ?? 0) + 1);
  return after.find((gap) => {
    const left = known.get(gapKey(gap)) ?? 0;
    known.set(gapKey(gap), left - 1);
    return left === 0;
  });
}

function gapKey(gap: Gap): string {
  return JSON.stringify([gap.kind, gap.reason, gap.path ?? gap.message]);
}
