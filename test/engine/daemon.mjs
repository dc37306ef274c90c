// A container engine of the suite's own: it ends with the process that started it, whatever ends that one.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLine } from "./machine.mjs";

/**
 * Starts dockerd and waits until it answers. `folder` gets its log and its sockets, `data` holds images, containers and volumes.
 * Storage: overlay2 where the file system of `data` has it, else vfs. `network` is false for an engine that only builds.
 */
export async function startDaemon({ folder, data, network, group }) {
  const failures = [];
  for (const storage of ["overlay2", "vfs"]) {
    for (const firewall of network ? [true, false] : [false]) {
      const daemon = await tryDaemon({ folder, data, network, group, storage, firewall });
      if (daemon.error === undefined) return daemon;
      failures.push(`${storage}${firewall ? "" : " without iptables"}: ${daemon.error}`);
    }
  }
  throw new Error(`dockerd does not start\n${failures.join("\n")}`);
}

async function tryDaemon({ folder, data, network, group, storage, firewall }) {
  mkdirSync(join(folder, "run"), { recursive: true });
  const socket = join(folder, "run", "docker.sock");
  const log = join(folder, "dockerd.log");
  const output = openSync(log, "w");
  const args = [
    ...[
      "--data-root",
      data,
      "--exec-root",
      join(folder, "run", "exec"),
      "--pidfile",
      join(folder, "run", "docker.pid"),
    ],
    ...["-H", `unix://${socket}`, `--storage-driver=${storage}`, "--exec-opt", "native.cgroupdriver=cgroupfs"],
    ...["--cgroup-parent", `/${group}`, "--config-file", join(folder, "run", "none.json")],
    ...(network ? [] : ["--bridge=none"]),
    ...(firewall ? [] : ["--iptables=false", "--ip6tables=false"]),
  ];
  writeFileSync(join(folder, "run", "none.json"), "{}");
  const child = spawn("setpriv", ["--pdeathsig", "TERM", "dockerd", ...args], { stdio: ["ignore", output, output] });
  let gone = false;
  child.on("exit", () => {
    gone = true;
  });
  const host = `unix://${socket}`;
  for (let tries = 0; tries < 240 && !gone; tries++) {
    if (spawnSync("docker", ["-H", host, "version"], { stdio: "ignore" }).status === 0) {
      return { host, stop: () => stopped(child) };
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await stopped(child);
  return { error: lastLine(readFileSync(log, "utf8")) };
}

async function stopped(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 30_000);
  await end;
  clearTimeout(timer);
}
