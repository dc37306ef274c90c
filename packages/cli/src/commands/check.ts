import { SEVERITIES } from "@compose-harden/model";
import { formatText, isAtLeast, type Result, toJson } from "@compose-harden/report";
import { check, rules } from "@compose-harden/rules";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { version } from "../generated/version.js";
import { displayFrom, type Host } from "../host.js";
import { labelOf, ofServicesAndRules, withoutRepeated } from "../load.js";
import { checkRuleNames, checkServiceNames, type ReadOptions, type SelectOptions, severityFrom } from "../options.js";
import { readProjects } from "../read.js";

/** Options of `check`. */
export interface CheckOptions extends ReadOptions, SelectOptions {
  readonly format: string;
  readonly minSeverity: string;
  readonly failOn: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
}

/** `compose-harden check`: says what is unsafe. */
export function runCheck(paths: readonly string[], options: CheckOptions, host: Host): ExitCode {
  checkRuleNames(options.rule ?? []);
  const minSeverity = severityFrom("--min-severity", options.minSeverity);
  const failOn = options.failOn === "none" ? undefined : severityFrom("--fail-on", options.failOn);
  if (options.format !== "text" && options.format !== "json") {
    throw new UsageError(`\`--format ${options.format}\`: expected text or json`);
  }
  const display = displayFrom(host.cwd);
  const { projects, unreadable } = readProjects(paths, options, host);
  checkServiceNames(
    options.service ?? [],
    projects.flatMap(({ project }) => project.services.map(({ name }) => name)),
  );

  const seen = new Set<string>();
  const results = projects.map((loaded): Result => {
    const all = withoutRepeated(seen, check(loaded.project));
    const found = ofServicesAndRules(all, options.service ?? [], options.rule ?? []);
    const findings = found.filter(({ severity }) => isAtLeast(severity, minSeverity));
    return {
      label: labelOf(loaded, display),
      project: loaded.project,
      findings,
      suppressed: [],
      hidden: found.length - findings.length,
    };
  });

  if (options.quiet !== true) {
    if (options.format === "json") {
      const failed = unreadable.map(
        (loaded): Result => ({
          label: labelOf(loaded, display),
          project: loaded.project,
          findings: [],
          suppressed: [],
          hidden: 0,
        }),
      );
      host.print(`${JSON.stringify(toJson([...results, ...failed], { version, display, rules }), undefined, 2)}\n`);
    } else if (results.length > 0) {
      const fixCommand = ["compose-harden fix", ...paths.map(shellWord)].join(" ");
      host.print(formatText(results, { ...host.out, display, ...(paths.includes("-") ? {} : { fixCommand }) }));
    }
  }

  if (unreadable.length > 0) return EXIT.error;
  if (options.strict === true && results.some(({ project }) => project.gaps.length > 0)) return EXIT.error;
  const worst = SEVERITIES.find((severity) =>
    results.some(({ findings }) => findings.some((f) => f.severity === severity)),
  );
  return worst !== undefined && failOn !== undefined && isAtLeast(worst, failOn) ? EXIT.findings : EXIT.ok;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
