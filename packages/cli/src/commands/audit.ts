import { auditToJson, formatAuditMarkdown, formatAuditText, jsonText } from "@compose-harden/report";
import { audit } from "@compose-harden/rules";
import { EXIT, type ExitCode } from "../errors.js";
import { displayFrom, type Host } from "../host.js";
import { labelOf, ofServicesAndRules } from "../load.js";
import {
  checkRuleNames,
  checkServiceNames,
  type ReadOptions,
  type SelectOptions,
  type SettingsOptions,
} from "../options.js";
import { readProjects } from "../read.js";

/** Options of `audit`. */
export interface AuditOptions extends ReadOptions, SelectOptions, SettingsOptions {
  readonly format: "text" | "markdown" | "json";
}

/** `compose-harden audit`: the quick-reference table of each project, filled in. */
export function runAudit(paths: readonly string[], options: AuditOptions, host: Host): ExitCode {
  checkRuleNames(options.rule ?? []);
  const { projects, selector, unreadable } = readProjects(paths, options, host);
  const wanted = options.service ?? [];
  checkServiceNames(
    wanted,
    projects.flatMap(({ project }) => project.services.map(({ name }) => name)),
  );
  const display = displayFrom(host.cwd);
  const tables = projects.map((loaded) => {
    const findings = ofServicesAndRules(selector.select(loaded).findings, [], options.rule ?? []);
    const rows = audit(loaded.project, findings).filter(
      ({ service }) => wanted.length === 0 || wanted.includes(service),
    );
    return { label: labelOf(loaded, display), rows };
  });
  switch (options.format) {
    case "text":
      host.print(formatAuditText(tables, host.out));
      break;
    case "markdown":
      host.print(formatAuditMarkdown(tables));
      break;
    case "json":
      host.print(jsonText(auditToJson(tables)));
      break;
    default:
      options.format satisfies never;
  }
  return unreadable.length > 0 ? EXIT.error : EXIT.ok;
}
