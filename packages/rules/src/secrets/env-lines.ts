import { type Located, type Project, remembered, writtenAs } from "@compose-harden/model";

/** A line of an env file that gives a variable a value. */
export interface EnvLine {
  /** Where the name begins in the file, in UTF-16 code units. */
  readonly index: number;
  readonly name: string;
  /** Without quotes and remarks; never to be printed. */
  readonly value: string;
}

/** The variables that the text of an env file sets, as far as they stand in one line each. */
export function envLines(text: string): readonly EnvLine[] {
  const lines = text.matchAll(/^([ \t]*(?:export[ \t]+)?)([\w.-]+)[ \t]*=[ \t]*([^\r\n]*)/gm);
  return Array.from(lines, ({ index, 1: lead = "", 2: name = "", 3: written = "" }) => ({
    index: index + lead.length,
    name,
    value: written
      .replace(/^(["'])(.*)\1.*$/, "$2")
      .replace(/ #.*$/, "")
      .trim(),
  }));
}

/** A value that a service gets from an env file. */
export interface Given {
  /** Never to be printed. */
  readonly value: string;
  /** The file as a reader of the project names it. */
  readonly file: string;
}

const linesOf = remembered(({ envFiles }: Project) =>
  envFiles.map(({ path, text }) => ({ path, lines: envLines(text) })),
);

/** The value of a setting that an env file of the project gives: one of `env_file`, or a single variable of Compose. */
export function givenOf(
  { value, origin, path }: Pick<Located<string | null>, "value" | "origin" | "path">,
  project: Project,
): Given | undefined {
  if (value === null || value === "" || origin === undefined) return undefined;
  const { file } = origin.value;
  const given = (path: string): Given => ({ value, file: shortName(path, project) });
  if (project.envFiles.some(({ path }) => path === file)) return given(file);
  const written = (writtenAs(origin, project) ?? "").trim();
  const name = String(path.at(-1));
  // `- NAME` and `NAME:` take what Compose knows by that name.
  const isPassedOn = !origin.interpolated && /^(|~|null)$|^(["']?)[\w.-]+\2$/.test(written) && written !== value;
  if (!origin.interpolated && !isPassedOn) return undefined;
  const [, braced, plain] = /^(?:["']?[\w.-]+=)?["']?\$(?:\{(\w+)(?::?[-?][^{}]*)?\}|(\w+))["']?$/.exec(written) ?? [];
  const variable = isPassedOn ? name : (braced ?? plain);
  const from = linesOf(project).findLast(({ lines }) =>
    lines.some((line) => line.name === variable && line.value === value),
  );
  return from === undefined ? undefined : given(from.path);
}

/** A path as a reader of the project writes it: from the project's directory on. */
export function shortName(path: string, { directory }: Project): string {
  const [from, to] = [directory.split("/"), path.split("/")];
  const same = from.findIndex((step, index) => step !== to[index]);
  const shared = same < 0 ? from.length : same;
  // On another branch of the file system the whole path says more.
  return shared < 2 ? path : [...from.slice(shared).map(() => ".."), ...to.slice(shared)].join("/");
}
