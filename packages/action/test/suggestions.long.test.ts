import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { holds } from "./clicks.js";

const corpus = resolve(fileURLToPath(new URL("../../..", import.meta.url)), "../shared/corpus");
it.skipIf(!existsSync(corpus))(
  "files of the corpus (../shared): all suggestions together are the fix, and each is the fix of its findings",
  async () => {
    const files = readdirSync(corpus, { recursive: true, encoding: "utf8" })
      .filter((name) => /compose[^/]*\.ya?ml$/.test(name))
      .sort()
      .filter((_, index) => index % 25 === 0);
    let count = 0;
    for (const name of files) {
      const text = readFileSync(join(corpus, name), "utf8");
      if (!/^services:/m.test(text) || text.length > 12_000) continue;
      count += await holds({ "compose.yaml": text }, false);
    }
    expect(count).toBeGreaterThan(20);
  },
);
