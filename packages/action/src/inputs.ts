type InputName =
  | "paths"
  | "working-directory"
  | "config"
  | "baseline"
  | "env-files"
  | "profiles"
  | "rules"
  | "fail-on"
  | "min-severity"
  | "strict"
  | "only-new"
  | "comments"
  | "suggestions"
  | "unsafe"
  | "max-comments"
  | "annotations"
  | "summary"
  | "outputs"
  | "sarif-file"
  | "upload-sarif"
  | "sarif-category"
  | "token";

/** An input of the action, as `action.yml` and the documentation show it. */
export interface InputInfo {
  readonly name: InputName;
  readonly description: string;
  readonly default: string;
}

/** All inputs. Where the default is empty, the configuration or the command line's own default holds. */
export const INPUTS: readonly InputInfo[] = [
  {
    name: "paths",
    description: "files and directories to look at, one a line; nothing: the whole working directory",
    default: "",
  },
  { name: "working-directory", description: "where to look, below the checked-out repository", default: "." },
  { name: "config", description: "configuration to take instead of the nearest one; `none`: none", default: "" },
  { name: "baseline", description: "known findings, as for `--baseline`", default: "" },
  { name: "env-files", description: "env files to read instead of `.env`, one a line", default: "" },
  { name: "profiles", description: "Compose profiles to activate, one a line", default: "" },
  { name: "rules", description: "only these rules, one a line", default: "" },
  {
    name: "fail-on",
    description: "fail from this severity on: `critical`, `high`, `medium`, `low`, `info`; `none`: never for findings",
    default: "",
  },
  { name: "min-severity", description: "show findings from this severity on", default: "" },
  { name: "strict", description: "`true`: fail if any part of a project could not be read", default: "" },
  {
    name: "only-new",
    description:
      "`true`: only what a pull request, merge group or push adds; what was there before does not fail and is not shown",
    default: "false",
  },
  {
    name: "comments",
    description: "`true`: comment on the changed lines of a pull request, update and resolve earlier comments",
    default: "true",
  },
  {
    name: "suggestions",
    description: "`true`: comments carry the safe fixes as suggested changes, where their lines are in the diff",
    default: "true",
  },
  {
    name: "unsafe",
    description:
      "also suggest fixes that may stop something from working: `true` for all, or rules and services, separated by commas",
    default: "",
  },
  { name: "max-comments", description: "most comments on a pull request, the worst first", default: "50" },
  {
    name: "annotations",
    description: "`auto`: annotate what has no comment; `all`: everything; `none`: nothing",
    default: "auto",
  },
  { name: "summary", description: "`true`: write the job summary", default: "true" },
  {
    name: "outputs",
    description: "reports to write, one a line, as for `--output`: `FILE` or `FORMAT=FILE`",
    default: "",
  },
  { name: "sarif-file", description: "write a SARIF report to this file", default: "" },
  { name: "upload-sarif", description: "`true`: upload the findings to code scanning", default: "false" },
  {
    name: "sarif-category",
    description: "name of this analysis, where one commit gets several (a matrix, shards)",
    default: "",
  },
  {
    name: "token",
    description: "token for GitHub's API; without one, nothing is asked of it",
    default: "${{ github.token }}",
  },
];

/** A name in the table of outputs. */
export type OutputName =
  | "findings"
  | "critical"
  | "high"
  | "medium"
  | "low"
  | "info"
  | "worst"
  | "fixable"
  | "gaps"
  | "comments"
  | "exit-code"
  | "sarif-file"
  | "sarif-id";

/** An output of the action. */
export interface OutputInfo {
  readonly name: OutputName;
  readonly description: string;
}

/** Outputs for later steps. */
export const OUTPUTS: readonly OutputInfo[] = [
  { name: "findings", description: "number of findings shown" },
  { name: "critical", description: "findings of severity critical" },
  { name: "high", description: "findings of severity high" },
  { name: "medium", description: "findings of severity medium" },
  { name: "low", description: "findings of severity low" },
  { name: "info", description: "findings of severity info" },
  { name: "worst", description: "the worst severity; empty without findings" },
  { name: "fixable", description: "findings with a safe fix" },
  { name: "gaps", description: "parts that could not be read, and so were not checked" },
  { name: "comments", description: "comments on the pull request that hold findings now" },
  { name: "exit-code", description: "what the command line would exit with: 0, 1 findings, 2 unreadable input" },
  { name: "sarif-file", description: "the SARIF file, if one was written" },
  { name: "sarif-id", description: "the upload's name at code scanning, if it was uploaded" },
];

/** What the workflow asks for. */
export interface Inputs {
  readonly paths: readonly string[];
  readonly workingDirectory: string;
  /** False: none. */
  readonly config: string | false | undefined;
  readonly baseline: string | undefined;
  readonly envFiles: readonly string[] | undefined;
  readonly profiles: readonly string[] | undefined;
  readonly rules: readonly string[] | undefined;
  readonly failOn: string | undefined;
  readonly minSeverity: string | undefined;
  readonly strict: boolean | undefined;
  readonly onlyNew: boolean;
  readonly comments: boolean;
  readonly suggestions: boolean;
  /** As `fix --unsafe`: `*`, or rules and services. */
  readonly unsafe: string | undefined;
  readonly maxComments: number;
  readonly annotations: "auto" | "all" | "none";
  readonly summary: boolean;
  readonly outputs: readonly string[];
  readonly sarifFile: string | undefined;
  readonly uploadSarif: boolean;
  readonly sarifCategory: string | undefined;
  readonly token: string | undefined;
}

/** What is wrong with an input: for whoever wrote the workflow. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Reads the inputs; `get` gives each one's text, trimmed, empty where it is not set. Throws `InputError`. */
export function inputsFrom(get: (name: string) => string): Inputs {
  const text = (name: InputName): string => {
    const given = get(name);
    if (given !== "") return given;
    const fallback = INPUTS.find((input) => input.name === name)?.default ?? "";
    // The runner fills in expressions; where it did not, there is nothing.
    return fallback.startsWith("${{") ? "" : fallback;
  };
  const some = (name: InputName): string | undefined => (text(name) === "" ? undefined : text(name));
  const lines = (name: InputName): readonly string[] | undefined => {
    const words = text(name)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
    return words.length === 0 ? undefined : words;
  };
  const flag = (name: InputName): boolean | undefined => {
    const word = text(name).toLowerCase();
    if (word === "") return undefined;
    if (word === "true" || word === "false") return word === "true";
    throw new InputError(`input \`${name}\`: expected true or false, found \`${text(name)}\``);
  };
  const unsafe = text("unsafe");
  const config = some("config");
  return {
    paths: lines("paths") ?? [],
    workingDirectory: text("working-directory"),
    config: config === "none" ? false : config,
    baseline: some("baseline"),
    envFiles: lines("env-files"),
    profiles: lines("profiles"),
    rules: lines("rules"),
    failOn: some("fail-on"),
    minSeverity: some("min-severity"),
    strict: flag("strict"),
    onlyNew: flag("only-new") === true,
    comments: flag("comments") === true,
    suggestions: flag("suggestions") === true,
    unsafe: unsafe === "" || unsafe === "false" ? undefined : unsafe === "true" ? "*" : unsafe,
    maxComments: number("max-comments", text("max-comments")),
    annotations: choice("annotations", text("annotations"), ["auto", "all", "none"]),
    summary: flag("summary") === true,
    outputs: lines("outputs") ?? [],
    sarifFile: some("sarif-file"),
    uploadSarif: flag("upload-sarif") === true,
    sarifCategory: some("sarif-category"),
    token: some("token"),
  };
}

function number(name: InputName, text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InputError(`input \`${name}\`: expected a number, found \`${text}\``);
  return Number(text);
}

function choice<T extends string>(name: InputName, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined)
    throw new InputError(`input \`${name}\`: expected one of ${words.join(", ")}, found \`${text}\``);
  return found;
}
