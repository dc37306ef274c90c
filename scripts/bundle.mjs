// Bundles the program and the action, each into one file. `node scripts/bundle.mjs` always does; `npm start` only when needed.
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { action, program, root, sources } from "./workspace.mjs";

const options = {
  write: false,
  bundle: true,
  platform: "node",
  target: "node20.19",
  // CommonJS starts about 8 ms sooner than an ES module of the same content (Node 20, best of 40 runs: 90 and 98 ms; an
  // empty program 76 ms). Whitespace is taken out; names stay, so that the stack of a bug can be read.
  format: "cjs",
  mainFields: ["module", "main"],
  // `tsc -b` guards the arrows between packages.
  alias: sources(),
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  metafile: true,
  absWorkingDir: root,
  logLevel: "silent",
};

/** Writes `packages/cli/dist/compose-harden.js` and, beside it, the licences of what it contains. */
export async function bundle() {
  const temporary = `${program}.${process.pid}.tmp`;
  mkdirSync(dirname(program), { recursive: true });
  try {
    const main = await build({
      ...options,
      plugins: [lateChildProcess],
      entryPoints: [join(root, "packages/cli/src/main.ts")],
    });
    writeFileSync(temporary, await launching(textOf(main)));
    chmodSync(temporary, 0o755);
    place(temporary, program, main);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Writes `packages/action/dist/action.js`, all of the action, with the licences beside it. */
export async function bundleAction() {
  const temporary = `${action}.${process.pid}.tmp`;
  mkdirSync(dirname(action), { recursive: true });
  try {
    const built = await build({ ...options, entryPoints: [join(root, "packages/action/src/main.ts")] });
    writeFileSync(temporary, textOf(built));
    place(temporary, action, built);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Puts a finished bundle where it belongs, with what Node and the licences ask for beside it. */
function place(temporary, file, { metafile }) {
  writeFileSync(join(dirname(file), "package.json"), '{ "type": "commonjs" }\n');
  renameSync(temporary, file);
  writeFileSync(join(dirname(file), "THIRD-PARTY-LICENSES.txt"), licences(Object.keys(metafile.inputs)));
}

/** Commander can start programs as its commands, which ours never does; loading what that takes costs 5 ms of every start. */
const lateChildProcess = {
  name: "late-child-process",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: "late", namespace: "child-process" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "child-process" }, () => ({
      contents: 'exports.spawn = (...parameters) => require("child_process").spawn(...parameters);',
    }));
  },
};

function textOf({ outputFiles }) {
  return outputFiles[0].text;
}

/** The launcher with the program, as a function of what Node gives a CommonJS module, where `packages/cli/src/launch.ts` looks for it. */
async function launching(text) {
  const program = Buffer.from(`(function (require, module, exports, __filename, __dirname) {${text}\n})`);
  if (program.some((byte) => byte > 0x7f)) throw new Error("the program's text is not ASCII");
  const launcher = await build({
    ...options,
    entryPoints: [join(root, "packages/cli/src/launch.ts")],
    define: { PROGRAM_LENGTH: String(program.length) },
  });
  const packed = brotliCompressSync(program).toString("base64");
  return `#!/usr/bin/env node\n${textOf(launcher)}function packed(){/*${packed}*/}\n`;
}

function licences(inputs) {
  const folders = new Set(
    inputs.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter(Boolean),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${name} ships no licence text: it cannot be bundled`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(root, folder, file), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

if (process.argv[1]?.endsWith("bundle.mjs")) {
  await bundle();
  await bundleAction();
}
