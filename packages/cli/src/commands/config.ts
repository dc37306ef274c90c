import { formatPath, isList, isMap, type Json, type Path, type Project } from "@compose-harden/model";
import { jsonText, type RenderedText, renderConfig, renderYaml } from "@compose-harden/parser";
import {
  type DisplayPath,
  escapeText,
  formatHops,
  formatPlace,
  gapsOf,
  isSecretName,
  maskSecrets,
  sourcesOf,
} from "@compose-harden/report";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { displayFrom, type Host } from "../host.js";
import { describeGap } from "../load.js";
import type { ReadOptions } from "../options.js";
import { oneProject } from "../read.js";

/** Options of `config`. */
export interface ConfigOptions extends ReadOptions {
  readonly format: string;
  readonly origins?: boolean;
}

/** `compose-harden config`: prints what Docker reads, or why Docker refuses it. */
export function runConfig(paths: readonly string[], options: ConfigOptions, host: Host): ExitCode {
  const reading = oneProject(paths, options, host);
  if (reading === undefined) return EXIT.error;
  const { loaded } = reading;
  const display = displayFrom(host.cwd);
  const { project } = loaded;
  const gaps = gapsOf(project);
  for (const gap of gaps) {
    host.say(`${gap.kind === "refused" ? "error" : "not read"}: ${describeGap(gap, project, display)}\n`);
  }
  if (gaps.length > 0) return EXIT.error;
  for (const warning of project.warnings) host.say(`warning: ${escapeText(warning)}\n`);
  if (options.origins === true) host.print(originsText(project, display));
  else {
    const text = printed(project, options.format);
    if (!text.ok) throw new UsageError(`no such service \`${text.unknownService}\``);
    host.print(text.text);
  }
  return EXIT.ok;
}

function printed(project: Project, format: string): RenderedText {
  if (format !== "json") return renderYaml(project);
  const rendered = renderConfig(project);
  return rendered.ok ? { ok: true, text: `${jsonText(rendered.config)}\n` } : rendered;
}

/** One line a value: its path, the value with secrets masked, and where it was written. */
function originsText(project: Project, display: DisplayPath): string {
  const sources = sourcesOf(project);
  const lines: string[] = [];
  const visit = (value: Json, path: Path) => {
    if (isMap(value) && Object.keys(value).length > 0) {
      for (const [key, member] of Object.entries(value)) visit(member, [...path, key]);
    } else if (isList(value) && value.length > 0) {
      value.forEach((member, index) => {
        visit(member, [...path, index]);
      });
    } else {
      const origin = project.originsOf(path).at(-1);
      const hops = origin === undefined ? "" : formatHops(origin, sources, display);
      const place =
        origin === undefined
          ? "nowhere: Docker's default"
          : `${formatPlace(origin.value, sources, display)}${hops === "" ? "" : ` through ${hops}`}`;
      lines.push(escapeText(`${formatPath(path)} = ${shown(path, value)}  # ${place}`));
    }
  };
  visit(project.data, []);
  return `${lines.join("\n")}\n`;
}

function shown(path: Path, value: Json): string {
  const name = path.findLast((step) => typeof step === "string");
  return typeof name === "string" && isSecretName(name) && value !== null ? "***" : maskSecrets(JSON.stringify(value));
}
