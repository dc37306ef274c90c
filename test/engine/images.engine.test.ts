import { afterEach, expect, it } from "vitest";
import { attempt, describeEngine, docker, kept, type Stack, stack } from "./engine.js";

describeEngine("the suite's engine", () => {
  let running: Stack | undefined;
  afterEach(() => running?.remove());

  it("has networks of its own", () => {
    expect(kept()).toEqual(expect.arrayContaining(["network bridge", "network host", "network none"]));
  });

  it("reaches no network but its own", () => {
    expect(docker("run", "--rm", "debian:bookworm-slim", "cat", "/proc/net/route").split("\n").length).toBeGreaterThan(
      1,
    );
    expect(attempt("ip", ["route", "get", "192.0.2.1"]).code).not.toBe(0);
  });

  it("runs a project of Docker Compose, whose published port answers, and leaves nothing behind", async () => {
    const before = kept();
    running = stack({ "compose.yaml": 'services:\n  web:\n    image: nginx:1.22\n    ports: ["8080:80"]\n' });
    running.compose("up", "-d", "--wait");
    await expect.poll(async () => (await fetch("http://127.0.0.1:8080/")).status, { timeout: 20_000 }).toBe(200);
    expect(running.container("web")).toMatch(/^[0-9a-f]{64}$/);
    running.remove();
    expect(kept()).toEqual(before);
  });
});
