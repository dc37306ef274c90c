import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** What a package may use. An arrow that is not listed does not exist. */
interface Arrows {
  /** Packages of this workspace. */
  readonly packages: readonly string[];
  /** Packages from the registry; `any` where the surroundings decide (an editor, a browser, a runner). */
  readonly external: readonly string[] | "any";
  /** What its tests and its generator may use beside that. */
  readonly development?: readonly string[];
  /** Touches no file system, clock, network or process. */
  readonly pure: boolean;
  /** Ends in one bundled file: what it uses is needed to build it, not to run it. */
  readonly program: boolean;
}

const scope = "@compose-harden/";
const library = { pure: true, program: false } as const;
const program = { pure: false, program: true } as const;
const libraries = ["model", "parser", "profiles", "rules", "fixer", "report"];

const architecture: Readonly<Record<string, Arrows>> = {
  model: { packages: [], external: [], ...library },
  parser: { packages: ["model"], external: ["yaml"], development: ["ajv"], ...library },
  profiles: { packages: ["model"], external: [], development: ["yaml"], ...library },
  rules: {
    packages: ["model", "profiles"],
    external: [],
    development: [`${scope}parser`, `${scope}fixer`],
    ...library,
  },
  fixer: { packages: ["model", "parser"], external: ["diff"], ...library },
  report: {
    packages: ["model"],
    external: [],
    development: ["ajv", "micromark", "micromark-extension-gfm", "saxes"],
    ...library,
  },
  engine: { packages: ["model"], external: [], pure: false, program: false },
  cli: {
    packages: [...libraries, "engine"],
    external: ["@inquirer/expand", "commander", "ignore"],
    ...program,
  },
  action: { packages: [...libraries, "engine", "cli"], external: "any", ...program },
  "language-server": { packages: [...libraries, "engine"], external: "any", ...program },
  playground: { packages: libraries, external: "any", pure: true, program: true },
};

interface Manifest {
  readonly name: string;
  readonly type?: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const folder = fileURLToPath(new URL("../packages/", import.meta.url));
const names = readdirSync(folder).filter((name) => existsSync(`${folder}${name}/package.json`));

describe.each(names)("packages/%s", (name) => {
  const arrows = architecture[name];
  const manifest = JSON.parse(readFileSync(`${folder}${name}/package.json`, "utf8")) as Manifest;
  const needed = Object.keys((arrows?.program ? manifest.devDependencies : manifest.dependencies) ?? {});

  it("has a place in the table of arrows", () => {
    expect(Object.keys(architecture)).toContain(name);
  });
  if (arrows === undefined) return;

  it("declares only the arrows of the table", () => {
    expect(needed.filter((dependency) => !isAllowed(dependency, arrows))).toEqual([]);
    expect(manifest.peerDependencies ?? {}).toEqual({});
    expect(manifest.optionalDependencies ?? {}).toEqual({});
  });

  it("keeps what only tests or the build need out of what it ships", () => {
    if (arrows.program) expect(manifest.dependencies ?? {}).toEqual({});
    else {
      const allowed = arrows.development ?? [];
      expect(Object.keys(manifest.devDependencies ?? {}).filter((other) => !allowed.includes(other))).toEqual([]);
    }
  });

  it("draws the same arrows between its TypeScript projects", () => {
    const { config } = ts.readConfigFile(`${folder}${name}/tsconfig.json`, ts.sys.readFile);
    const references = ((config.references ?? []) as readonly { path: string }[]).map(({ path }) => path).sort();
    const expected = needed
      .map((dependency) => (dependency === "compose-harden" ? `${scope}cli` : dependency))
      .filter((dependency) => dependency.startsWith(scope))
      .map((dependency) => dependency.replace(scope, "../"));
    expect(references).toEqual(expected.sort());
    expect(config.compilerOptions.rootDir).toBe("src");
    expect(config.compilerOptions.paths).toBeUndefined();
    // Without the types of Node or a browser, a pure package cannot even name a file, a process or a socket.
    if (arrows.pure && !arrows.program) expect(config.compilerOptions).not.toHaveProperty(["types"]);
    if (arrows.pure && !arrows.program) expect(config.compilerOptions).not.toHaveProperty(["lib"]);
  });

  if (!arrows.program) {
    it("has one entrance", () => {
      expect(manifest).toMatchObject({ name: scope + name, private: true, type: "module" });
      expect(manifest.exports).toEqual({ ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } });
    });
  }

  it("imports only what it declares", () => {
    const wrong = sources(name).flatMap(({ path, text }) =>
      imports(text)
        .filter((specifier) => !specifier.startsWith("."))
        .filter((specifier) => (isBuiltin(specifier) ? arrows.pure : !needed.includes(packageOf(specifier))))
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("leaves its folder only for the entrance of the program, which the published package does not export", () => {
    const wrong = sources(name).flatMap(({ path, text }) =>
      imports(text)
        .filter((specifier) => specifier.startsWith("."))
        .filter((specifier) => !join("/packages", dirname(path), specifier).startsWith(`/packages/${name}/src/`))
        .filter((specifier) => !(specifier === "../../cli/src/index.js" && needed.includes("compose-harden")))
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("enters other packages by their entrance", () => {
    const wrong = sources(name).flatMap(({ path, text }) =>
      imports(text)
        .filter((specifier) => specifier.startsWith(scope) && specifier !== packageOf(specifier))
        .map((specifier) => `${path}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  if (arrows.pure && !arrows.program) {
    it("asks neither the clock nor chance", () => {
      const wrong = sources(name).flatMap(({ path, text }) => impurities(path, text).map((use) => `${path}: ${use}`));
      expect(wrong).toEqual([]);
    });
  }
});

describe("the checks of this file", () => {
  it("see every way to import", () => {
    const text = `import a from "a"; import type { B } from "b"; export * from "c"; import("d"); import "e"; type F = import("f").F;`;
    expect(imports(text).sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it("see the clock and chance, not a property of the same name", () => {
    expect(
      impurities(
        "x.ts",
        "const a = Date.now(); new Date(0); const b = Math.random(); const c = { Date: 1 }.Date; type D = Date;",
      ),
    ).toEqual(["Date", "Math.random"]);
  });

  it("tell the package from the path in it", () => {
    expect([packageOf("yaml/util"), packageOf("@a/b/c"), packageOf("diff")]).toEqual(["yaml", "@a/b", "diff"]);
  });
});

function isAllowed(dependency: string, arrows: Arrows): boolean {
  if (dependency.startsWith(scope)) return arrows.packages.includes(dependency.slice(scope.length));
  if (dependency === "compose-harden") return arrows.packages.includes("cli");
  return arrows.external === "any" || arrows.external.includes(dependency);
}

/** The sources of a package without its tests. */
function sources(name: string): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(`${folder}${name}/src`, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.[cm]?tsx?$/.test(path) && !path.endsWith(".test.ts"))
    .map((path) => ({ path: `${name}/src/${path}`, text: readFileSync(`${folder}${name}/src/${path}`, "utf8") }));
}

function imports(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

const changing = ["Date", "performance", "crypto", "Temporal"];

/** Uses of values that differ from run to run. */
function impurities(path: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node)) return;
    if (ts.isPropertyAccessExpression(node)) {
      if (node.getText() === "Math.random") found.push("Math.random");
      visit(node.expression);
      return;
    }
    if (ts.isIdentifier(node) && changing.includes(node.text) && !isName(node) && !isGivenDate(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true));
  return found;
}

/** `new Date(value)` asks no clock. */
function isGivenDate(node: ts.Identifier): boolean {
  return ts.isNewExpression(node.parent) && (node.parent.arguments?.length ?? 0) > 0;
}

/** True for the name of a property, which is not a use of the global of that name. */
function isName(node: ts.Identifier): boolean {
  return ts.isPropertyAssignment(node.parent) && node.parent.name === node;
}
