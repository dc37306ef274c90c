import { diff, type Policy } from "@compose-harden/fixer";
import type { FileChange, Finding, Patch } from "@compose-harden/model";
import { columnsOf, escapeText, maskEnvFile, maskSecrets, paintSeverity, wrap } from "@compose-harden/report";
import expand from "@inquirer/expand";
import { UsageError } from "./errors.js";
import type { Host } from "./host.js";
import { fixPlan, type Plan } from "./patch.js";

/** What a person decided about fixes, across projects. */
export interface Session {
  /** Asks about the fixes of a project one by one; the patch holds what was accepted. */
  ask(plan: Plan, findings: readonly Finding[], policy: Policy): Promise<Patch>;
}

type Answer = "yes" | "no" | "all" | "skip" | "why" | "undo" | "quit";

interface Decision {
  readonly finding: Finding;
  readonly isAccepted: boolean;
}

/** A session at the terminal, like `git add -p`. */
export function startSession(host: Host): Session {
  const allOf = new Set<string>();
  let hasQuit = false;
  const ask: Session["ask"] = async (plan, findings, policy) => {
    const open = findings.filter(({ fix }) => fix !== undefined);
    const everything: Policy = { ...policy, unsafe: true };
    const skipped = new Set<string>();
    const decisions: Decision[] = [];
    const accepted = () => decisions.filter(({ isAccepted }) => isAccepted).map(({ finding }) => finding);
    for (let index = 0; index < open.length && !hasQuit; index = decisions.length) {
      const finding = open[index];
      if (finding === undefined) break;
      const decide = (isAccepted: boolean) => decisions.push({ finding, isAccepted });
      if (finding.service !== undefined && skipped.has(finding.service)) {
        decide(false);
        continue;
      }
      if (allOf.has(finding.rule)) {
        decide(true);
        continue;
      }
      const before = fixPlan(plan, accepted(), everything);
      const after = fixPlan(plan, [...accepted(), finding], everything);
      const refused = after.refused.find((one) => one.finding === finding);
      if (refused !== undefined) {
        host.say(`\n${heading(finding, index, open.length, host)}\n  refused: ${escapeText(refused.detail)}\n`);
        decide(false);
        continue;
      }
      host.say(
        `\n${heading(finding, index, open.length, host)}\n${hunk(before, after, finding, host)}${terms(finding, host)}`,
      );
      switch (await answer(finding, decisions.length > 0)) {
        case "yes":
          decide(true);
          break;
        case "no":
          decide(false);
          break;
        case "all":
          allOf.add(finding.rule);
          decide(true);
          break;
        case "skip":
          if (finding.service !== undefined) skipped.add(finding.service);
          decide(false);
          break;
        case "why":
          host.say(why(finding, host));
          break;
        case "undo": {
          const last = decisions.pop();
          if (last !== undefined) {
            allOf.delete(last.finding.rule);
            skipped.delete(last.finding.service ?? "");
          }
          break;
        }
        case "quit":
          hasQuit = true;
          break;
      }
    }
    return fixPlan(plan, accepted(), everything);
  };
  return { ask };
}

async function answer({ rule, service }: Finding, canUndo: boolean): Promise<Answer> {
  try {
    return await expand<Answer>(
      {
        message: "Apply this fix?",
        default: "h",
        choices: [
          { key: "y", name: "yes", value: "yes" },
          { key: "n", name: "no", value: "no" },
          { key: "a", name: `all of ${rule}`, value: "all" },
          ...(service === undefined
            ? []
            : ([{ key: "s", name: `skip ${escapeText(service)}`, value: "skip" }] as const)),
          { key: "w", name: "why", value: "why" },
          ...(canUndo ? ([{ key: "u", name: "undo the last answer", value: "undo" }] as const) : []),
          { key: "q", name: "quit, keep what was accepted", value: "quit" },
        ],
      },
      { output: process.stderr, clearPromptOnDone: false },
    );
  } catch (error) {
    // Ctrl-C and the end of input: nothing was accepted for good.
    if (error instanceof Error && error.name === "ExitPromptError") {
      throw new UsageError("interrupted: nothing was written");
    }
    throw error;
  }
}

function heading({ rule, severity, service, fix }: Finding, index: number, total: number, { err }: Host): string {
  const grade = fix?.applicability === "safe" ? err.style.green("safe") : err.style.yellow("unsafe");
  const title = `${service === undefined ? "" : `${escapeText(service)}: `}${escapeText(fix?.title ?? "")}`;
  return `${err.style.dim(`(${index + 1}/${total})`)} ${err.style.bold(title)} [${rule}, ${paintSeverity(err.style, severity, severity)}, ${grade}]`;
}

/** What this fix changes on top of what was accepted already. */
function hunk(before: Patch, after: Patch, { fix }: Finding, { err, cwd }: Host): string {
  const known = new Map(before.changes.map((change) => [change.path, change.after]));
  // Edits speak of the text before all fixes, and this shows one fix on top of others.
  const changes = after.changes.flatMap(({ edits: _, ...change }): readonly FileChange[] => {
    const text = known.get(change.path) ?? change.before?.text;
    if (text === change.after) return [];
    const shown = change.role === "env" ? maskEnvFile : (same: string) => same;
    return [
      {
        ...change,
        before: text === undefined ? undefined : { path: change.path, text: shown(text) },
        after: shown(change.after),
      },
    ];
  });
  const paint = (line: string) => {
    if (line.startsWith("+++") || line.startsWith("---")) return err.style.bold(line);
    if (line.startsWith("+")) return err.style.green(line);
    if (line.startsWith("-")) return err.style.red(line);
    return line.startsWith("@@") ? err.style.cyan(line) : line;
  };
  const show = fix?.moves === undefined ? (line: string) => line : maskSecrets;
  return diff({ ...after, changes }, cwd)
    .split("\n")
    .map((line) => paint(escapeText(line.slice(0, 1) + show(line.slice(1).replace(/\r$/, "")))))
    .join("\n");
}

function terms({ fix }: Finding, host: Host): string {
  const caveat = fix?.applicability === "unsafe" ? paragraph("may break", fix.caveat, host) : "";
  return caveat + (fix?.note === undefined ? "" : paragraph("note", fix.note, host));
}

/** What can happen without the fix, and what the fix rests on. */
function why(finding: Finding, host: Host): string {
  const evidence = finding.fix?.evidence ?? [];
  return [
    paragraph("found", finding.message, host),
    paragraph("risk", finding.risk, host),
    ...evidence.map(({ states, where, date }) =>
      paragraph("evidence", `${states} (${where}${date === undefined ? "" : `, ${date}`})`, host),
    ),
    evidence.length === 0 ? paragraph("evidence", "none about this image", host) : "",
    paragraph("more", `compose-harden explain ${finding.rule}`, host),
  ].join("");
}

function paragraph(label: string, text: string, { err }: Host): string {
  const lead = `  ${label}: `;
  const lines = wrap(escapeText(text), Math.max(24, err.columns - columnsOf(lead)));
  return `${lines.map((line, index) => (index === 0 ? lead : " ".repeat(lead.length)) + line).join("\n")}\n`;
}
