import { expect } from "vitest";
import { pullAlways } from "../src/rules/pull-always.js";
import { table } from "./table.js";

const web = (image: string, policy: string): string => `services: {web: {image: '${image}', pull_policy: ${policy}}}`;
const found = ["services.web.pull_policy"];

table(pullAlways, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  {
    case: "a moving tag",
    compose: web("nginx:latest", "always"),
    finds: found,
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ op: "set", value: "missing" }]),
  },
  { case: "no tag", compose: web("nginx", "always"), finds: found },
  { case: "a tag that nobody has set", compose: web("${I:-a/b}:${T:-$VERSION}", "always"), finds: [] },
  { case: "daily", compose: web("nginx", "daily"), finds: found },
  { case: "every so often", compose: web("nginx", "every_12h"), finds: found },
  { case: "a version", compose: web("nginx:1.29.3", "always"), finds: [] },
  { case: "a digest", compose: web(`nginx:latest@sha256:${"a".repeat(64)}`, "always"), finds: [] },
  { case: "missing", compose: web("nginx", "missing"), finds: [] },
  { case: "never", compose: web("nginx", "never"), finds: [] },
  { case: "a variable", compose: web("nginx", "'${P:-always}'"), finds: found },
  { case: "built here", compose: "services: {web: {build: ., image: a, pull_policy: always}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: a, pull_policy: [always]}}", finds: [] },
  { case: "merge key", compose: "x-p: &p {pull_policy: always}\nservices: {web: {<<: *p, image: a}}", finds: found },
]);
