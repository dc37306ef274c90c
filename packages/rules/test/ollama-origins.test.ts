import { ollamaOrigins } from "../src/rules/ollama-origins.js";
import { table } from "./table.js";

const of = (origins: string): string =>
  `services: {web: {image: ollama/ollama, environment: {OLLAMA_ORIGINS: ${origins}}}}`;
const found = ["services.web.environment.OLLAMA_ORIGINS"];

table(ollamaOrigins, [
  { case: "absent", compose: "services: {web: {image: ollama/ollama}}", finds: [] },
  { case: "star", compose: of('"*"'), finds: found },
  {
    case: "list form",
    compose: "services: {web: {image: ollama/ollama, environment: ['OLLAMA_ORIGINS=*']}}",
    finds: found,
  },
  { case: "star with a scheme", compose: of('"http://*"'), finds: found },
  { case: "star among others", compose: of('"http://localhost, *"'), finds: found },
  { case: "a name", compose: of("https://chat.example.com"), finds: [] },
  { case: "every extension of a browser", compose: of('"chrome-extension://*"'), finds: [] },
  { case: "a part of a name", compose: of('"https://*.example.com"'), finds: [] },
  { case: "empty", compose: of('""'), finds: [] },
  { case: "a default", compose: of('"${ORIGINS:-*}"'), finds: found },
  {
    case: "an image built here",
    compose: 'services: {web: {build: ., environment: {OLLAMA_ORIGINS: "*"}}}',
    finds: found,
  },
  {
    case: "another product",
    compose: 'services: {web: {image: redis, environment: {OLLAMA_ORIGINS: "*"}}}',
    finds: [],
  },
]);
