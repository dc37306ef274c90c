import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The program's version as a module, so that the bundle needs no file beside it. */
export async function generate(root: string): Promise<Map<string, string>> {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(join(root, "packages/cli/package.json"), "utf8"),
  );
  const text = [
    "// Generated from packages/cli/package.json by `npm run generate`. Do not edit.",
    "",
    "/** The version of this program. */",
    `export const version: string = ${JSON.stringify(manifest.version)};`,
    "",
  ].join("\n");
  return new Map([["packages/cli/src/generated/version.ts", text]]);
}
