import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { answer } from "./unit-answers.js";

/** Recorded answers of compose-go 2.16.2, one file a function: `[input, output | null, error | null, warnings?]`. */
interface Recorded {
  readonly env?: Readonly<Record<string, string>>;
  readonly cases: readonly (readonly [
    input: string,
    output: unknown,
    error: string | null,
    warnings?: readonly string[],
  ])[];
}

/** Whole documents where the YAML library differs from the one of Compose before any scalar is read, with the reason. */
const SYNTAX: Readonly<Record<string, string>> = {
  "%YAML 1.3\n---\na: 1": "an unknown YAML version is an error to Compose, a warning here",
  "a: [b\n, c]": "a flow sequence may continue at the indentation of its parent",
  "a: <<": "an unquoted `<<` as a value removes its key",
};

/** Errors of the YAML text itself: that there is one must agree, its wording is each library's own. */
const OWN_WORDING = /^(?:go-yaml load error in (?:parser|scanner|constructor)|yaml: construct errors)/;

const folder = fileURLToPath(new URL("./unit/", import.meta.url));
const counts: { readonly fn: string; agreed: number; differed: number }[] = [];

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const fn = basename(file, ".json");
  const { env = {}, cases } = JSON.parse(readFileSync(folder + file, "utf8")) as Recorded;
  const count = { fn, agreed: 0, differed: 0 };
  counts.push(count);
  describe(fn, () => {
    const named = cases.filter(([input]) => fn === "yaml" && input in SYNTAX);
    for (const [input] of named) test.skip(`${JSON.stringify(input)}: ${SYNTAX[input]}`);
    test.each(cases.filter((entry) => !named.includes(entry)).map((entry) => [entry[0], entry] as const))(
      "%j",
      (_, [input, output, error, warnings = []]) => {
        count.differed++;
        const found = answer(fn, input, env);
        if (error === null) expect(found).toEqual({ ok: true, output, warnings });
        else if (fn === "yaml" && OWN_WORDING.test(error)) expect(found.ok).toBe(false);
        else expect(found).toEqual({ ok: false, error, warnings });
        count.differed--;
        count.agreed++;
      },
    );
  });
}

afterAll(() => {
  const agreed = counts.reduce((sum, count) => sum + count.agreed, 0);
  const differed = counts.reduce((sum, count) => sum + count.differed, 0);
  const worst = counts.filter((count) => count.differed > 0).map((count) => `${count.fn} ${count.differed}`);
  console.log(
    `unit conformance: ${agreed} agreed, ${differed} differed${worst.length > 0 ? `: ${worst.join(", ")}` : ""}`,
  );
});
