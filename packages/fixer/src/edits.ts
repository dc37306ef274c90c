import type { Edit } from "@compose-harden/model";

/** The text with all edits made. Edits must not overlap; those at one offset are made in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = edits
    .map((edit, order) => ({ edit, order }))
    .sort((a, b) => a.edit.range.start - b.edit.range.start || a.order - b.order);
  const parts: string[] = [];
  let at = 0;
  for (const { edit } of sorted) {
    if (edit.range.start < at) throw new RangeError(`edits overlap at offset ${edit.range.start}`);
    parts.push(text.slice(at, edit.range.start), edit.text);
    at = edit.range.end;
  }
  return parts.join("") + text.slice(at);
}

/** The same edit without the bytes at its ends that stay as they are. */
export function trimEdit(text: string, edit: Edit): Edit {
  const old = text.slice(edit.range.start, edit.range.end);
  let head = 0;
  while (head < old.length && head < edit.text.length && old[head] === edit.text[head]) head++;
  let tail = 0;
  const most = Math.min(old.length, edit.text.length) - head;
  while (tail < most && old.at(-1 - tail) === edit.text.at(-1 - tail)) tail++;
  return {
    range: { file: edit.range.file, start: edit.range.start + head, end: edit.range.end - tail },
    text: edit.text.slice(head, edit.text.length - tail),
  };
}
