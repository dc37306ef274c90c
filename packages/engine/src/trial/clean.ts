import type { Docker } from "../docker.js";
import { EngineError, isGone, lastLine } from "../errors.js";
import { TRIAL_LABEL } from "./copy.js";

/** Kinds of things that trials make, in the order in which they can be removed. */
const KINDS = [
  { list: ["ps", "--all", "--quiet", "--no-trunc"], remove: ["rm", "--force", "--volumes"] },
  { list: ["network", "ls", "--quiet", "--no-trunc"], remove: ["network", "rm"] },
  { list: ["volume", "ls", "--quiet"], remove: ["volume", "rm", "--force"] },
] as const;

/** Removes the containers, networks and volumes of a trial's project, named and anonymous ones. Throws `EngineError`. */
export async function removeProject(docker: Docker, project: string): Promise<void> {
  await removeLabelled(docker, `com.docker.compose.project=${project}`);
}

/** Removes everything that carries a trial's mark. Returns how many things it removed. Throws `EngineError`. */
export async function removeTrial(docker: Docker, mark: string): Promise<number> {
  return await removeLabelled(docker, `${TRIAL_LABEL}=${mark}`);
}

async function removeLabelled(docker: Docker, label: string): Promise<number> {
  let removed = 0;
  for (const { list, remove } of KINDS) {
    const ids = (await docker.run([...list, "--filter", `label=${label}`])).split("\n").filter((id) => id !== "");
    if (ids.length === 0) continue;
    const { code, stderr } = await docker.ask([...remove, ...ids]);
    if (code !== 0 && !isGone(stderr))
      throw new EngineError("failed", `a trial's remains cannot be removed: ${lastLine(stderr)}`);
    removed += ids.length;
  }
  return removed;
}

/** The marks of all trials of which something is left. Throws `EngineError`. */
export async function trialMarks(docker: Docker): Promise<readonly string[]> {
  const marks = new Set<string>();
  for (const { list } of KINDS) {
    const kind = list[0] === "ps" ? ["ps", "--all"] : [list[0], "ls"];
    const text = await docker.run([
      ...kind,
      "--filter",
      `label=${TRIAL_LABEL}`,
      "--format",
      `{{.Label "${TRIAL_LABEL}"}}`,
    ]);
    for (const mark of text.split("\n")) if (mark !== "") marks.add(mark);
  }
  return [...marks];
}
