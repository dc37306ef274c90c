import type { Severity } from "@compose-harden/model";
import { escapeMarkup } from "../escape.js";
import { cut, type Entry } from "./entry.js";

/** Signs of severities, as GitHub and GitLab show them. */
export const SIGNS: Readonly<Record<Severity, string>> = {
  critical: "🟥",
  high: "🟧",
  medium: "🟨",
  low: "🟦",
  info: "⬜",
};

/** Longest text taken over as a whole. */
const TEXT_UNITS = 1000;

/**
 * A text as HTML that stands in an HTML block. Names between backticks become code, and so does a word that GitHub or GitLab would make
 * a mention or a link of.
 */
export function prose(text: string): string {
  return cut(text, TEXT_UNITS)
    .split(/`([^`]*)`/)
    .map((part, index) =>
      index % 2 === 1
        ? code(part)
        : part
            .split(/(\s+)/)
            .map((word) => (LINKED.test(word) ? code(word) : escapeMarkup(word)))
            .join(""),
    )
    .join("");
}

/** `@user`, `#1`, `!1`, `~label`, `%milestone`, `$snippet`, `&epic`, `GH-1`, `a/b`, `scheme:…`, `www.…`, `JIRA-1`, commits. */
const LINKED = /[@#!~%$&^/\\`_*<>[\]|]|:\S|www\.|\b[A-Z]+-\d|\b[0-9a-f]{7,}\b/i;

/** A text as HTML for `<code>`. */
export function code(text: string): string {
  return `<code>${escapeMarkup(cut(text, TEXT_UNITS))}</code>`;
}

/** What entries say beside their message, folded; empty where there is nothing. */
export function details(entries: readonly Entry[]): string {
  const items = entries.filter(hasDetails).map(detail);
  if (items.length === 0) return "";
  return `<details><summary>What can happen, and what mends it</summary>\n<ul>\n${items.join("\n")}\n</ul>\n</details>`;
}

/** True where there is more to say than the message. */
export function hasDetails({ risk, remedy }: Entry): boolean {
  return risk !== "" || remedy !== "";
}

/** An entry's risk and remedy as a list item. */
export function detail({ rule, service, risk, remedy }: Entry): string {
  const what = `${service === undefined ? "" : `${code(service)}: `}${code(rule)}`;
  const parts = [risk === "" ? "" : prose(risk), remedy === "" ? "" : `fix: ${prose(remedy)}`];
  return `<li>${[what, ...parts.filter((part) => part !== "")].join("<br/>")}</li>`;
}
