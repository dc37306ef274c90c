import { spawnSync } from "node:child_process";
import { isGone } from "@compose-harden/engine";
import type { ImageIds } from "@compose-harden/rules";

/** Milliseconds for one answer. */
const TIMEOUT = 5000;

/** Asks the user's engine which images it has; one that cannot be asked is asked once. Nothing is pulled. */
export function imageIdsFrom(env: Readonly<Record<string, string>>): ImageIds {
  const known = new Map<string, string | undefined>();
  let isSilent = false;
  const ask = (image: string): string | undefined => {
    const args = ["image", "inspect", "--format", "{{.Id}}", "--", image];
    const options = { env, encoding: "utf8", timeout: TIMEOUT, windowsHide: true } as const;
    const { status, stdout, stderr } = spawnSync("docker", args, options);
    if (status !== 0) {
      isSilent = !isGone(stderr ?? "");
      return undefined;
    }
    const id = stdout.trim();
    return id.startsWith("sha256:") ? id : `sha256:${id}`;
  };
  return (image) => {
    if (!known.has(image) && !isSilent) known.set(image, ask(image));
    return known.get(image);
  };
}
