import { jsonWriter } from "../json.js";
import type { ReportedResult, ReportWriter, RuleInfo, Shard } from "../result.js";
import { formatText, type TextOptions } from "../text.js";
import { formatCheckstyle } from "./checkstyle.js";
import { formatConcise } from "./concise.js";
import { formatGithub } from "./github.js";
import { toGitlab } from "./gitlab.js";
import { jsonText } from "./json-text.js";
import { formatJunit } from "./junit.js";
import { formatMarkdown } from "./markdown.js";
import { sarifWriter } from "./sarif.js";

/** The formats of the findings. */
export const FORMATS = [
  "text",
  "concise",
  "json",
  "sarif",
  "github",
  "gitlab",
  "junit",
  "checkstyle",
  "markdown",
] as const;

/** One of the formats. */
export type Format = (typeof FORMATS)[number];

/** What the formats need besides the results; each takes its part. */
export interface FormatOptions extends TextOptions {
  readonly version: string;
  /** Address of a page about the program, for `sarif`; absent where it has none. */
  readonly home?: string;
  /** All rules that were asked. */
  readonly rules: readonly RuleInfo[];
  /** The rules' pages in Markdown, by id. */
  readonly pages?: ReadonlyMap<string, string>;
  /** Which part of a run this is, for `json` and `sarif`; absent for a whole one. */
  readonly shard?: Shard;
}

/** A report as the text of a file; it ends with a line break, or is empty. */
export function formatResults(format: Format, results: readonly ReportedResult[], options: FormatOptions): string {
  const parts: string[] = [];
  const writer = reportWriter(format, options, (text) => parts.push(text));
  for (const result of results) writer.add(result);
  writer.end();
  return parts.join("");
}

/** A report that is made while results come in: `json` and `sarif` keep no results, all others do until the end. */
export function reportWriter(format: Format, options: FormatOptions, write: (text: string) => void): ReportWriter {
  const { display } = options;
  switch (format) {
    case "text":
      return atTheEnd((results) => write(formatText(results, options)));
    case "concise":
      return atTheEnd((results) => write(formatConcise(results, display)));
    case "json":
      return jsonWriter(options, write);
    case "sarif":
      return sarifWriter(options, (log) => write(jsonText(log)));
    case "github":
      return atTheEnd((results) => write(formatGithub(results, display)));
    case "gitlab":
      return atTheEnd((results) => write(jsonText(toGitlab(results, display))));
    case "junit":
      return atTheEnd((results) => write(formatJunit(results, display)));
    case "checkstyle":
      return atTheEnd((results) => write(formatCheckstyle(results, display)));
    case "markdown":
      return atTheEnd((results) => write(formatMarkdown(results, display)));
    default:
      return format satisfies never;
  }
}

function atTheEnd(end: (results: readonly ReportedResult[]) => void): ReportWriter {
  const results: ReportedResult[] = [];
  return { add: (result) => results.push(result), end: () => end(results) };
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
