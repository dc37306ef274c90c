import type { Decoded, Span } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import { isLetter } from "./letter.js";
import { utf8Length } from "./unicode.js";

/** A mount in long form; the target is as written, not yet cleaned. */
export interface VolumeMount {
  readonly type: "bind" | "volume";
  readonly source?: string;
  readonly target?: string;
  readonly read_only?: true;
  readonly bind?: {
    readonly selinux?: "z" | "Z";
    readonly propagation?: Propagation;
    readonly create_host_path?: true;
  };
  readonly volume?: { readonly nocopy?: true };
}

/** Mount propagation of a bind. */
export type Propagation = "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave";

/** A short-syntax volume and where its parts stand in the text. */
export interface ParsedVolume {
  readonly mount: VolumeMount;
  readonly parts: {
    readonly source?: Span;
    readonly target?: Span;
    /** Each option between the commas, unknown ones included. */
    readonly options: readonly Span[];
  };
}

/**
 * Parses `target` or `source:target[:options]`. A source that starts like a path is a bind, another one a named volume; a
 * single letter before a colon is taken for a drive; colons inside `${…}` do not split; unknown options are ignored.
 */
export function parseVolume(text: string): Decoded<ParsedVolume> {
  if (text === "") return refuse("invalid empty volume spec");
  if (utf8Length(text) <= 2) {
    const parts = { target: { start: 0, end: text.length }, options: [] };
    return accept({ mount: { type: "volume", target: text }, parts });
  }
  const found = assign(text, split(text));
  if (typeof found === "string") return refuse(`invalid spec: ${text}: ${found}`);
  const { source, target, options } = found;
  const mount = describe(
    source === undefined ? "" : text.slice(source.start, source.end),
    target === undefined ? "" : text.slice(target.start, target.end),
    options.map((option) => text.slice(option.start, option.end)),
  );
  return accept({ mount, parts: found });
}

/** A part between colons; `last` when the end of the text closes it. */
interface Section extends Span {
  readonly last: boolean;
}

function split(text: string): readonly Section[] {
  const sections: Section[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i <= text.length; i++) {
    const char = text.charAt(i);
    if (char === "$" && text.charAt(i + 1) === "{") depth++;
    else if (char === "}" && depth > 0) depth--;
    else if (char === ":" && isLetter(text.slice(start, i))) continue;
    // A NUL character ends a section just as the end of the text does.
    else if (depth === 0 && (char === ":" || char === "" || char === "\0")) {
      sections.push({ start, end: i, last: char !== ":" });
      start = i + 1;
    }
  }
  return sections;
}

/** Gives the sections their roles, or says what is wrong with them. */
function assign(text: string, sections: readonly Section[]): ParsedVolume["parts"] | string {
  let source: Span | undefined;
  let target: Span | undefined;
  const options: Span[] = [];
  for (const { start, end, last } of sections) {
    if (start === end) return "empty section between colons";
    if (source === undefined && !last) source = { start, end };
    else if (source === undefined || target === undefined) target = { start, end };
    else if (!last) return "too many colons";
    else options.push(...splitOptions(text, { start, end }));
  }
  return { ...(source === undefined ? {} : { source }), ...(target === undefined ? {} : { target }), options };
}

function splitOptions(text: string, section: Span): readonly Span[] {
  const spans: Span[] = [];
  for (let start = section.start; start <= section.end; ) {
    const comma = text.indexOf(",", start);
    const end = comma < 0 || comma > section.end ? section.end : comma;
    spans.push({ start, end });
    start = end + 1;
  }
  return spans;
}

function describe(source: string, target: string, options: readonly string[]): VolumeMount {
  let readOnly = false;
  let nocopy = false;
  let selinux: "z" | "Z" | undefined;
  let propagation: Propagation | undefined;
  for (const option of options) {
    switch (option) {
      case "ro":
      case "rw":
        readOnly = option === "ro";
        break;
      case "nocopy":
        nocopy = true;
        break;
      case "z":
      case "Z":
        selinux = option;
        break;
      case "rprivate":
      case "private":
      case "rshared":
      case "shared":
      case "rslave":
      case "slave":
        propagation = option;
        break;
    }
  }
  const bound = isPath(source);
  const bind = {
    ...(selinux === undefined ? {} : { selinux }),
    ...(propagation === undefined ? {} : { propagation }),
    ...(bound ? ({ create_host_path: true } as const) : {}),
  };
  const hasBind = bound || selinux !== undefined || propagation !== undefined;
  return {
    type: bound ? "bind" : "volume",
    ...(source === "" ? {} : { source }),
    ...(target === "" ? {} : { target }),
    ...(readOnly ? { read_only: true } : {}),
    ...(hasBind ? { bind } : {}),
    ...(nocopy ? { volume: { nocopy: true } } : bound ? {} : { volume: {} }),
  };
}

/** True for a source that names a place on the host: `.`, `/`, `~`, `\\server`, `C:`. */
function isPath(source: string): boolean {
  const [drive = ""] = source;
  return /^(?:[./~]|\\\\)/.test(source) || (source.charAt(drive.length) === ":" && isLetter(drive));
}
