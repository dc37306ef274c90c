import { startTexts } from "../programs/start-words.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** What is fetched at start is fetched in one version. */
export const unpinnedPackage: Rule = {
  id: "unpinned-package",
  summary: "packages that are fetched at start are named with their version",
  topic: "supply-chain",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    { title: "npm: npx", url: "https://docs.npmjs.com/cli/v11/commands/npx" },
    { title: "uv: Using tools", url: "https://docs.astral.sh/uv/guides/tools/" },
    { title: "pip: Repeatable installs", url: "https://pip.pypa.io/en/stable/topics/repeatable-installs/" },
  ],
  frameworks: { owasp: ["13"] },

  reads: ["entrypoint", "command", "pre_start", "post_start"],

  service(service, { report }) {
    for (const [at, text] of startTexts(service)) {
      const names = [...new Set(unpinned(text))];
      if (names.length === 0) continue;
      report({
        at,
        message: `\`${service.name}\` fetches ${listed(names)} at each start, in whatever version is the newest`,
        risk: "a package that somebody takes over runs at the next start with everything the service may use: its keys, its data, its network",
      });
    }
  },
};

/** So many packages are named; the rest is counted. */
const NAMED = 3;

function listed(packages: readonly string[]): string {
  const names = packages.slice(0, NAMED).map((name) => `\`${name}\``);
  const more = packages.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const TOOL = /^(npx|bunx|pnpx|pnpm|yarn|uvx?|pipx|pip3?|npm)$/;

/** Packages that a text fetches without an exact version, in order. */
function unpinned(text: string): readonly string[] {
  if (!/\b(npx|bunx|pnpx|pnpm|yarn|uvx?|pipx|pip3?|npm)\b/.test(text)) return [];
  // A shell's words: separators of commands end a list of packages.
  const words = text
    .replace(/(&&|\|\||[;|\n()`"'])/g, " ; ")
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.flatMap((word, index) => {
    const tool = word.slice(word.lastIndexOf("/") + 1);
    if (!TOOL.test(tool)) return [];
    const end = words.indexOf(";", index + 1);
    const rest = words.slice(index + 1, end < 0 ? undefined : end);
    // Without these options npx runs what the image has installed, which is what most calls of it mean.
    if (tool === "npx" && !rest.some((option) => /^(-y|--yes|-p|--package(=.*)?)$/.test(option))) return [];
    if (/^(npx|bunx|pnpx)$/.test(tool)) return runner(rest, isExactNpm);
    if (/^(pnpm|yarn)$/.test(tool) && rest[0] === "dlx") return runner(rest.slice(1), isExactNpm);
    if (tool === "uvx" || tool === "pipx")
      return runner(
        rest.filter((w) => w !== "run"),
        isExactPython,
      );
    if (tool === "uv" && rest[0] === "tool" && rest[1] === "run") return runner(rest.slice(2), isExactPython);
    if (tool === "uv" && rest[0] === "run") return added(rest);
    if (/^pip3?$/.test(tool) && rest[0] === "install") return installed(rest.slice(1), isExactPython);
    if (tool === "npm" && /^(install|i|add)$/.test(rest[0] ?? "") && rest.some((w) => w === "-g" || w === "--global"))
      return installed(rest.slice(1), isExactNpm);
    return [];
  });
}

/** `npx -y PACKAGE ARGUMENTS`: the first word that is no option, or what `--package` and `--from` name. */
function runner(words: readonly string[], isExact: (name: string) => boolean): readonly string[] {
  const named = words.flatMap((word, index) => {
    if (/^(-p|--package|--from|--spec)$/.test(word)) return words.slice(index + 1, index + 2);
    return /^--(package|from|spec)=(.+)/.exec(word)?.[2] ?? [];
  });
  const [first] = words.filter((word) => !word.startsWith("-"));
  const packages = named.length > 0 ? named : first === undefined ? [] : [first];
  return unpinnedOf(packages, isExact);
}

/** Sources in git stand for the packages that they hold. */
function unpinnedOf(names: readonly string[], isExact: (name: string) => boolean): readonly string[] {
  return names.flatMap((name) => {
    const [, source, reference] = GIT.exec(name) ?? [];
    if (source !== undefined) return reference === undefined || !/\d/.test(reference) ? [source] : [];
    return isPackage(name) && !isExact(name) ? [name] : [];
  });
}

/** `git+https://HOST/PATH@REFERENCE#egg=NAME`, `github:OWNER/NAME#REFERENCE`; the part in front of HOST may hold a password. */
const GIT =
  /^(?:[\w.-]+@)?(?:git\+(?:https?|ssh):\/\/(?:[^@/\s]*@)?|github:)([^@#?\s]+)(?:[@#](?!egg=|subdirectory=)([^#?\s]+))?/;

/** `uv run --with PACKAGE script.py`: what is fetched beside the project's own, locked packages. */
function added(words: readonly string[]): readonly string[] {
  const named = words.flatMap((word, index) =>
    word === "--with" ? words.slice(index + 1, index + 2) : (/^--with=(.+)/.exec(word)?.[1] ?? []),
  );
  return unpinnedOf(
    named.flatMap((list) => list.split(",")),
    isExactPython,
  );
}

/** Options of pip and npm that take a word of their own. */
const WITH_ARGUMENT =
  /^(-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|-t|--target|--prefix|-f|--find-links|--registry)$/;

function installed(words: readonly string[], isExact: (name: string) => boolean): readonly string[] {
  return unpinnedOf(
    words.filter((word, index) => !word.startsWith("-") && !WITH_ARGUMENT.test(words[index - 1] ?? "")),
    isExact,
  );
}

/** Not a path, a variable, a redirection or an address. */
function isPackage(word: string): boolean {
  return (
    /^@?[a-z0-9][\w.-]*(\/[\w.-]+)?(\[[\w,-]*\])?([@=<>~!].*)?$/i.test(word) &&
    !/[$>]\s*$|\.(txt|whl|tgz|gz|zip)$/.test(word)
  );
}

function isExactNpm(name: string): boolean {
  return /.@\d/.test(name);
}

function isExactPython(name: string): boolean {
  // A name with a slash is a folder.
  return name.includes("/") || /==\s*\d|@\d/.test(name);
}
