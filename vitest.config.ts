import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Long suites are named `*.long.test.ts`; `npm run test:long` runs them and nothing else. */
const long = process.env.TEST_LONG === "1";
/** Suites that need a container engine are named `*.engine.test.ts`; `npm run test:engine` starts one and runs them and nothing else. */
const engine = process.env.TEST_ENGINE === "1";
/** Where `.ci/run` reads the number of tests. */
const results = process.env.TEST_RESULTS;
const suffix = engine ? "engine.test.ts" : long ? "long.test.ts" : "test.ts";
const isSlow = long || engine;

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
    exclude: [
      ...configDefaults.exclude,
      "**/fixtures/**",
      ...(isSlow ? [] : ["**/*.long.test.ts", "**/*.engine.test.ts"]),
    ],
    globalSetup: ["scripts/program.mjs"],
    testTimeout: isSlow ? 600_000 : 20_000,
    hookTimeout: isSlow ? 600_000 : 60_000,
    // Two cores make two workers; on its own vitest leaves one of them idle. Times are measured one at a time.
    ...(isSlow ? {} : { maxWorkers: Math.max(2, availableParallelism() - 1) }),
    // Stacks wait more than they work.
    maxConcurrency: engine ? 8 : 5,
    // Stacks of several files would want the same ports.
    fileParallelism: !engine,
    passWithNoTests: true,
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
