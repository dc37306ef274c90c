import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Long suites are named `*.long.test.ts`; `npm run test:long` runs them and nothing else. */
const long = process.env.TEST_LONG === "1";
/** Where `.ci/run` reads the number of tests. */
const results = process.env.TEST_RESULTS;
const suffix = long ? "long.test.ts" : "test.ts";

export default defineConfig({
  resolve: {
    // Tests read the sources, so that none of them needs a build.
    alias: readdirSync(`${root}packages`).map((name) => ({
      find: new RegExp(`^@compose-harden/${name}$`),
      replacement: `${root}packages/${name}/src/index.ts`,
    })),
  },
  test: {
    include: [`packages/*/src/**/*.${suffix}`, `packages/*/test/**/*.${suffix}`, `test/**/*.${suffix}`],
    exclude: [...configDefaults.exclude, "**/fixtures/**", ...(long ? [] : ["**/*.long.test.ts"])],
    globalSetup: ["scripts/program.mjs"],
    testTimeout: long ? 600_000 : 20_000,
    hookTimeout: long ? 600_000 : 60_000,
    passWithNoTests: true,
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
