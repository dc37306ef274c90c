// Docker Compose, built from its Go module: Debian has none of version 5.
import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { say } from "../../scripts/workspace.mjs";
import { cached, isInstalled, run, Unavailable } from "./machine.mjs";

const version = "v5.6.0";

/** The folder that holds `docker-compose`. */
export async function buildCompose() {
  return await cached("compose", version, async (folder) => {
    if (!isInstalled("go")) throw new Unavailable("needs Go, to build Docker Compose");
    say(`building Docker Compose ${version} (once)`);
    const { Dir } = JSON.parse(run("go", ["mod", "download", "-json", `github.com/docker/compose/v5@${version}`]));
    const source = join(folder, "source");
    cpSync(Dir, source, { recursive: true });
    run("chmod", ["-R", "u+w", source]);
    mkdirSync(join(folder, "bin"));
    const flags = [
      "-trimpath",
      "-buildvcs=false",
      "-ldflags",
      `-s -w -X github.com/docker/compose/v5/internal.Version=${version}`,
    ];
    await finished(
      spawn("go", ["build", ...flags, "-o", join(folder, "bin", "docker-compose"), "./cmd"], { cwd: source }),
    );
    run("rm", ["-rf", source]);
    chmodSync(join(folder, "bin", "docker-compose"), 0o755);
  }).then((folder) => join(folder, "bin"));
}

async function finished(child) {
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`Docker Compose cannot be built\n${said.slice(-2000)}`);
}
