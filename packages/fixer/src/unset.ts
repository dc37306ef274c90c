import {
  type Intent,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type Path,
  type Project,
  type Read,
  valueAt,
} from "@compose-harden/model";
import { discover, load } from "@compose-harden/parser";
import { changedFields } from "./place/item.js";
import { indexOfMember } from "./place/project.js";

/** The same project as it is with every variable unset: the second environment in which interpolated text must hold. */
export function withoutVariables(project: Project, read: Read): Project {
  const { entry, directory, name } = project;
  const home = entry.env?.HOME;
  return load(
    {
      cwd: entry.cwd,
      files: discover(entry, read).files,
      env: { COMPOSE_DISABLE_ENV_FILE: "true", ...(home === undefined ? {} : { HOME: home }) },
      projectDirectory: directory,
      ...(name === "" ? {} : { projectName: name }),
      profiles: project.profiles,
    },
    read,
  );
}

/**
 * The intents in the words of another load of the same files. Members of lists are found again by the text they come from; a
 * range that has other bounds there has other members, which all change alike.
 */
export function translated(
  intents: readonly Intent[],
  from: Project,
  to: Project,
  data: Json,
  toData: Json,
): readonly Intent[] {
  const seen = new Set<string>();
  return intents.flatMap((intent): readonly Intent[] => {
    if (intent.op !== "replace" && intent.op !== "drop") return [intent];
    const index = indexOfMember(data, intent.path, intent.item);
    const text = index === undefined ? undefined : textKey(from, [...intent.path, index]);
    const list = valueAt(toData, intent.path);
    if (text === undefined || !isList(list)) return [intent];
    const key = JSON.stringify([intent.path, text]);
    if (seen.has(key)) return [];
    seen.add(key);
    const items = list.filter((_, i) => textKey(to, [...intent.path, i]) === text);
    return items.map((item) => changedAlike(intent, item));
  });
}

function textKey(project: Project, path: Path): string | undefined {
  const range = project.originsOf(path).at(-1)?.value;
  return range && `${range.file}\0${range.start}`;
}

function changedAlike(intent: Extract<Intent, { op: "replace" | "drop" }>, item: Json): Intent {
  if (intent.op === "drop") return { ...intent, item };
  if (!isMap(item) || !isMap(intent.item) || !isMap(intent.by)) return { ...intent, item };
  const changes: JsonMap = Object.fromEntries(
    changedFields(intent.item, intent.by).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  return { ...intent, item, by: { ...item, ...changes } };
}
