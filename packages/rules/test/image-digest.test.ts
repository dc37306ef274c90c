import { imageDigest } from "../src/rules/image-digest.js";
import { table } from "./table.js";

const image = (name: string): string => `services: {web: {image: '${name}'}}`;
const digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

table(imageDigest, [
  { case: "build only", compose: "services: {web: {build: .}}", finds: [] },
  { case: "a tag", compose: image("nginx:1.29"), finds: ["services.web.image"] },
  { case: "a tag and a digest", compose: image(`nginx:1.29@${digest}`), finds: [] },
  { case: "a digest", compose: image(`nginx@${digest}`), finds: [] },
  { case: "a moving tag is another rule's", compose: image("nginx:latest"), finds: [] },
  { case: "no tag is another rule's", compose: image("nginx"), finds: [] },
  { case: "a variable without a value", compose: image("nginx:${TAG:?}"), finds: [] },
  { case: "a variable with a default", compose: image("nginx:${TAG:-1.29}"), finds: ["services.web.image"] },
  { case: "built here", compose: "services: {web: {build: ., image: 'app:1'}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: [a]}}", finds: [] },
]);
