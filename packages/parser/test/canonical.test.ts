import { load } from "@compose-harden/parser";
import { describe, expect, test } from "vitest";

const FILE = "/p/compose.yaml";

function loaded(
  text: string,
  others: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
) {
  const files: Readonly<Record<string, string>> = { [FILE]: text, ...others };
  return load({ cwd: "/p", env }, (path) => {
    const found = files[path];
    return found === undefined ? { kind: "missing" } : { kind: "file", text: found };
  });
}

/** The text at the place in force of a value. */
function written(text: string, ...path: (string | number)[]): string | undefined {
  const origin = loaded(text).originsOf(path).at(-1);
  return origin && text.slice(origin.value.start, origin.value.end);
}

describe("a field of a short syntax stands at its own part of the text", () => {
  const text = `services:
  s:
    image: i
    ports: ["127.0.0.1:8080:80/udp", 9090]
    volumes:
      - ./data:/srv/data:ro
    devices: ["/dev/a:/dev/b:r"]
    environment: [PLAIN=x=y]
`;
  test.each([
    [["ports", 0, "host_ip"], "127.0.0.1"],
    [["ports", 0, "published"], "8080"],
    [["ports", 0, "target"], "80"],
    [["ports", 0, "protocol"], "udp"],
    [["ports", 1, "target"], "9090"],
    [["volumes", 0, "source"], "./data"],
    [["volumes", 0, "target"], "/srv/data"],
    [["devices", 0, "permissions"], "r"],
    [["environment", "PLAIN"], "x=y"],
  ])("%j", (path, expected) => {
    expect(written(text, "services", "s", ...path)).toBe(expected);
  });

  test("what nobody wrote has no place", () => {
    expect(loaded(text).originsOf(["services", "s", "ports", 0, "mode"])).toEqual([]);
    expect(loaded(text).originsOf(["services", "s", "networks", "default"])).toEqual([]);
  });
});

describe("one bad entry does not take its neighbours along", () => {
  test.each([
    ["a port", "ports: ['80:80', 'x:y', 81]", "ports[1]"],
    ["a volume", "volumes: ['/a:/b:ro:x', /c]", "volumes[0]"],
    ["a capability", "cap_drop: [ALL, {a: b}]", "cap_drop[1]"],
    ["a duration", "healthcheck: {test: x, interval: soon}", "healthcheck.interval"],
    ["an unknown key", "privilged: true", "privilged"],
  ])("%s", (_, attribute, place) => {
    const text = `services:\n  s:\n    image: i\n    user: "1"\n    ${attribute}\n`;
    const project = loaded(text);
    expect(project.gaps.map(({ kind, message }) => [kind, message.includes(`services.s.${place}`)])).toEqual([
      ["refused", true],
    ]);
    expect(project.gaps[0]?.at?.file).toBe(FILE);
    expect(project.services[0]?.user?.value).toBe("1");
  });

  test("a value is named once, however many stages stumble over it", () => {
    expect(loaded("services:\n  s: {image: i, privileged: maybe}\n").gaps).toHaveLength(1);
  });
});

describe("env files", () => {
  test("a variable stands in its file; environment wins; a missing one is named at its attribute", () => {
    const text = "services:\n  s:\n    image: i\n    env_file: [a.env, b.env, gone.env]\n    environment: {A: own}\n";
    const project = loaded(text, { "/p/a.env": "A=1\nB=2\n", "/p/b.env": "B=3\nC=$B$D\n" }, { D: "!" });
    expect(project.data).toMatchObject({ services: { s: { environment: { A: "own", B: "3", C: "3!" } } } });
    expect(project.originsOf(["services", "s", "environment", "B"]).at(-1)?.value).toEqual({
      file: "/p/b.env",
      start: 2,
      end: 3,
    });
    const [gap] = project.gaps;
    expect(gap?.reason).toBe("env-file");
    expect(gap?.at && text.slice(gap.at.start, gap.at.end)).toBe("gone.env");
  });

  test("those of a service that is off are no gap", () => {
    const text = "services:\n  s: {image: i}\n  t: {image: i, profiles: [x], env_file: gone.env}\n";
    expect(loaded(text).gaps).toEqual([]);
  });
});

describe("services that wait for each other", () => {
  test("every cycle is named, however long the chain before it", () => {
    const many = Array.from({ length: 5000 }, (_, i) => `  s${i}: {image: i, depends_on: [s${i + 1}]}`).join("\n");
    const project = loaded(`services:\n${many}\n  s5000: {image: i, depends_on: [s4999]}\n`);
    expect(project.gaps.map(({ message }) => message)).toEqual([
      "`services.s4999.depends_on` closes a cycle: `s4999` → `s5000` → `s4999`",
    ]);
  });
});
