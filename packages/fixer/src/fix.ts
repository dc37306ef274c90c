import {
  type Applied,
  type Edit,
  type Entry,
  type FileChange,
  type Finding,
  formatPath,
  type Intent,
  isRenewal,
  type Json,
  type Move,
  type Patch,
  type Path,
  type Project,
  type Read,
  type Refused,
  type SourceFile,
} from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { decidedBy } from "./decided.js";
import { applyEdits } from "./edits.js";
import type { Place } from "./intents.js";
import { changedLists, chooseInOverlay, emptyOverlay } from "./place/overlay.js";
import { choose, type Placement, type Reason, takenAway } from "./place/place.js";
import { type Ground, groundOf, treesOf } from "./place/project.js";
import {
  type Built,
  build,
  type Candidate,
  type Chosen,
  candidateFor,
  type Failure,
  type Forecasts,
  forecast,
  type Unit,
  unitsOf,
} from "./plan.js";
import { allows, type Policy } from "./policy.js";
import { editedTexts, objection } from "./prove.js";
import { withVariables } from "./secrets/dotenv.js";
import { type EnvFile, openEnvFile } from "./secrets/env-file.js";
import { chooseMove } from "./secrets/move.js";
import { type Renewal, renewedValues } from "./secrets/renew.js";
import { translated, withoutVariables } from "./unset.js";
import { lineEnding } from "./write/lines.js";

/**
 * Plans, writes and proves the fixes of findings. Pure given the reader, which must answer as it did when the project was
 * loaded. What cannot be proven is refused, with the reason; the rest of the patch does not depend on the order of `findings`.
 */
export function fix(project: Project, findings: readonly Finding[], policy: Policy, read: Read): Patch {
  const fixable = findings.filter((finding) => finding.fix !== undefined);
  const allowed = inOrder(
    fixable.filter((finding) => allows(policy, finding)),
    project,
  );
  const held = fixable.filter((finding) => !allows(policy, finding));
  const intents = allowed.flatMap((finding) => finding.fix?.intents ?? []);
  const stage = stageFor(project, policy, read);
  const tree = treesOf(project, stage.created);
  const ground = groundOf(project, stage.writable, intents, tree);
  const { overlay } = policy;
  const chooserOn = (ground: Ground, all: readonly Intent[]) => {
    const replaced = changedLists(all);
    return (intent: Intent) =>
      overlay === undefined ? choose(intent, ground) : chooseInOverlay(intent, ground, overlay, replaced);
  };
  const opened = allowed.some(({ fix }) => fix?.moves !== undefined) ? openEnvFile(project, policy, read) : undefined;
  const envFile = opened === undefined || "refusal" in opened ? undefined : opened;
  const chooseForMove = (move: Move): Placement | Reason =>
    envFile === undefined
      ? { kind: "reason", ...(opened !== undefined && "refusal" in opened ? opened : nothingToChange) }
      : chooseMove(move, ground, envFile, intents);
  const chooseFor = chooserOn(ground, intents);
  const candidates = allowed.map((finding, index) => candidateFor(finding, index, chooseFor, chooseForMove));
  const forecasts = forecast(policy.open === undefined ? candidates : openCandidates(policy.open));
  function openCandidates(open: readonly Finding[]): readonly Candidate[] {
    const all = inOrder(
      open.filter((finding) => allows(policy, finding)),
      project,
    );
    const wanted = all.flatMap((finding) => finding.fix?.intents ?? []);
    const chooseLater = chooserOn(groundOf(project, stage.writable, wanted, tree), wanted);
    // A moved secret takes no key away.
    return all.map((finding, index) =>
      candidateFor(finding, index, chooseLater, () => ({ kind: "reason", ...nothingToChange })),
    );
  }
  const refused = new Map<Candidate, Failure>();
  const open = candidates.filter((candidate) => candidate.ways.length > 0);
  for (const candidate of candidates) {
    if (candidate.ways.length > 0) continue;
    const { fix } = candidate.finding;
    // A known secret that another fix takes out of the file is dealt with.
    if (fix !== undefined && isRenewal(fix) && candidate.reasons[0] === takenAway) continue;
    refused.set(candidate, candidate.reasons[0] ?? nothingToChange);
  }
  const prove = prover(project, stage, envFile, forecasts, read);
  const accepted = settle(unitsOf(open), prove, refused);
  const built = build(accepted, forecasts);
  const failed = "refusal" in built;
  const edits = failed ? new Map<number, readonly Edit[]>() : editsByOwner(built);
  return {
    changes: failed ? [] : [...keepingChanges(envFile, built, policy, read), ...changesOf(stage, built)],
    applied: failed ? [] : appliedOf(accepted, edits, project.data),
    refused: [...refused].map(([{ finding }, { refusal, detail }]): Refused => {
      const decided =
        refusal === "interpolated" && finding.fix?.moves === undefined ? decidedBy(project, finding, read) : undefined;
      return { finding, refusal, detail: decided ?? detail };
    }),
    held,
  };
}

/** What each finding got; new secrets are told as a whole, since one text may get two. */
function appliedOf(
  accepted: readonly Chosen[],
  edits: ReadonlyMap<number, readonly Edit[]>,
  data: Json,
): readonly Applied[] {
  const renewed = renewedValues(data, accepted.flatMap(renewalsOf)) ?? [];
  return accepted.map((one) => {
    const { finding, index } = one.candidate;
    return { finding, ...(renewalsOf(one).length === 0 ? {} : { renewed }), edits: edits.get(index) ?? [] };
  });
}

function renewalsOf({ way }: Chosen): readonly Renewal[] {
  return way.placements.flatMap(({ renewal }) => renewal ?? []);
}

/** What may be written, and how the result is loaded. */
interface Stage {
  readonly files: readonly SourceFile[];
  /** Files that do not exist yet. */
  readonly created: readonly SourceFile[];
  readonly writable: (file: string) => boolean;
  /** The entry that loads the result of an entry. */
  readonly after: (entry: Entry) => Entry;
}

function stageFor(project: Project, policy: Policy, read: Read): Stage {
  const { overlay } = policy;
  const named = discover(project.entry, read).files;
  if (overlay === undefined) {
    const root = policy.root ?? project.directory;
    const base = root.endsWith("/") ? root : `${root}/`;
    const writable = (file: string) => named.includes(file) || (file.startsWith(base) && !file.includes("/../"));
    return { files: project.files, created: [], writable, after: (entry) => entry };
  }
  const loaded = project.files.some((file) => file.path === overlay);
  const found = read(overlay);
  // A file that stands there without being part of the project is nobody's to change.
  const created = loaded || found.kind !== "missing" ? [] : [emptyOverlay(overlay)];
  const files = [...project.files, ...created];
  const writable = (file: string) => file === overlay;
  const after = (entry: Entry): Entry =>
    loaded ? entry : { ...entry, files: [...named, overlay], projectDirectory: project.directory };
  return { files, created, writable, after };
}

const nothingToChange: Failure = { refusal: "unsupported-syntax", detail: "there is no place to write it" };

/** One order for any order given, by service as the project has them, and each fix once. */
function inOrder(findings: readonly Finding[], { services }: Project): readonly Finding[] {
  const places = new Map(services.map(({ name }, index) => [name, index]));
  const keyed = findings.map((finding) => {
    const { rule, service = "", path, fix } = finding;
    return {
      finding,
      place: places.get(service) ?? services.length,
      key: JSON.stringify([service, rule, formatPath(path), fix?.intents, fix?.moves]),
    };
  });
  keyed.sort((a, b) => a.place - b.place || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.filter(({ key }, i) => key !== keyed[i - 1]?.key).map(({ finding }) => finding);
}

type Prove = (chosen: readonly Chosen[]) => Failure | undefined;

function prover(project: Project, stage: Stage, envFile: EnvFile | undefined, forecasts: Forecasts, read: Read): Prove {
  const before = dataOf(project);
  let bare: { readonly project: Project; readonly data: Json } | undefined;
  return (chosen) => {
    const built = build(chosen, forecasts);
    if ("refusal" in built) return built;
    const intents = chosen.flatMap(({ candidate }) => candidate.finding.fix?.intents ?? []);
    const texts = textsOf(stage, built);
    const kept = envFile === undefined ? undefined : withVariables(envFile.text, built.variables);
    if (built.variables.size > 0) {
      if (envFile === undefined || kept === undefined)
        return { refusal: "unsupported-syntax", detail: "an env file cannot hold it in any quotes" };
      texts.set(envFile.path, kept);
    }
    const renewed = renewedValues(before.data, chosen.flatMap(renewalsOf));
    if (renewed === undefined)
      return { refusal: "not-proven", detail: "the old secret stands more than once in one text" };
    const wrong = objection(before, [...intents, ...renewed], texts, read, stage.after(project.entry));
    if (wrong !== undefined && envFile !== undefined && isGivenWhole(wrong.places[0], built))
      return {
        refusal: "not-proven",
        ...wrong,
        detail: `\`env_file\` would give all of \`${envFile.path}\` to \`${wrong.places[0]?.[1]}\` as well`,
      };
    if (wrong !== undefined) return { refusal: built.interpolated ? "interpolated" : "not-proven", ...wrong };
    if (!built.interpolated) return undefined;
    // What is moved depends on its variable by intention.
    const staying = chosen.filter(({ way }) => !way.placements.some(({ variables }) => variables !== undefined));
    const others = staying.length === chosen.length ? built : build(staying, forecasts);
    if ("refusal" in others) return others;
    bare ??= dataOf(withoutVariables(project, read));
    const same = translated(intents, project, bare.project, before.data, bare.data);
    const still = objection(bare, same, textsOf(stage, others), read, stage.after(bare.project.entry));
    return still === undefined
      ? undefined
      : { refusal: "interpolated", ...still, detail: `with every variable unset, ${still.detail}` };
  };
}

function textsOf({ files }: Stage, { edits }: Built): Map<string, string> {
  return new Map(editedTexts(files, new Map([...edits].map(([file, owned]) => [file, owned.map(({ edit }) => edit)]))));
}

/** True when a difference is a new variable that came into a service with the whole env file. */
function isGivenWhole(place: Place | undefined, { variables }: Built): boolean {
  const [section, , key, name] = place ?? [];
  return section === "services" && key === "environment" && (name === undefined || variables.has(String(name)));
}

function dataOf(project: Project): { readonly project: Project; readonly data: Json } {
  return { project, data: project.data };
}

/**
 * Proves everything at once; where that fails, halves are tried until the fixes that cannot hold are found. Those get their
 * other ways tried, one by one, and are refused when none holds.
 */
function settle(units: readonly Unit[], prove: Prove, refused: Map<Candidate, Failure>): readonly Chosen[] {
  const first = (unit: Unit): readonly Chosen[] =>
    unit.flatMap((candidate) => candidate.ways.slice(0, 1).map((way) => ({ candidate, way })));
  const solve = (open: readonly Unit[], accepted: readonly Chosen[]): readonly Chosen[] => {
    const [unit] = open;
    if (unit === undefined) return accepted;
    const trial = [...accepted, ...open.flatMap(first)];
    const failure = prove(trial);
    if (failure === undefined) return trial;
    const suspects = open.filter((unit) => isConcerned(unit, failure.places ?? []));
    if (suspects.length > 0 && suspects.length < open.length) {
      const others = open.filter((unit) => !suspects.includes(unit));
      return solve(suspects, solve(others, accepted));
    }
    if (open.length > 1) {
      const middle = open.length >> 1;
      return solve(open.slice(middle), solve(open.slice(0, middle), accepted));
    }
    return otherWays(unit, accepted, failure, prove, refused);
  };
  return withRefused(solve(units, []), prove, refused);
}

/** What could not hold may do so beside what was accepted after it: an extended service's limits, once the others have their own. */
function withRefused(accepted: readonly Chosen[], prove: Prove, refused: Map<Candidate, Failure>): readonly Chosen[] {
  let done = accepted;
  for (const candidate of [...refused.keys()]) {
    const way = candidate.ways.find((way) => prove(done.concat({ candidate, way })) === undefined);
    if (way === undefined) continue;
    done = done.concat({ candidate, way });
    refused.delete(candidate);
  }
  return done.length === accepted.length ? done : withRefused(done, prove, refused);
}

/** True when a unit changes something at or around one of the places. */
function isConcerned(unit: Unit, places: readonly Place[]): boolean {
  const paths = unit.flatMap(({ finding }) => [
    ...(finding.fix?.intents ?? []).map((intent): Path => intent.path),
    ...(finding.fix?.moves ?? []).flatMap(({ path, renewed }) => (renewed === true ? [path] : [])),
  ]);
  return places.some((place) => paths.some((path) => path.every((step, i) => i >= place.length || step === place[i])));
}

function otherWays(
  unit: Unit,
  accepted: readonly Chosen[],
  failure: Failure,
  prove: Prove,
  refused: Map<Candidate, Failure>,
): readonly Chosen[] {
  const levels = Math.max(...unit.map((candidate) => candidate.ways.length));
  for (let level = 1; unit.length > 1 && level < levels; level++) {
    const together = unit.flatMap((candidate) => {
      const way = candidate.ways[level];
      return way?.shared ? [{ candidate, way }] : [];
    });
    if (together.length === unit.length && prove([...accepted, ...together]) === undefined)
      return [...accepted, ...together];
  }
  let done = accepted;
  for (const candidate of unit) {
    let last = failure;
    const way = candidate.ways.find((other, level) => {
      if (unit.length > 1 ? other.shared : level === 0) return false;
      const wrong = prove(done.concat({ candidate, way: other }));
      if (wrong !== undefined && (wrong.refusal === "interpolated" || last === failure)) last = wrong;
      return wrong === undefined;
    });
    if (way !== undefined) done = done.concat({ candidate, way });
    else refused.set(candidate, last.refusal === "not-proven" ? (candidate.reasons[0] ?? last) : last);
  }
  return done;
}

function changesOf({ files, created }: Stage, built: Built): readonly FileChange[] {
  return files.flatMap((file) => {
    const edits = (built.edits.get(file.path) ?? []).map(({ edit }) => edit);
    const after = applyEdits(file.text, edits);
    if (after === file.text) return [];
    return [
      created.includes(file)
        ? { path: file.path, before: undefined, after }
        : { path: file.path, before: file, after, edits },
    ];
  });
}

/** The files that keep what was moved: git is told first, and the value stands in its new place before it goes from the old. */
function keepingChanges(
  envFile: EnvFile | undefined,
  { variables }: Built,
  { keeping }: Policy,
  read: Read,
): readonly FileChange[] {
  const after = envFile === undefined ? undefined : withVariables(envFile.text, variables);
  if (envFile === undefined || after === undefined || after === envFile.text) return [];
  const { path, text, exists } = envFile;
  const change: FileChange = {
    path,
    before: exists ? { path, text } : undefined,
    after,
    mode: exists ? WITHOUT_OTHERS : OWNER_ALONE,
    role: "env",
  };
  const git = keeping?.git(path);
  if (git === undefined || typeof git === "string") return [change];
  const found = read(git.ignoreFile);
  const old = found.kind === "file" ? found.text : "";
  // The env file was not there when git was asked, and a fix before this one may have told git.
  if (old.split(/\r?\n/).includes(git.line)) return [change];
  const eol = lineEnding(old);
  const ignore: FileChange = {
    path: git.ignoreFile,
    before: found.kind === "file" ? { path: git.ignoreFile, text: old } : undefined,
    after: `${old}${old === "" || old.endsWith("\n") ? "" : eol}${git.line}${eol}`,
    role: "ignore",
  };
  return [ignore, change];
}

const OWNER_ALONE = 0o600;
/** Whoever shares a group with the owner of an old file keeps what he had. */
const WITHOUT_OTHERS = 0o770;

/** The edits of each finding, by its index. */
function editsByOwner(built: Built): ReadonlyMap<number, readonly Edit[]> {
  const byOwner = new Map<number, Edit[]>();
  for (const { edit, owners } of [...built.edits.values()].flat()) {
    for (const owner of owners) {
      const edits = byOwner.get(owner);
      if (edits === undefined) byOwner.set(owner, [edit]);
      else edits.push(edit);
    }
  }
  return byOwner;
}
