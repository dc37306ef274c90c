import {
  type Intent,
  isList,
  isMap,
  type Json,
  type Project,
  type Read,
  sameJson,
  valueAt,
} from "@compose-harden/model";
import { discover, load } from "@compose-harden/parser";
import { changedFields } from "./place/item.js";
import { indexOfMember } from "./place/project.js";

/** The same project as it is with every variable unset: the second environment in which interpolated text must hold. */
export function withoutVariables(project: Project, read: Read): Project {
  const { entry, directory, name } = project;
  const home = entry.env?.["HOME"];
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

/** The intents in the words of another load of the same files: list members are found again by the text they come from. */
export function translated(
  intents: readonly Intent[],
  from: Project,
  to: Project,
  data: Json,
  toData: Json,
): readonly Intent[] {
  return intents.map((intent) => {
    if (intent.op !== "replace" && intent.op !== "drop") return intent;
    const index = indexOfMember(data, intent.path, intent.item);
    const origin = index === undefined ? undefined : from.originsOf([...intent.path, index]).at(-1);
    const list = valueAt(toData, intent.path);
    if (origin === undefined || !isList(list)) return intent;
    const same = (i: number) => {
      const other = to.originsOf([...intent.path, i]).at(-1);
      return other?.value.file === origin.value.file && other.value.start === origin.value.start;
    };
    // Of several members from one text (a port range) the very same one, if it is still there.
    if (list.some((other, i) => same(i) && sameJson(other, intent.item))) return intent;
    const item = list.find((_, i) => same(i));
    if (item === undefined) return intent;
    if (intent.op === "drop") return { ...intent, item };
    if (!isMap(item) || !isMap(intent.item) || !isMap(intent.by)) return { ...intent, item };
    const changes = changedFields(intent.item, intent.by).filter(([, value]) => value !== undefined);
    return { ...intent, item, by: { ...item, ...Object.fromEntries(changes) } as Json };
  });
}
