import type { Intent, Move, Path } from "@compose-harden/model";
import { type Placement, type Reason, takenAway } from "../place/place.js";
import type { Ground } from "../place/project.js";
import { children, type Placed, resolved, scalarAround } from "../write/nodes.js";
import type { EnvFile } from "./env-file.js";
import { findPiece } from "./shown.js";

/**
 * Where a secret stands, and what takes its place: `${NAME:?}`, so that Compose says what is missing where the file is used
 * without its env file, instead of starting with an empty password.
 */
export function chooseMove(
  move: Move,
  ground: Ground,
  envFile: EnvFile,
  intents: readonly Intent[],
): Placement | Reason {
  const isGone = (intent: Intent) => intent.op === "unset" && intent.path.every((step, i) => step === move.path[i]);
  if (intents.some(isGone)) return move.renewed === true ? { kind: "placement", writes: [], shared: false } : takenAway;
  for (const at of placesOf(move.path, ground)) {
    const node = resolved(at.node);
    if (node?.kind !== "scalar") continue;
    const key = move.path.at(-1);
    const piece = findPiece(node.text, typeof key === "string" ? key : undefined, move);
    if (piece === undefined) continue;
    if (!ground.writable(at.tree.file)) return reason("unwritable-file", `\`${at.tree.file}\` is outside the project`);
    const { start, end, fallback } = piece;
    const value = move.renewed === true ? envFile.newFor(move.part) : move.part;
    const place = JSON.stringify([at.tree.file, node.start, start, end]);
    const name = envFile.nameFor({ part: value, names: move.names }, place, fallback?.name);
    if (name === undefined) return reason("interpolated", `\`${fallback?.name}\` has another value elsewhere`);
    const text = `\${${name}${fallback?.operator === "-" ? "?" : ":?"}}`;
    return {
      kind: "placement",
      writes: [{ kind: "fill", at: { ...at, node }, piece: { start, end, text } }],
      shared: false,
      variables: [[name, value]],
      ...(move.renewed === true ? { renewal: { move, by: value } } : {}),
    };
  }
  return reason("interpolated", "it is put together from variables and text, or stands there more than once");
}

function reason(refusal: Reason["refusal"], detail: string): Reason {
  return { kind: "reason", refusal, detail };
}

/** The scalars that a value or the members of a list come from. */
function placesOf(path: Path, ground: Ground): readonly Placed[] {
  const origin = ground.project.originsOf(path).at(-1);
  const tree = origin && ground.tree(origin.value.file);
  if (origin === undefined || tree === undefined) return [];
  const at = ground.node(origin) ?? scalarAround(tree, origin.value.start, origin.value.end);
  return at === undefined ? [] : at.node.kind === "seq" ? children(at) : [at];
}
