import type { StoredThread } from "./github/server.js";

/** The lines that a comment suggests in place of its own; undefined for one without a suggestion. */
export function suggestionIn(body: string): readonly string[] | undefined {
  const found = /^(`{3,})suggestion\n([\s\S]*?)^\1$/m.exec(body);
  return found === null ? undefined : (found[2] ?? "").split("\n").slice(0, -1);
}

/** The text after a click on every suggestion, as GitHub commits them in one batch. */
export function withSuggestions(text: string, threads: readonly StoredThread[]): string {
  const lines = text.split("\n");
  const sorted = [...threads].sort((a, b) => (b.line ?? 0) - (a.line ?? 0));
  let limit = Number.POSITIVE_INFINITY;
  for (const { body, line, startLine, isOutdated, resolvedBy } of sorted) {
    const suggestion = suggestionIn(body);
    if (suggestion === undefined || line === null || isOutdated || resolvedBy !== undefined) continue;
    const first = startLine ?? line;
    // GitHub refuses a batch with suggestions for the same lines.
    if (line >= limit) throw new Error(`two suggestions for line ${line}`);
    limit = first;
    lines.splice(first - 1, line - first + 1, ...suggestion);
  }
  return lines.join("\n");
}
