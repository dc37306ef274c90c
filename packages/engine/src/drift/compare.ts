import type { Difference, Pair } from "./difference.js";
import { files } from "./files.js";
import { network } from "./network.js";
import { privileges } from "./privileges.js";
import { program } from "./program.js";
import { resources } from "./resources.js";

/** Everything in which a container is not what the file says of its service; what is weaker comes first. */
export function compareContainer(pair: Pair): readonly Difference[] {
  const all = [program, privileges, network, files, resources].flatMap((compare) => [...compare(pair)]);
  return [...all.filter(({ weaker }) => weaker), ...all.filter(({ weaker }) => !weaker)];
}
