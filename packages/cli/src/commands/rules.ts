import { columnsOf, paintSeverity, wrap } from "@compose-harden/report";
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

/** `compose-harden explain RULE`: the rule's page. */
export async function runExplain(names: readonly string[], host: Host): Promise<ExitCode> {
  checkRuleNames(names);
  for (const name of names) host.print(`${renderPage((await explain(name)) ?? "", host)}\n`);
  return EXIT.ok;
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
