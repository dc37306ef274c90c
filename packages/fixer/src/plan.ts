import type { Finding, Intent, Move, Refusal } from "@compose-harden/model";
import type { Place } from "./intents.js";
import { type Choice, type Placement, type Reason, takenAway } from "./place/place.js";
import { editsOf, type OwnedEdit } from "./write/bytes.js";
import { type Forecast, forecastOf } from "./write/forecast.js";
import { Unwritable } from "./write/unwritable.js";
import { addWrite, type Plans } from "./write/write.js";

/** A finding with the ways to fix it, each a list of placements, one per intent. */
export interface Candidate {
  readonly finding: Finding;
  readonly index: number;
  /** Ways that change shared text come first. */
  readonly ways: readonly Way[];
  /** Why other places, or all of them, were not taken. */
  readonly reasons: readonly Reason[];
}

/** One way to fix a finding. */
export interface Way {
  readonly placements: readonly Placement[];
  readonly shared: boolean;
}

/** Why something was not written, and the places in the data that would not be as declared. */
export interface Failure {
  readonly refusal: Refusal;
  readonly detail: string;
  readonly places?: readonly Place[];
}

/** The ways to fix a finding, each intent's first choice first. */
export function candidateFor(
  finding: Finding,
  index: number,
  chooseFor: (intent: Intent) => Choice,
  chooseForMove: (move: Move) => Placement | Reason,
): Candidate {
  const choices = (finding.fix?.intents ?? []).map(chooseFor).concat((finding.fix?.moves ?? []).map(moved));
  function moved(move: Move): Choice {
    const place = chooseForMove(move);
    return place.kind === "reason" ? { placements: [], reasons: [place] } : { placements: [place], reasons: [] };
  }
  const most = Math.max(0, ...choices.map((choice) => choice.placements.length));
  const ways: Way[] = [];
  if (choices.every((choice) => choice.placements.length > 0)) {
    for (let level = 0; level < most; level++) {
      const placements = choices.flatMap(({ placements }) => placements[Math.min(level, placements.length - 1)] ?? []);
      ways.push({ placements, shared: placements.some((placement) => placement.shared) });
    }
  }
  const reasons = choices.flatMap((choice) => choice.reasons);
  const isGone = (way: Way) => way.placements.every(({ writes }) => writes.length === 0);
  if (finding.fix?.moves !== undefined && ways.every(isGone))
    return { finding, index, ways: [], reasons: reasons.length > 0 ? reasons : [takenAway] };
  return { finding, index, ways, reasons };
}

/** Findings that must be fixed together, because their fixes are one edit of shared text. */
export type Unit = readonly Candidate[];

/** Groups candidates whose first ways change the same shared node; keys that one mapping gets are apart from each other. */
export function unitsOf(candidates: readonly Candidate[]): readonly Unit[] {
  const parent = new Map<Candidate, Candidate>();
  const top = (candidate: Candidate): Candidate => {
    let here = candidate;
    for (let up = parent.get(here); up !== undefined; up = parent.get(here)) here = up;
    return here;
  };
  const firstUsers = new Map<unknown, Map<string, Candidate>>();
  for (const candidate of candidates) {
    for (const placement of candidate.ways[0]?.placements ?? []) {
      if (!placement.shared) continue;
      for (const write of placement.writes) {
        const users = firstUsers.get(write.at.node) ?? new Map<string, Candidate>();
        firstUsers.set(write.at.node, users);
        const key = write.kind === "put" ? write.key : "";
        const other = users.get(key);
        if (other === undefined) users.set(key, candidate);
        else if (top(other) !== top(candidate)) parent.set(top(candidate), top(other));
      }
    }
  }
  const units = new Map<Candidate, Candidate[]>();
  for (const candidate of candidates) units.set(top(candidate), [...(units.get(top(candidate)) ?? []), candidate]);
  return [...units.values()];
}

/** A finding with the way chosen for it. */
export interface Chosen {
  readonly candidate: Candidate;
  readonly way: Way;
}

/** Edits by file, the variables they need, and whether any of them touches a `${…}`. */
export interface Built {
  readonly edits: ReadonlyMap<string, readonly OwnedEdit[]>;
  readonly variables: ReadonlyMap<string, string>;
  readonly interpolated: boolean;
}

/** Turns chosen ways into edits; a failure when two of them contradict each other or bytes cannot be found. */
export function build(chosen: readonly Chosen[], forecasts: Forecasts): Built | Failure {
  const files = new Map<string, Plans>();
  for (const one of [...chosen].sort((a, b) => a.candidate.index - b.candidate.index)) {
    if (!addPlans(files, one))
      return { refusal: "conflict", detail: "another fix changes the same text in another way" };
  }
  const edits = new Map<string, readonly OwnedEdit[]>();
  let interpolated = false;
  try {
    for (const [file, plans] of files) {
      const [first] = plans.values();
      if (first === undefined) continue;
      edits.set(file, editsOf(first.at.tree, plans, forecasts.get(file) ?? forecastOf(first.at.tree, plans)));
      interpolated ||= [...plans.values()].some(touchesVariable);
    }
  } catch (error) {
    if (error instanceof Unwritable) return { refusal: error.refusal, detail: error.message };
    throw error;
  }
  const variables = new Map(
    chosen.flatMap(({ way }) => way.placements.flatMap((placement) => placement.variables ?? [])),
  );
  return { edits, variables, interpolated };
}

/** Forecasts by file. */
export type Forecasts = ReadonlyMap<string, Forecast>;

/** Looks ahead to the end of all candidates, each by its first way. */
export function forecast(candidates: readonly Candidate[]): Forecasts {
  const files = new Map<string, Plans>();
  for (const candidate of candidates) {
    const [way] = candidate.ways;
    if (way !== undefined) addPlans(files, { candidate, way });
  }
  return new Map(
    [...files].flatMap(([file, plans]) => {
      const [first] = plans.values();
      return first === undefined ? [] : [[file, forecastOf(first.at.tree, plans)]];
    }),
  );
}

/** Adds what is chosen to the plans of the files; false when it contradicts them. */
function addPlans(files: Map<string, Plans>, { candidate, way }: Chosen): boolean {
  return way.placements
    .flatMap(({ writes }) => writes)
    .every((write) => {
      const { file } = write.at.tree;
      const plans: Plans = files.get(file) ?? new Map();
      files.set(file, plans);
      return addWrite(plans, write, candidate.index);
    });
}

function touchesVariable({
  at,
  puts,
  appends,
  rewrite,
  become,
}: Plans extends Map<unknown, infer P> ? P : never): boolean {
  if (
    rewrite !== undefined &&
    (rewrite.value.includes("$") || (at.node.kind === "scalar" && at.node.text.includes("$")))
  )
    return true;
  const drafts = [...puts.values(), ...appends, ...(become === undefined ? [] : [become])];
  return drafts.some(({ value }) =>
    JSON.stringify(value, (_key, item) => (item instanceof Map ? [...item.values()] : item)).includes("$"),
  );
}
