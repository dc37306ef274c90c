import type { Gap } from "@compose-harden/model";

/** What kind of error Docker answered with; its wording depends on the order of maps and is not compared. */
export type ErrorClass =
  | "file"
  | "yaml"
  | "structure"
  | "interpolation"
  | "schema"
  | "merge"
  | "extends"
  | "include"
  | "env-file"
  | "semantic"
  | "consistency"
  | "name"
  /** Docker itself breaks: it crashes, or cannot print what it loaded. */
  | "crash";

/** The class of an error message of Docker's. The first pattern that fits decides. */
export function classOf(error: string): ErrorClass {
  return CLASSES.find(([pattern]) => pattern.test(error))?.[1] ?? "consistency";
}

const CLASSES: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^PANIC|^json: error calling/, "crash"],
  [
    /no such file or directory|is a directory|couldn't find env file|no configuration file provided|not found: stat/,
    "file",
  ],
  [/non-string key|top-level object must be a mapping|empty compose file/, "structure"],
  [/^validating /, "schema"],
  [/include cycle|^`include`|remote resource/, "include"],
  [/cannot extend|^Circular reference|^extends\.|service is required$/, "extends"],
  [/cannot override|unexpected type|cannot merge|missing a (?:target port|mount target)|must be a mapping$/, "merge"],
  [/^failed to parse|^go-yaml|^yaml:/, "yaml"],
  [/error while interpolating|invalid interpolation format/, "interpolation"],
  [/project name/, "name"],
  [/unsupported env_file format|^failed to read/, "env-file"],
  [
    /^decoding failed|^invalid (?:IP|containerPort|hostPort|proto|ranges|spec|empty|mount config|ip)|^no port specified/,
    "semantic",
  ],
  [/confusing device|invalid type|attributes are (?:mutually )?exclusive|must be set$|invalid ip address/, "semantic"],
  [
    /conflicting parameters|external\.name|value can't be blank|invalid value|expected key=value|invalid ssh/,
    "semantic",
  ],
];

/** Our reasons that stand for each class; undefined: any reason will do. */
export const REASONS: Readonly<Record<ErrorClass, readonly Gap["reason"][] | undefined>> = {
  file: ["file", "include", "extends", "env-file"],
  yaml: ["yaml", "limit", "structure"],
  structure: ["structure", "yaml"],
  interpolation: ["interpolation"],
  schema: ["schema"],
  merge: ["merge", "schema", "structure", "semantic"],
  extends: ["extends"],
  include: ["include", "remote"],
  "env-file": ["env-file"],
  semantic: ["semantic", "schema"],
  consistency: ["consistency"],
  name: ["name"],
  crash: undefined,
};
