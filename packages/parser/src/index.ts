export { type Discovery, type DiscoveryOutcome, discover } from "./discover.js";
export { type Document, readDocument } from "./document.js";
export { load } from "./load.js";
export { jsonText, type Rendered, type RenderOptions, renderConfig } from "./render/config.js";
export { type RenderedText, renderYaml, yamlText } from "./render/yaml.js";
export { readSuppressions, type SuppressionComments } from "./suppressions.js";
export { parseSyntax } from "./syntax/parse.js";
export type * from "./syntax/tree.js";
