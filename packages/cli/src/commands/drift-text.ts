import type { Drift } from "@compose-harden/engine";
import { counted, escapeText, wrap } from "@compose-harden/report";
import type { ListenerDrift } from "../listeners.js";
import type { Screen } from "../terminal.js";

/** One difference with the command that mends it. */
export type Found = (Omit<Drift, "mend"> | ListenerDrift) & { readonly mend: string };

/** What came of one project. */
export interface Verified {
  readonly name: string;
  /** The project's files, as the user would name them. */
  readonly label: string;
  readonly services: number;
  readonly containers: number;
  readonly drift: readonly Found[];
  readonly notes: readonly string[];
}

/** What came of projects, for people. */
export function driftText(results: readonly Verified[], screen: Screen): string {
  const all = results.flatMap(({ drift }) => drift);
  const weaker = all.filter((drift) => drift.weaker).length;
  const verdict =
    all.length === 0
      ? screen.style.green("what runs is what the files say")
      : `${screen.style.bold(counted(all.length, "difference"))}${weaker === 0 ? "" : `, ${weaker} of them ${screen.style.red("weaker than the files")}`}`;
  return `${results.map((result) => projectText(result, screen)).join("\n")}\n${verdict}\n`;
}

function projectText({ name, label, services, containers, drift, notes }: Verified, screen: Screen): string {
  const { style } = screen;
  const head = `${style.bold(escapeText(name))}  ${escapeText(label)}: ${counted(services, "service")}, ${counted(containers, "container")} compared`;
  const groups = new Map<string, Found[]>();
  for (const one of drift) {
    const key = JSON.stringify([one.service, one.container]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const blocks = [...groups.values()].map((group) => groupText(group, screen));
  const remarks = notes.flatMap((note) => hanging("note: ", note, screen));
  return `${[head, ...blocks.flatMap((block) => ["", ...block]), ...(remarks.length === 0 ? [] : ["", ...remarks])].join("\n")}\n`;
}

function groupText(group: readonly Found[], screen: Screen): readonly string[] {
  const { style } = screen;
  const [first] = group;
  const title = [first?.service, first?.container].filter((name) => name !== undefined).map(escapeText);
  const [name = "this machine", ...rest] = title;
  const mends = [...new Set(group.map(({ mend }) => mend))];
  return [
    `${style.bold(name)}${rest.length === 0 ? "" : `  ${style.dim(rest.join(""))}`}`,
    ...group.flatMap(({ weaker, message }) =>
      hanging(weaker ? "  ! " : "  ~ ", message, screen).map((line) => (weaker ? style.red(line) : style.yellow(line))),
    ),
    ...mends.map((mend) => `  ${style.dim("mend:")} ${escapeText(mend)}`),
  ];
}

/** Wrapped text behind a sign, its further lines below its first word. */
function hanging(sign: string, text: string, { columns }: Screen): readonly string[] {
  return wrap(escapeText(text), columns - sign.length).map(
    (line, index) => `${index === 0 ? sign : " ".repeat(sign.length)}${line}`,
  );
}
