export { diff } from "./diff.js";
export { applyEdits } from "./edits.js";
export { fix } from "./fix.js";
export { applyIntents, firstDifference } from "./intents.js";
export type { Policy } from "./policy.js";
