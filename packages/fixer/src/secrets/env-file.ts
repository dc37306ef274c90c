import type { Move, Project, Read } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import type { Failure } from "../plan.js";
import type { Policy } from "../policy.js";
import { valuesOf } from "./dotenv.js";

/** The env file of a project, which takes the secrets of a run. */
export interface EnvFile {
  readonly path: string;
  /** Empty for a file that is yet to be made. */
  readonly text: string;
  readonly exists: boolean;
  /**
   * The name of the variable that is to hold a secret. `given` is one that stands in the Compose file already; `place` is where it
   * stands, which gets one name whoever asks. The same name is answered only for the same value. Undefined when a variable of
   * that name means something else.
   */
  nameFor(move: Pick<Move, "part" | "names">, place: string, given: string | undefined): string | undefined;
  /** The new secret for one that others know: one for each, wherever it stands. */
  newFor(part: string): string;
}

/** More names than a project has for its secrets. */
const MOST_TRIES = 50;

/** The env file that a project's variables come from, or why it takes none. */
export function openEnvFile(project: Project, policy: Policy, read: Read): EnvFile | Failure {
  const { environment, envFile: path } = discover(project.entry, read);
  if (policy.overlay !== undefined)
    return refused("an override file takes nothing out of the files below it: run without `--overlay`");
  if (path === undefined) return refused("no env file is read, so that none can take it");
  const found = read(path);
  if (found.kind !== "file" && found.kind !== "missing")
    return refused(`\`${path}\` is no file that could be read, so that it cannot take it`);
  if (policy.keeping === undefined) return refused("there is no place for an env file beside it");
  const git = policy.keeping.git(path);
  if (git === "tracked") return refused(`git has \`${path}\` under version control: \`git rm --cached\` it first`);
  const text = found.kind === "file" ? found.text : "";
  const values = valuesOf(text) ?? new Map<string, string>();
  const texts = project.files.map((file) => file.text);
  const given = new Map<string, string>();
  const places = new Map<string, string>();
  const isUsable = (name: string, value: string): boolean => {
    if (given.has(name)) return given.get(name) === value;
    // What the shell sets comes first, and differs from machine to machine.
    if (Object.hasOwn(project.entry.env ?? {}, name)) return false;
    if (environment.has(name)) return values.get(name) === value;
    const use = new RegExp(`\\$\\{?${name}(?!\\w)`);
    return !texts.some((file) => use.test(file)) && policy.keeping?.isTaken(name) !== true;
  };
  const renewed = new Map<string, string>();
  return {
    path,
    text,
    exists: found.kind === "file",
    newFor: (part) => {
      const known = renewed.get(part) ?? policy.newSecret?.(part) ?? part;
      renewed.set(part, known);
      return known;
    },
    nameFor: ({ part, names }, place, existing) => {
      const known = places.get(place);
      if (known !== undefined) return known;
      const last = names.at(-1) ?? names[0];
      const more = Array.from({ length: MOST_TRIES }, (_, i) => `${last}_${i + 2}`);
      const name =
        existing === undefined
          ? [...names, ...more].find((one) => isUsable(one, part))
          : (given.get(existing) ?? (environment.get(existing) || part)) === part
            ? existing
            : undefined;
      if (name !== undefined) {
        given.set(name, part);
        places.set(place, name);
      }
      return name;
    },
  };
}

function refused(detail: string): Failure {
  return { refusal: "unwritable-file", detail };
}
