export * from "./audit.js";
export * from "./finding.js";
export * from "./fix.js";
export * from "./json.js";
export * from "./patch.js";
export * from "./project.js";
export * from "./source.js";
export * from "./suppression.js";
