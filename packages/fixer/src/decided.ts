import { type Finding, type Intent, isMap, type Project, type Read, type SourceFile } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { valuesOf } from "./secrets/dotenv.js";

/**
 * Which variables decide what the text of a finding gives, and where they have their values: there a person can change what no edit of
 * the Compose file can. Undefined when none of them has a value. Values are never told, as they may be secret.
 */
export function decidedBy(project: Project, { origin, fix }: Finding, read: Read): string | undefined {
  const { file: path, start, end } = origin.value;
  const text = project.files.find((file) => file.path === path)?.text.slice(start, end) ?? "";
  const { environment } = discover(project.entry, read);
  const names = Array.from(text.matchAll(/(?<!\$)\$\{?([A-Za-z_]\w*)/g), ([, name = ""]) => name);
  const given = [...new Set(names)].filter((name) => environment.has(name) && environment.get(name) !== "");
  const going = fix?.intents.flatMap(valuesThatGo) ?? [];
  const decisive = given.filter((name) => going.includes(environment.get(name) ?? ""));
  const told = (decisive.length === 0 ? given : decisive).map((name) => `\`${name}\` (${placeOf(name, project)})`);
  return told.length === 0 ? undefined : `what decides is the value of ${told.join(", ")}: change it there`;
}

/** The texts in a member of a list that its replacement has no longer, such as the address of a port. */
function valuesThatGo(intent: Intent): readonly string[] {
  if (intent.op !== "replace" || !isMap(intent.item) || !isMap(intent.by)) return [];
  const { item, by } = intent;
  return Object.entries(item).flatMap(([key, value]) =>
    typeof value === "string" && isMap(by) && by[key] !== value ? [value] : [],
  );
}

/** Where a variable has its value: the shell has the last word, then the env file that was read last. */
function placeOf(name: string, { entry, envFiles, directory }: Project): string {
  if (Object.hasOwn(entry.env ?? {}, name)) return "set in the shell";
  const file = envFiles.findLast(({ text }) => valuesOf(text)?.has(name) === true);
  return file === undefined ? "set outside the Compose files" : `in \`${shown(file, directory)}\``;
}

function shown({ path }: SourceFile, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}
