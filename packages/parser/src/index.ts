export { type Discovery, type DiscoveryOutcome, discover } from "./discover.js";
export { load } from "./load.js";
export { jsonText, type Rendered, type RenderOptions, renderConfig } from "./render/config.js";
export { parseSyntax } from "./syntax/parse.js";
export type * from "./syntax/tree.js";
export { yamlText } from "./render/yaml.js";
