import { resolve } from "node:path";
import type { FileFacts, Project, Read, Remark } from "@compose-harden/model";
import { readSuppressions } from "@compose-harden/parser";
import { type DisplayPath, escapeText } from "@compose-harden/report";
import {
  type Advice,
  adviceFrom,
  checkSelected,
  mergeRules,
  observedKnowledge,
  profileAdvice,
  profileKnowledge,
  type RuleSetting,
  rules,
  type Selection,
} from "@compose-harden/rules";
import { closest, UsageError } from "./errors.js";
import { factsOf } from "./files/facts.js";
import type { Files } from "./files/reader.js";
import type { Host } from "./host.js";
import { imageIdsFrom } from "./image-ids.js";
import type { Loaded } from "./load.js";
import type { SettingsOptions } from "./options.js";
import { type Configurations, type Found, openConfigurations, relativeTo } from "./settings/find.js";
import { observationBeside, readObservation } from "./settings/observed.js";

/** Checks loaded projects, each with the configuration nearest to it. */
export interface Selector {
  /** The configuration that holds for a directory. */
  settingsOf(directory: string): Found;
  /**
   * The findings of a project after configuration, suppressions and the options of the command line. What is read beside the
   * project and the configuration goes through `read`: results are kept as long as none of it changes.
   */
  select(loaded: Loaded, read?: Read): Selected;
}

/** A selection with what it was told about files, for which the same goes. */
export interface Selected extends Selection {
  readonly facts: Facts;
}

/** What is known of files besides their text; undefined for what is none. */
export type Facts = ReadonlyMap<string, FileFacts | undefined>;

/** Makes a selector; `forced` are rule settings that the command line puts above all others. */
export function makeSelector(
  files: Files,
  options: SettingsOptions,
  forced: Readonly<Record<string, RuleSetting>>,
  host: Host,
  display: DisplayPath,
): Selector {
  const configurations: Configurations = openConfigurations(files.read, display);
  const given = options.config;
  const settingsOf = (directory: string): Found => {
    if (given === false) return { configuration: {}, file: undefined, files: [], directory: host.cwd };
    return typeof given === "string"
      ? configurations.named(resolve(host.cwd, given))
      : configurations.nearest(directory);
  };
  const idOf = imageIdsFrom(host.env);
  const adviceOn = (project: Project, read: Read): Advice => {
    const { observed } = options;
    const path = observed === undefined ? observationBeside(project) : resolve(host.cwd, observed);
    const observation = readObservation(path, read, display);
    if (observation !== undefined) return adviceFrom([observedKnowledge(observation, idOf), profileKnowledge]);
    if (observed === undefined) return profileAdvice;
    throw new UsageError(`\`--observed ${escapeText(observed)}\`: no such file`);
  };
  const select = ({ project }: Loaded, read: Read = files.read): Selected => {
    const { configuration, directory } = settingsOf(project.directory);
    const facts = new Map<string, FileFacts | undefined>();
    const comments = options.suppressions === false ? [] : project.files.map(readSuppressions);
    const suppressions = comments.flatMap((one) => one.suppressions);
    const selection = checkSelected(
      project,
      { ...configuration, rules: mergeRules(configuration.rules ?? {}, forced) },
      {
        today: host.today,
        relative: relativeTo(directory),
        suppressions,
        read,
        lookAt: (path) => {
          if (!facts.has(path)) facts.set(path, factsOf(path, read));
          return facts.get(path);
        },
      },
      adviceOn(project, read),
    );
    const wrong = [...comments.flatMap(({ problems }) => problems), ...suppressions.flatMap(unknownRules)];
    return { ...selection, remarks: [...wrong, ...selection.remarks], facts };
  };
  return { settingsOf, select };
}

function unknownRules(suppression: ReturnType<typeof readSuppressions>["suppressions"][number]): readonly Remark[] {
  const known = rules.map(({ id }) => id);
  return suppression.rules
    .filter((rule) => !known.includes(rule))
    .map((rule) => {
      const near = closest(rule, known).map((name) => `\`${name}\``);
      const hint = near.length === 0 ? "" : `: did you mean ${near.join(" or ")}?`;
      return { message: `this suppression names the unknown rule \`${rule}\`${hint}`, at: suppression.at };
    });
}
