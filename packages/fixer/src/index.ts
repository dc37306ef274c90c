export { type Block, blocksOf, diff, linesOf } from "./diff.js";
export { applyEdits } from "./edits.js";
export { fix } from "./fix.js";
export { applyIntents, differences, intentsOf, type Place } from "./intents.js";
export type { Keeping, Policy } from "./policy.js";
export { applyDiff, type Undiffed } from "./undiff.js";
