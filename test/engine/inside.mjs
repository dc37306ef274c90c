// The first process of the suite's namespaces: brings the loopback up, starts the engine, runs the command of its arguments.
// When it ends, the kernel ends all other processes of the namespaces, containers included.
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { startDaemon } from "./daemon.mjs";
import { run } from "./machine.mjs";

// The machine's own engine and its state are out of sight; so the suite's engine can take the usual place.
run("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]);
run("ip", ["link", "set", "lo", "up"]);

const folder = process.env.COMPOSE_HARDEN_RUN_FOLDER;
const daemon = await startDaemon({
  folder,
  data: join(folder, "data"),
  network: true,
  group: process.env.COMPOSE_HARDEN_RUN,
});
spawnSync("ln", ["-s", daemon.host.slice("unix://".length), "/run/docker.sock"]);

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: "inherit" });
for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"]) process.on(signal, () => child.kill(signal));
const code = await new Promise((resolve) =>
  child.on("error", () => resolve(127)).on("close", (status) => resolve(status ?? 1)),
);
await daemon.stop();
process.exit(code);
