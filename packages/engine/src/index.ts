export * from "./changes.js";
export * from "./container.js";
export { type ContainerFilter, inspectContainers, listContainers } from "./containers.js";
export * from "./docker.js";
export * from "./engine.js";
export { EngineError, type EngineFailure } from "./errors.js";
export * from "./image.js";
export * from "./processes.js";
export * from "./stats.js";
