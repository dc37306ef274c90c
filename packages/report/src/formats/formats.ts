import type { Patch } from "@compose-harden/model";
import { toJson } from "../json.js";
import type { Result, RuleInfo } from "../result.js";
import { formatText, type TextOptions } from "../text.js";
import { formatCheckstyle } from "./checkstyle.js";
import { formatGithub } from "./github.js";
import { toGitlab } from "./gitlab.js";
import { jsonText } from "./json-text.js";
import { formatJunit } from "./junit.js";
import { formatMarkdown } from "./markdown.js";
import { toSarif } from "./sarif.js";

/** The formats of the findings. */
export const FORMATS = ["text", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown"] as const;

/** One of the formats. */
export type Format = (typeof FORMATS)[number];

/** What the formats need besides the results; each takes its part. */
export interface FormatOptions extends TextOptions {
  readonly version: string;
  /** All rules that were asked. */
  readonly rules: readonly RuleInfo[];
  /** The rules' pages in Markdown, by id. */
  readonly pages?: ReadonlyMap<string, string>;
  /** Fixes to offer where the format has a place for them. */
  readonly patch?: Patch;
}

/** A report as the text of a file; it ends with a line break, or is empty. */
export function formatResults(format: Format, results: readonly Result[], options: FormatOptions): string {
  switch (format) {
    case "text":
      return formatText(results, options);
    case "json":
      return jsonText(toJson(results, options));
    case "sarif":
      return jsonText(toSarif(results, options));
    case "github":
      return formatGithub(results, options.display);
    case "gitlab":
      return jsonText(toGitlab(results, options.display));
    case "junit":
      return formatJunit(results, options.display);
    case "checkstyle":
      return formatCheckstyle(results, options.display);
    case "markdown":
      return formatMarkdown(results, options.display);
    default:
      return format satisfies never;
  }
}

const BY_NAME: readonly (readonly [RegExp, Format])[] = [
  [/\.sarif(?:\.json)?$/i, "sarif"],
  [/(?:^|[/\\])gl-code-quality-report\.json$/i, "gitlab"],
  [/\.json$/i, "json"],
  [/checkstyle[^/\\]*\.xml$/i, "checkstyle"],
  [/\.xml$/i, "junit"],
  [/\.(?:md|markdown)$/i, "markdown"],
  [/\.(?:txt|log)$/i, "text"],
];

/** The format that a file's name asks for. */
export function formatOfFile(path: string): Format | undefined {
  return BY_NAME.find(([pattern]) => pattern.test(path))?.[1];
}

/** True for formats whose readers look for the files from the root of the repository. */
export function isFromRoot(format: Format): boolean {
  return format === "sarif" || format === "github" || format === "gitlab";
}
