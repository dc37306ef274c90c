// Packs packages/profiles/data/*.yaml into one module: data only, so that the program starts fast and reads no file.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { pack } from "./pack.js";

interface StoredProfile {
  readonly id: string;
  readonly images?: readonly string[];
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Every profile file, in order of id. */
export function readProfiles(root: string): readonly StoredProfile[] {
  const folder = join(root, "packages/profiles/data");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort()
    .map((id) => parse(readFileSync(join(folder, `${id}.yaml`), "utf8")));
}

/** Claims name their sources by position in the list, which replaces the mapping of ids. */
function numbered(value: unknown, ids: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => numbered(item, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      (key === "evidence" || key === "off_in") && Array.isArray(item)
        ? [key, item.map((id) => ids.indexOf(id))]
        : [key, numbered(item, ids)],
    ),
  );
}

function encode({ evidence, ...claims }: StoredProfile): string {
  return JSON.stringify({ ...Object(numbered(claims, Object.keys(evidence))), evidence: Object.values(evidence) });
}

/** A single-quoted literal in ASCII, so that the engine keeps the file as one byte a character. */
function literal(text: string): string {
  const escaped = text.replace(/[\\']/g, "\\$&").replace(/\n/g, "\\n");
  return `'${escaped.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)}'`;
}

/** The catalogue module. */
export async function generate(root: string): Promise<Map<string, string>> {
  const profiles = readProfiles(root);
  const encoded = profiles.map(encode);
  if (encoded.some((text) => text.includes("~"))) throw new Error("a profile holds `~`, the mark of a packed text");
  const { lines, dictionary } = pack(encoded);
  let offset = 0;
  const names = profiles.map(({ id, images = [] }, i) => {
    const line = `\n${offset}:${id} ${images.map((image) => `${image} `).join("")}`;
    offset += (lines[i]?.length ?? 0) + 1;
    return line;
  });
  const module = `// Generated from packages/profiles/data; change the data instead.

/** A line for each profile: its offset in \`PROFILES\`, its id after a colon, and its image names, each between blanks. */
export const NAMES: string = ${literal(names.join(""))};

/** A line for each piece of text that occurs more than once. */
export const TEXTS: string = ${literal(dictionary.join("\n"))};

/** A line of JSON for each profile; \`~\` and two digits of base 64 stand for a line of \`TEXTS\`. */
export const PROFILES: string = ${literal(`${lines.join("\n")}\n`)};
`;
  return new Map([["packages/profiles/src/generated/catalogue.ts", module]]);
}
