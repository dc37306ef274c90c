import { describeProfile, profileOf } from "@compose-harden/profiles";
import { columnsOf, escapeText, paintSeverity, wrap } from "@compose-harden/report";
import { explain, rules } from "@compose-harden/rules";
import { EXIT, type ExitCode } from "../errors.js";
import type { Host } from "../host.js";
import { checkRuleNames } from "../options.js";

/** `compose-harden rules`: the catalogue, one rule a line. */
export function runRules(options: { readonly format: string }, host: Host): ExitCode {
  if (options.format === "json") {
    const entries = rules.map(({ id, summary, topic, severity, since, references, frameworks }) => ({
      id,
      summary,
      topic,
      severity,
      since,
      references,
      ...(frameworks === undefined ? {} : { frameworks }),
    }));
    host.print(`${JSON.stringify(entries, undefined, 2)}\n`);
    return EXIT.ok;
  }
  const { style, columns } = host.out;
  const idWidth = Math.max(...rules.map(({ id }) => columnsOf(id)));
  const left = 10 + idWidth + 2;
  for (const { id, severity, summary } of rules) {
    const [first = "", ...more] = wrap(summary, Math.max(24, columns - left));
    const head = `${paintSeverity(style, severity, severity.padEnd(10))}${style.bold(id.padEnd(idWidth))}  ${first}`;
    host.print(`${[head, ...more.map((line) => " ".repeat(left) + line)].join("\n")}\n`);
  }
  return EXIT.ok;
}

/** `compose-harden explain RULE`: the rule's page; `explain IMAGE`: what is known about an image, and from where. */
export async function runExplain(names: readonly string[], host: Host): Promise<ExitCode> {
  const isRule = (name: string) => rules.some(({ id }) => id === name);
  checkRuleNames(names.filter((name) => isRule(name) || (profileOf(name) === undefined && !/[/:.]/.test(name))));
  for (const name of names) {
    const page = isRule(name) ? ((await explain(name)) ?? "") : imagePage(name);
    host.print(`${renderPage(page, host)}\n`);
  }
  return EXIT.ok;
}

function imagePage(name: string): string {
  const profile = profileOf(name);
  const shown = escapeText(name);
  if (profile === undefined) return `# ${shown}\n\nunknown: nothing is claimed about this image`;
  const { title, sections, unknown } = describeProfile(profile);
  return [
    `# ${title} (${shown})`,
    ...sections.flatMap((section) => [
      "",
      `## ${section.title}`,
      "",
      ...section.facts.map(({ text, evidence }) => {
        const places = [...new Set(evidence.map(({ where }) => where))];
        return `- ${text} [${places.slice(0, 2).join("; ")}${places.length > 2 ? `; ${places.length - 2} more` : ""}]`;
      }),
    ]),
    ...(unknown.length === 0 ? [] : ["", `unknown: ${unknown.join(", ")}`]),
  ].join("\n");
}

/** Markdown as it is, paragraphs wrapped to the screen and headings in bold; code and tables stay untouched. */
function renderPage(page: string, { out: { style, columns } }: Host): string {
  let isCode = false;
  return page
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      if (line.startsWith("```")) isCode = !isCode;
      if (isCode || line.startsWith("```")) return [style.dim(line)];
      if (line.startsWith("#")) return [style.bold(line)];
      if (line.startsWith("|")) return [line];
      const [, lead = "", text = ""] = /^(\s*(?:[-*]|\d+\.)?\s*)(.*)$/.exec(line) ?? [];
      return wrap(text, Math.max(24, columns - lead.length)).map((part, index) =>
        index === 0 ? lead + part : " ".repeat(lead.length) + part,
      );
    })
    .join("\n");
}
