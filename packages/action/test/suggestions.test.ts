import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { holds } from "./clicks.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const examples = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, "compose.yaml")),
);

it.each(examples)(
  "examples/%s: all suggestions together are the fix, and each is the fix of its findings",
  async (name) => {
    const text = readFileSync(join(root, "examples", name, "compose.yaml"), "utf8");
    expect(await holds({ "compose.yaml": text }, false)).toBeGreaterThan(0);
    expect(await holds({ "compose.yaml": text }, true)).toBeGreaterThan(0);
  },
);

it("parts of one fix that lie apart are one suggestion, with what stands between", async () => {
  const text = `x-common: &common
  restart: always
services:
  a:
    <<: *common
    image: nginx:1.27
    ports:
      - "8080:80"
    labels:
      one: two
    deploy:
      replicas: 1
`;
  await holds({ "compose.yaml": text }, true);
  await holds({ "compose.yaml": text.trimEnd() }, true);
});

it("a file that several projects share is suggested for once", async () => {
  const shared = 'services:\n  base:\n    image: nginx:1.27\n    ports:\n      - "8080:80"\n';
  const uses = "services:\n  a:\n    extends:\n      file: ../shared.yaml\n      service: base\n";
  await holds({ "shared.yaml": shared, "one/compose.yaml": uses, "two/compose.yaml": uses }, false);
});
