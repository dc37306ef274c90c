import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, listContainers, openDocker } from "@compose-harden/engine";
import { afterAll, describe, expect, it } from "vitest";
import { attempt, command, describeEngine, type Outcome } from "./engine.js";
import { type Fate, tableOf } from "./fate.js";
import { changedSettings, isInForce, type Model } from "./settings.js";
import { type Step, works } from "./work.js";

const stacks = fileURLToPath(new URL("stacks", import.meta.url));
const program = fileURLToPath(new URL("../../packages/cli/dist/compose-harden.js", import.meta.url));
const composeLint = process.env.COMPOSE_HARDEN_COMPOSE_LINT;
const docker = openDocker({ timeout: 120_000 });
/** Milliseconds for the first answer after a start. */
const PATIENCE = 60_000;

const fates = new Map<string, Map<string, Fate>>();

describeEngine("hardened stacks keep doing their work", () => {
  describe.concurrent.each(Object.entries(works).filter(([name]) => missingOf(name).length === 0))(
    "%s",
    (name, work) => {
      it.sequential("as it was written", async () => {
        expect(await noted("before", () => {})).toMatchObject({ failure: undefined });
      });

      it.sequential("with all safe fixes", async () => {
        const fate = await noted("safe fixes", (folder) => harden(folder));
        expect(fate).toMatchObject({ failure: undefined, missing: [] });
        expect(fate.controls).toBeGreaterThan(0);
      });

      it.runIf(work.known).sequential("with new secrets in the place of those that everybody knows", async () => {
        const fate = await noted("safe fixes and new secrets", (folder) => {
          harden(folder, "--new-secrets");
          const text = readFileSync(join(folder, "compose.yaml"), "utf8");
          for (const secret of work.known ?? []) expect(text).not.toContain(secret);
        });
        expect(fate).toMatchObject({ failure: undefined, missing: [] });
      });

      it.runIf(work.needs).sequential(`and not without ${work.needs?.capability}, which they keep`, async () => {
        const { capability, without } = work.needs ?? { capability: "", without: /^$/ };
        const { failure } = await fateOf((folder) => {
          harden(folder);
          const file = join(folder, "compose.yaml");
          const text = readFileSync(file, "utf8");
          expect(text).toContain(`- ${capability}\n`);
          writeFileSync(file, text.replace(new RegExp(`^ *- ${capability}\\n`, "m"), ""));
        });
        expect(failure).toMatch(without);
      });

      it.sequential("with all fixes that a trial advises, unsafe ones too", async () => {
        const fate = await noted("unsafe fixes, as trial advises", async (folder) => {
          const options = ["trial", "--unsafe", "--settle", "4s", "--quiet", "--format", "json"];
          const { stdout, stderr } = await command(process.execPath, [program, ...options], folder);
          if (stdout === "") throw new Error(stderr);
          const { advice } = JSON.parse(stdout) as { readonly advice: readonly string[] };
          for (const line of advice) {
            // `compose-harden fix --write …`
            const [, ...words] = line.split(" ");
            const { code, stderr: why } = await command(process.execPath, [program, ...words], folder);
            if (code !== 0) throw new Error(`${line}: ${why}`);
          }
        });
        expect(fate).toMatchObject({ failure: undefined, missing: [] });
        expect(fate.controls).toBeGreaterThanOrEqual(fates.get("safe fixes")?.get(name)?.controls ?? 0);
      });

      it.skipIf(composeLint === undefined).sequential(
        "and with `compose-lint fix --apply`, for comparison",
        async () => {
          const fate = await noted("compose-lint", (folder) => {
            // Exit code 1: findings are left.
            execFileSync("sh", ["-c", `"$1" fix --apply compose.yaml || [ $? = 1 ]`, "sh", composeLint ?? ""], {
              cwd: folder,
              stdio: "pipe",
            });
          });
          expect(fate.missing).toEqual([]);
        },
      );

      /** The fate, with a place in the table. */
      async function noted(variant: string, change: (folder: string) => void | Promise<void>): Promise<Fate> {
        const fate = await fateOf(change);
        fates.set(variant, (fates.get(variant) ?? new Map()).set(name, fate));
        return fate;
      }

      async function fateOf(change: (folder: string) => void | Promise<void>): Promise<Fate> {
        const folder = mkdtempSync(join(tmpdir(), `${name}-`));
        cpSync(join(stacks, name), folder, { recursive: true });
        const compose = (...args: readonly string[]) =>
          command("docker", ["compose", "-p", `suite-${name}`, ...args], folder);
        try {
          if (work.prepare !== undefined) execFileSync("sh", ["-c", work.prepare], { cwd: folder, stdio: "pipe" });
          const before = JSON.parse((await compose("config", "--format", "json")).stdout) as Model;
          await change(folder);
          const after = JSON.parse((await compose("config", "--format", "json")).stdout) as Model;
          const settings = changedSettings(before, after);
          let containers: readonly Container[] = [];
          const failure = await failureOf(async () => {
            await up(compose);
            await all(work.first, name, compose);
            await reachable(name, work.sibling);
            await up(compose, "--force-recreate");
            await all(work.again, name, compose);
            containers = await listContainers(docker, { project: `suite-${name}` });
            for (const { name: container, state } of containers) {
              if (state.status !== "running" || state.restarts > 0)
                throw new Error(`\`${container}\` is ${state.status}, restarted ${state.restarts} times`);
            }
          }, compose);
          if (containers.length === 0) containers = await listContainers(docker, { project: `suite-${name}` });
          const missing = settings.filter((setting) => !containers.some((container) => isInForce(setting, container)));
          return {
            failure,
            services: Object.keys(after.services).length,
            controls: settings.length - missing.length,
            missing: missing.map((setting) => `${setting.service}: ${setting.name}`),
          };
        } finally {
          await compose("down", "--volumes", "--timeout", "3");
          rmSync(folder, { recursive: true, force: true });
        }
      }
    },
  );

  it.skip.each(Object.keys(works).flatMap((name) => missingOf(name).map((image) => [name, image])))(
    "%s: the image %s could not be built",
    () => {},
  );

  afterAll(() => {
    const table = tableOf(fates);
    process.stdout.write(`\n${table}\n`);
    if (process.env.COMPOSE_HARDEN_SURVIVAL !== undefined) writeFileSync(process.env.COMPOSE_HARDEN_SURVIVAL, table);
  });
});

/** Images that a stack names and the engine does not have. */
function missingOf(stack: string): readonly string[] {
  if (process.env.COMPOSE_HARDEN_RUN === undefined) return [];
  const text = readFileSync(join(stacks, stack, "compose.yaml"), "utf8");
  const images = Array.from(text.matchAll(/^ +image: (\S+)$/gm), ([, image = ""]) => image);
  return images.filter((image) => attempt("docker", ["image", "inspect", image]).code !== 0);
}

type Compose = (...args: readonly string[]) => Promise<Outcome>;

function harden(folder: string, ...options: readonly string[]): void {
  execFileSync(process.execPath, [program, "fix", "--write", ...options, "compose.yaml"], {
    cwd: folder,
    stdio: "pipe",
  });
}

/** Ends the waiting for an answer that nobody will give. */
async function checkAlive(stack: string): Promise<void> {
  for (const { name, state } of await listContainers(docker, { project: `suite-${stack}` })) {
    if (["exited", "dead"].includes(state.status) || state.restarts > 2) {
      throw new Error(`\`${name}\` is ${state.status} with exit code ${state.exitCode}`);
    }
  }
}

async function up(compose: Compose, ...options: readonly string[]): Promise<void> {
  const { code, stderr } = await compose("up", "-d", ...options);
  if (code !== 0) throw new Error(`does not start: ${stderr.trim().split("\n").at(-1)}`);
}

async function all(steps: readonly Step[], stack: string, compose: Compose): Promise<void> {
  for (const step of steps) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const answer = "in" in step ? await inside(step, compose) : await requested(step.get, step.upload);
      if (step.says.test(answer)) break;
      if (Date.now() > end)
        throw new Error(`${"in" in step ? step.run : step.get} answers ${JSON.stringify(answer.slice(-200))}`);
      await checkAlive(stack);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

async function inside(step: Extract<Step, { readonly in: string }>, compose: Compose): Promise<string> {
  const user = step.as === undefined ? [] : ["-u", step.as];
  const { stdout, stderr } = await compose("exec", "-T", ...user, step.in, step.shell ?? "bash", "-c", step.run);
  return stdout + stderr;
}

async function requested(url: string, upload: number | undefined): Promise<string> {
  try {
    const form = new FormData();
    if (upload !== undefined) form.set("file", new Blob(["x".repeat(upload)]), "file");
    const answer = await fetch(url, {
      signal: AbortSignal.timeout(10_000),
      ...(upload === undefined ? {} : { method: "POST", body: form }),
    });
    return await answer.text();
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}

/** A container of the same network opens the port by the service's name. */
async function reachable(stack: string, [service, port]: readonly [string, number]): Promise<void> {
  const open = `exec 3<>/dev/tcp/${service}/${port}`;
  await docker.run(["run", "--rm", "--network", `suite-${stack}_default`, "debian:bookworm-slim", "bash", "-c", open]);
}

/** Why the stack does not do its work, with the last words of what stopped. */
async function failureOf(doing: () => Promise<void>, compose: Compose): Promise<string | undefined> {
  try {
    await doing();
    return undefined;
  } catch (error) {
    const { stdout } = await compose("logs", "--no-color", "--tail", "3");
    return `${error instanceof Error ? error.message : error}\n${stdout}`.trim();
  }
}
