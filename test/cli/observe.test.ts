import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fakeDocker, labels } from "./fake-docker.js";
import { folder, run } from "./program.js";

const schema = JSON.parse(readFileSync(new URL("../../schemas/observed.json", import.meta.url), "utf8"));
const COMPOSE = `name: shop
services:
  web:
    image: nginx:1.22
    command: [nginx, -g, "daemon off;"]
    environment: { API_TOKEN: correct-horse }
    volumes: ["data:/data"]
  cron: { image: busybox }
volumes: { data: {} }
`;

const web = {
  Id: "ab".repeat(32),
  Name: "/shop-web-1",
  Image: "sha256:1",
  Config: {
    Image: "nginx:1.22",
    Entrypoint: ["/docker-entrypoint.sh"],
    Cmd: ["nginx", "-g", "daemon off;"],
    Env: ["API_TOKEN=correct-horse"],
    Labels: labels("shop", "web"),
  },
  Mounts: [{ Type: "volume", Name: "shop_data", Destination: "/data", RW: true }],
};
const image = { Id: "sha256:1", Config: { Entrypoint: ["/docker-entrypoint.sh"], Cmd: ["nginx"] } };
const diff = "C /run\nA /run/nginx.pid\nC /var\nC /var/cache\nC /var/cache/nginx\nA /var/cache/nginx/x\n";

function observe(directory: string, bin: string, ...args: readonly string[]) {
  return run(["observe", "--for", "1s", ...args], { cwd: directory, env: { PATH: `${bin}:/usr/bin:/bin` } });
}

describe("observe", () => {
  it("writes what was seen, and no secret", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const { code, out, err } = observe(directory, fakeDocker({ containers: [web], images: [image], diff }));
    expect(err).toContain("wrote compose-harden.observed.yaml");
    expect(code).toBe(0);
    const text = readFileSync(join(directory, "compose-harden.observed.yaml"), "utf8");
    const data = parse(text);
    expect(new Ajv({ strict: false }).validate(schema, data)).toBe(true);
    expect(data.services.web).toMatchObject({
      image: "nginx:1.22",
      image_id: "sha256:1",
      mounts: ["/data"],
      memory_peak: 13107200,
      pids_peak: 4,
      users: ["101:101"],
      writes: [
        { path: "/run", kind: "scratch", hides: "unknown" },
        { path: "/var/cache/nginx", kind: "scratch", hides: "unknown" },
      ],
    });
    expect(data.services.web.runs[0]).toMatchObject({ container: "ab".repeat(6), from: "2026-01-01T00:00:00Z" });
    expect(data.services.web.ports).toBeUndefined();
    expect(out).toContain("writes         /run, /var/cache/nginx");
    for (const secret of ["correct-horse", "daemon off"]) expect(text + out + err).not.toContain(secret);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("adds to what it knew of the same service, and starts anew for another", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const file = join(directory, "compose-harden.observed.yaml");
    observe(directory, fakeDocker({ containers: [web], images: [image], diff: "C /tmp" }));
    expect(observe(directory, fakeDocker({ containers: [web], images: [image], diff })).err).toContain("added to");
    const paths = (data: { services: { web: { writes: { path: string }[] } } }) =>
      data.services.web.writes.map(({ path }) => path);
    expect(paths(parse(readFileSync(file, "utf8")))).toEqual(["/run", "/tmp", "/var/cache/nginx"]);
    const updated = { ...web, Image: "sha256:2" };
    const { err } = observe(
      directory,
      fakeDocker({ containers: [updated], images: [{ ...image, Id: "sha256:2" }], diff }),
    );
    expect(err).toContain("`web` is not what was seen before");
    expect(paths(parse(readFileSync(file, "utf8")))).toEqual(["/run", "/var/cache/nginx"]);
  });

  it.each([
    ["another image", { Image: "nginx:1.27" }, "runs the image `nginx:1.27`, and the file says `nginx:1.22`"],
    ["another command", { Cmd: ["sh", "-c", "secret-word"] }, "was started with another command"],
    ["another entrypoint", { Entrypoint: ["/x"] }, "was started with another entrypoint"],
    ["another user", { User: "1000" }, "was started as another user"],
  ])("records nothing of a service that runs %s", (_, config, message) => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const other = { ...web, Config: { ...web.Config, ...config } };
    const { code, err } = observe(directory, fakeDocker({ containers: [other], images: [image], diff }));
    expect(err).toContain(`\`web\` ${message}`);
    expect(err).not.toContain("secret-word");
    expect(code).toBe(2);
    expect(existsSync(join(directory, "compose-harden.observed.yaml"))).toBe(false);
  });

  it("records nothing of an image that its name no longer stands for", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const { code, err } = observe(
      directory,
      fakeDocker({ containers: [web], images: [image], imageId: "sha256:2", diff }),
    );
    expect(err).toContain("`web` runs an older image than the one that `nginx:1.22` names by now: not recorded");
    expect(code).toBe(2);
  });

  it("says in one line why it cannot look", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const none = run(["observe"], { cwd: directory, env: { PATH: "/nowhere" } });
    expect([none.code, none.err]).toEqual([2, "error: `docker` is not installed, or not on the PATH\n"]);
    const idle = observe(directory, fakeDocker({ containers: [] }));
    expect([idle.code, idle.err]).toEqual([
      2,
      "error: nothing of the project `shop` is running: start it with `docker compose up -d`\n",
    ]);
    const noted = {
      "com.docker.compose.project.working_dir": directory,
      "com.docker.compose.project.config_files": "compose.yaml",
    };
    const other = { ...web, Config: { ...web.Config, Labels: labels("kiosk", "web", noted) } };
    // Both that ran under another name and that nothing else runs.
    expect(observe(directory, fakeDocker({ containers: [other] })).err).toBe(
      "error: nothing of the project `shop` is running: what runs of these files is called `kiosk`, and `-p kiosk` observes it\n",
    );
    for (const time of ["10", "0s", "x", "1.5h"])
      expect(run(["observe", "--for", time], { cwd: directory }).err).toContain(
        "expected a time such as 90s, 10m, 2h or 1d",
      );
  });

  it("refuses a file of observations that it does not understand, with the place", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    writeFileSync(join(directory, "compose-harden.observed.yaml"), "version: 1\nservices:\n  web:\n    image: 3\n");
    const { code, err } = observe(directory, fakeDocker({ containers: [web], images: [image] }));
    expect(code).toBe(2);
    expect(err).toContain("compose-harden.observed.yaml:");
    expect(err).toContain("is missing");
  });

  it("is evidence for `fix`, from beside the Compose file or by name", () => {
    const own = { ...web, Config: { ...web.Config, Image: "acme/web:1" } };
    const directory = folder({ "compose.yaml": COMPOSE.replace("nginx:1.22", "acme/web:1") });
    observe(directory, fakeDocker({ containers: [own], images: [image], diff: "C /tmp" }));
    const file = join(directory, "compose-harden.observed.yaml");
    // As if it had been looked into by root.
    writeFileSync(file, readFileSync(file, "utf8").replace("hides: unknown", "hides: nothing"));
    const fix = (...args: readonly string[]) => run(["fix", "--rule", "read-only-root", ...args], { cwd: directory });
    const safe = fix();
    expect(safe.out).toContain("+    tmpfs: [/tmp]\n+    read_only: true\n");
    expect(safe.err.replace(/\s+/g, " ")).toContain("in memory (safe) [read-only-root] safe as observed for");
    const beside = (imageId: string) =>
      run(["fix", "--rule", "read-only-root"], {
        cwd: directory,
        env: { PATH: `${fakeDocker({ containers: [], imageId })}:/usr/bin:/bin` },
      });
    expect(beside("sha256:1").out).toBe(safe.out);
    expect(beside("sha256:2").out).toBe("");
    renameSync(file, join(directory, "seen.yaml"));
    expect(fix().out).toBe("");
    expect(fix("--observed", "seen.yaml").out).toBe(safe.out);
    expect(fix("--observed", "nope.yaml")).toMatchObject({
      code: 2,
      err: "error: `--observed nope.yaml`: no such file\n",
    });
    const json = JSON.parse(run(["check", "--format", "json", "--observed", "seen.yaml"], { cwd: directory }).out);
    expect(JSON.stringify(json)).toContain('"kind":"observed"');
  });
});
