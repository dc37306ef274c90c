import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { isMap, type Json, positionAt, type Read } from "@compose-harden/model";
import { readDocument } from "@compose-harden/parser";
import { type DisplayPath, escapeText } from "@compose-harden/report";
import { mergeRules } from "@compose-harden/rules";
import { UsageError } from "../errors.js";
import { PRESETS } from "./presets.js";
import { type Configuration, configurationOf, PRESET_NAMES, shapeProblems } from "./shape.js";

/** A configuration with the directory its paths start from. */
export interface Found {
  readonly configuration: Configuration;
  /** The file; undefined when there is none, and the defaults hold. */
  readonly file: string | undefined;
  /** The file and those that it extends. */
  readonly files: readonly string[];
  readonly directory: string;
}

/** Names of a configuration file. */
export const FILE_NAMES: readonly string[] = [
  "compose-harden.config.yaml",
  "compose-harden.config.yml",
  "compose-harden.config.json",
];
/** The file that may hold a configuration under a key. */
export const MANIFEST_NAME = "package.json";
/** That key. */
export const PACKAGE_KEY = "compose-harden";

/** Finds configurations; a directory is looked at once. */
export interface Configurations {
  /** The nearest configuration at or above a directory. */
  nearest(directory: string): Found;
  /** A configuration by the name of its file. */
  named(file: string): Found;
}

/** Configurations as a run sees them. A file that cannot be used is a `UsageError` with its place. */
export function openConfigurations(read: Read, display: DisplayPath): Configurations {
  const known = new Map<string, Found>();
  const named = (file: string): Found => {
    const files: string[] = [];
    const configuration = readConfiguration(file, read, display, [], files);
    return { configuration, file, files, directory: dirname(file) };
  };
  const nearest = (directory: string): Found => {
    const before = known.get(directory);
    if (before !== undefined) return before;
    const parent = dirname(directory);
    const file = fileIn(directory, read);
    const result =
      file !== undefined
        ? named(file)
        : parent === directory
          ? { configuration: {}, file: undefined, files: [], directory }
          : nearest(parent);
    known.set(directory, result);
    return result;
  };
  return { nearest, named };
}

function fileIn(directory: string, read: Read): string | undefined {
  const own = FILE_NAMES.map((name) => join(directory, name)).find((path) => read(path).kind !== "missing");
  if (own !== undefined) return own;
  const manifest = join(directory, MANIFEST_NAME);
  const result = read(manifest);
  // A manifest without the key is none of our business, even when it is broken.
  if (result.kind !== "file" || !result.text.includes(`"${PACKAGE_KEY}"`)) return undefined;
  return sectionOf(result.text) === undefined ? undefined : manifest;
}

function sectionOf(text: string): Json | undefined {
  const { data, problems } = readDocument({ path: "package.json", text });
  const section = problems.length === 0 && isMap(data) ? data[PACKAGE_KEY] : undefined;
  // A dependency or a script may have the same name; only the top-level mapping counts.
  return isMap(section) ? section : undefined;
}

function readConfiguration(
  file: string,
  read: Read,
  display: DisplayPath,
  children: readonly string[],
  files: string[],
): Configuration {
  files.push(file);
  const result = read(file);
  if (result.kind !== "file") {
    const reason =
      result.kind === "unreadable" ? result.reason : result.kind === "missing" ? "is missing" : "is a directory";
    throw new UsageError(`the configuration \`${display(file)}\` ${reason}`);
  }
  const document = readDocument({ path: file, text: result.text });
  const isManifest = basename(file) === MANIFEST_NAME;
  const prefix = isManifest ? [PACKAGE_KEY] : [];
  const data = isManifest && isMap(document.data) ? (document.data[PACKAGE_KEY] ?? null) : document.data;
  const fail = (offset: number, message: string): never => {
    const { line, column } = positionAt(result.text, offset);
    throw new UsageError(escapeText(`${display(file)}:${line}:${column}: ${message}`));
  };
  for (const { message, at } of document.problems) fail(at?.start ?? 0, message);
  if (data === null) return {};
  for (const { path, message } of shapeProblems(data)) fail(document.placeOf([...prefix, ...path]).start, message);
  if (!isMap(data)) return fail(0, "expected a mapping");
  const configuration = configurationOf(data);
  const parents = (configuration.extends ?? []).map((name) => {
    if (Object.hasOwn(PRESETS, name)) return { rules: PRESETS[name]?.rules ?? {} };
    const place = document.placeOf([...prefix, "extends"]).start;
    if (!/[./]/.test(name)) return fail(place, `unknown preset \`${name}\`: there are ${PRESET_NAMES.join(", ")}`);
    const parent = resolve(dirname(file), name);
    if ([...children, file].includes(parent)) return fail(place, `\`${name}\` extends this file`);
    return readConfiguration(parent, read, display, [...children, file], files);
  });
  return [...parents, configuration].reduce(joined, {});
}

/** One configuration over another: rules are joined, lists are appended, the rest is replaced. */
function joined(below: Configuration, above: Configuration): Configuration {
  return {
    ...below,
    ...above,
    rules: mergeRules(below.rules ?? {}, above.rules ?? {}),
    overrides: [...(below.overrides ?? []), ...(above.overrides ?? [])],
    ignore: [...(below.ignore ?? []), ...(above.ignore ?? [])],
    exclude: [...(below.exclude ?? []), ...(above.exclude ?? [])],
  };
}

/** A path as a configuration's patterns mean it. */
export function relativeTo(directory: string): (path: string) => string {
  return (path) => relative(directory, path).split(sep).join("/");
}
