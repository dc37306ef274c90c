import { dirname, join } from "node:path";
import type { Keeping } from "@compose-harden/fixer";
import type { Project, Read, SourceFile } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { gitStateOf, ignoreLineFor } from "./files/git.js";
import type { Files } from "./files/reader.js";

/** Compose files beside an env file that are looked at, at most. */
const MOST_NEIGHBOURS = 50;

/** What is known of the files around a project that moves its secrets; `others` are projects of the same run. */
export function keepingFor(project: Project, others: readonly Project[], files: Files, read: Read): Keeping {
  let texts: readonly string[] | undefined;
  return {
    git: (path) => {
      const state = gitStateOf(path, read);
      return state === "open" ? ignoreLineFor(path, read) : state;
    },
    isTaken: (name) => {
      texts ??= neighbours(project, others, files, read).map(({ text }) => text);
      const use = new RegExp(`\\$\\{?${name}(?!\\w)`);
      return texts.some((text) => use.test(text));
    },
  };
}

/** Files that are not the project's own and may read the same variables: those beside its env file, those of other projects that read it. */
function neighbours(project: Project, others: readonly Project[], files: Files, read: Read): readonly SourceFile[] {
  const own = new Set(project.files.map(({ path }) => path));
  const { envFile } = discover(project.entry, read);
  const directory = dirname(envFile ?? join(project.directory, ".env"));
  const beside = yamlFiles(directory, files).flatMap((path): readonly SourceFile[] => {
    const found = own.has(path) ? undefined : read(path);
    return found?.kind === "file" ? [{ path, text: found.text }] : [];
  });
  const sharing = others.filter((other) => discover(other.entry, read).envFile === envFile);
  return [...beside, ...sharing.flatMap((other) => other.files)].filter(({ path }) => !own.has(path));
}

function yamlFiles(directory: string, files: Files): readonly string[] {
  try {
    return files
      .list(directory)
      .filter(({ name, kind }) => kind === "file" && /\.ya?ml$/i.test(name))
      .slice(0, MOST_NEIGHBOURS)
      .map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}
