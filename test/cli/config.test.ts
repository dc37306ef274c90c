import { expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

const STACK = `x-base: &base
  restart: always
services:
  web:
    <<: *base
    image: nginx:\${TAG:-1.27}
    environment:
      API_TOKEN: hunter2
`;

test("config prints the effective model as YAML or JSON", () => {
  const cwd = folder({ "compose.yaml": STACK });
  const yaml = run(["config"], { cwd });
  expect(yaml.code).toBe(0);
  expect(yaml.out).toContain("    image: nginx:1.27\n");
  expect(yaml.out).toContain("    restart: always\n");
  const json = JSON.parse(run(["config", "--format", "json", "-p", "demo"], { cwd, env: { TAG: "2" } }).out);
  expect(json.name).toBe("demo");
  expect(json.services.web).toMatchObject({
    image: "nginx:2",
    restart: "always",
    environment: { API_TOKEN: "hunter2" },
  });
});

test("config --origins says where each value comes from, and hides secrets", () => {
  const { out } = run(["config", "--origins"], { cwd: folder({ "compose.yaml": STACK }) });
  expect(out).toContain('services.web.image = "nginx:1.27"  # compose.yaml:6:12\n');
  expect(out).toMatch(
    /^services\.web\.restart = "always" {2}# compose\.yaml:2:12 through .*merge key at compose\.yaml:5:9/m,
  );
  expect(out).toContain("services.web.environment.API_TOKEN = ***");
  expect(out).not.toContain("hunter2");
});

test("config refuses what Docker refuses, with the reason and its place", () => {
  const cwd = folder({ "compose.yaml": "services:\n  web:\n    restart: always\n" });
  const { code, out, err } = run(["config"], { cwd });
  expect(err).toMatch(/^error: compose\.yaml:[23]:\d+: `services\.web` has neither `image` nor `build`/);
  expect({ code, out }).toEqual({ code: 2, out: "" });
});

test("config takes one project, and names those there are", () => {
  const cwd = folder({ "a/compose.yaml": OPEN_STACK, "b/compose.yaml": OPEN_STACK });
  const { code, err } = run(["config"], { cwd });
  expect(err).toBe("error: there are 2 projects, name a file of one:\n  a/compose.yaml\n  b/compose.yaml\n");
  expect(code).toBe(2);
});
