export * from "./advice.js";
export * from "./check.js";
export * from "./config.js";
export { rules } from "./generated/rules.js";
export * from "./pages.js";
export * from "./rule.js";
export * from "./settings.js";
export * from "./severity.js";
export type { Sizes } from "./sizes.js";
