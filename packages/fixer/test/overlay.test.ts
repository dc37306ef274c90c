import { load } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";
import { diff } from "../src/index.js";
import { add, bind, drop, fixed, patchOf, set, unset } from "./fixed.js";

const overlay = "/project/hardening.yaml";
const base = `services:
  web:
    image: nginx
    privileged: true
    ports:
      - "80:80" # http
      - "127.0.0.1:81:81"
    cap_drop: [NET_RAW]
  db:
    image: postgres
`;
const intents = [
  bind("web", { target: 80, published: "80" }),
  add("web", "cap_drop", "ALL"),
  set("web", "read_only", true),
  unset("web", "privileged"),
  set("db", "mem_limit", "536870912", "512m"),
];

describe("an override file that takes all changes", () => {
  it("is created, and repeats a list only where Docker would append to it", () => {
    expect(fixed(base, intents, { overlay })).toMatchInlineSnapshot(`
      "# Hardening of this project; its other files stay as they are.
      services:
        web:
          ports: !override
            - "127.0.0.1:80:80"
            - "127.0.0.1:81:81"
          privileged: !reset null
          cap_drop:
            - ALL
          read_only: true
        db:
          mem_limit: 512m
      "
    `);
  });

  it("is printed as a new file", () => {
    expect(diff(patchOf(base, intents.slice(4), { overlay }), "/project")).toMatchInlineSnapshot(`
      "--- /dev/null
      +++ b/hardening.yaml
      @@ -0,0 +1,4 @@
      +# Hardening of this project; its other files stay as they are.
      +services:
      +  db:
      +    mem_limit: 512m
      "
    `);
  });

  it("is extended where it is there already", () => {
    const files = {
      "compose.yaml": base,
      "hardening.yaml": "# Ours.\nservices:\n  web:\n    ports: !override\n      - '80:80'\n      - 81:81 # admin\n",
    };
    const entry = { files: ["compose.yaml", "hardening.yaml"] };
    const more = [...intents, bind("web", { target: 81, published: "81" })];
    expect(fixed(files, more, { overlay }, entry)).toMatchInlineSnapshot(`
      "# Ours.
      services:
        web:
          ports: !override
            - '127.0.0.1:80:80'
            - 127.0.0.1:81:81 # admin
          privileged: !reset null
          cap_drop:
            - ALL
          read_only: true
        db:
          mem_limit: 512m
      "
    `);
  });

  it("keeps lists that only grow short, and takes members out", () => {
    expect(
      fixed(base, [drop("web", "cap_drop", "NET_RAW"), add("web", "cap_drop", "ALL")], { overlay }),
    ).toMatchInlineSnapshot(`
      "# Hardening of this project; its other files stay as they are.
      services:
        web:
          cap_drop: !override
            - ALL
      "
    `);
  });

  it("repeats what a variable decides as it is written", () => {
    const text =
      "services:\n  web:\n    image: nginx\n    ports:\n      - ${PORT:-80}:80\n      - target: 81\n        published: ${OTHER:-81}\n";
    expect(fixed(text, [bind("web", { target: 80, published: "80" })], { overlay })).toMatchInlineSnapshot(`
      "# Hardening of this project; its other files stay as they are.
      services:
        web:
          ports: !override
            - "127.0.0.1:\${PORT:-80}:80"
            - target: 81
              published: \${OTHER:-81}
      "
    `);
  });

  it("is left alone when it is not part of the project", () => {
    const files = { "compose.yaml": base, "hardening.yaml": "services: {}\n" };
    expect(patchOf(files, intents, { overlay }).refused.map(({ refusal }) => refusal)).toEqual(
      Array(5).fill("unwritable-file"),
    );
  });

  it("gives the declared project together with the other files", () => {
    const { changes } = patchOf(base, intents, { overlay });
    const texts = new Map([
      ["/project/compose.yaml", base],
      ...changes.map(({ path, after }) => [path, after] as const),
    ]);
    const { data, gaps } = load({ cwd: "/project", env: {}, files: ["compose.yaml", "hardening.yaml"] }, (path) => {
      const text = texts.get(path);
      return text === undefined ? { kind: "missing" } : { kind: "file", text };
    });
    expect(gaps).toEqual([]);
    expect(data).toMatchObject({
      services: { web: { read_only: true, cap_drop: ["NET_RAW", "ALL"], ports: [{ host_ip: "127.0.0.1" }, {}] } },
    });
  });
});
