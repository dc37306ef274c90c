export { type Advice, advise } from "./advice.js";
export * from "./advise/capabilities.js";
export * from "./advise/limits.js";
export * from "./advise/privileges.js";
export * from "./advise/read-only.js";
export * from "./advise/release.js";
export * from "./advise/user.js";
export { ADJUSTMENTS, CONDITIONS, type Condition } from "./conditions.js";
export * from "./describe.js";
export * from "./facts.js";
export {
  type Grade,
  gradeOf,
  isRoot,
  KIND_GRADES,
  readOnlyIsSafe,
  SAFE_GRADES,
  type StartMode,
  setsUser,
  startsUnprivileged,
} from "./grade.js";
export * from "./image.js";
export * from "./lookup.js";
export * from "./memory.js";
export * from "./ports.js";
export * from "./profile.js";
export * from "./renewal.js";
export * from "./version.js";
