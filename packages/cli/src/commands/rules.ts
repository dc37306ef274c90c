import { describeProfile, profileOf } from "@compose-harden/profiles";
import { columnsOf, escapeText, jsonText, paintSeverity, wrap } from "@compose-harden/report";
import { explain, FRAMEWORKS, type Frameworks, type Rule, rules } from "@compose-harden/rules";
import { EXIT, type ExitCode } from "../errors.js";
import type { Host } from "../host.js";
import { checkRuleNames } from "../options.js";
import { renderPage } from "../page.js";

/** Options of `rules`. */
export interface RulesOptions {
  readonly format: string;
  readonly framework?: keyof Frameworks;
}

/** `compose-harden rules`: the catalogue, one rule a line; with a guide, under its sections. */
export function runRules({ format, framework }: RulesOptions, host: Host): ExitCode {
  const listed = rules.filter(({ frameworks }) => framework === undefined || frameworks?.[framework] !== undefined);
  if (format === "json") {
    const entries = listed.map(({ id, summary, topic, severity, since, references, frameworks }) => ({
      id,
      summary,
      topic,
      severity,
      since,
      references,
      ...(frameworks === undefined ? {} : { frameworks }),
    }));
    host.print(jsonText(entries));
    return EXIT.ok;
  }
  if (framework === undefined) {
    printRules(listed, host);
    return EXIT.ok;
  }
  const { title, source, sections } = FRAMEWORKS[framework];
  const { style } = host.out;
  host.print(`${style.bold(title)}, ${source}\n`);
  for (const number of Object.keys(sections).sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    host.print(`\n${style.bold(number)} ${sections[number]}\n`);
    printRules(
      listed.filter(({ frameworks }) => frameworks?.[framework]?.includes(number)),
      host,
    );
  }
  return EXIT.ok;
}

function printRules(listed: readonly Rule[], { out: { style, columns }, print }: Host): void {
  const idWidth = Math.max(...rules.map(({ id }) => columnsOf(id)));
  const left = 10 + idWidth + 2;
  for (const { id, severity, summary } of listed) {
    const [first = "", ...more] = wrap(summary, Math.max(24, columns - left));
    const head = `${paintSeverity(style, severity, severity.padEnd(10))}${style.bold(id.padEnd(idWidth))}  ${first}`;
    print(`${[head, ...more.map((line) => " ".repeat(left) + line)].join("\n")}\n`);
  }
}

/** `compose-harden explain RULE`: the rule's page; `explain IMAGE`: what is known about an image, and from where. */
export async function runExplain(names: readonly string[], host: Host): Promise<ExitCode> {
  const isRule = (name: string) => rules.some(({ id }) => id === name);
  checkRuleNames(names.filter((name) => isRule(name) || (profileOf(name) === undefined && !/[/:.]/.test(name))));
  for (const name of names) {
    const page = isRule(name) ? ((await explain(name)) ?? "") : imagePage(name);
    host.print(`${renderPage(page, host.out)}\n`);
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
      ...section.facts.flatMap(({ text, evidence, lines }) => {
        const places = [...new Set(evidence.map(({ where }) => where))];
        const cited = `- ${text} [${places.slice(0, 2).join("; ")}${places.length > 2 ? `; ${places.length - 2} more` : ""}]`;
        return lines === undefined ? [cited] : [cited, "", "```ini", ...lines, "```"];
      }),
    ]),
    ...(unknown.length === 0 ? [] : ["", `unknown: ${unknown.join(", ")}`]),
  ].join("\n");
}
