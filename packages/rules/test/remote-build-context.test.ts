import { remoteBuildContext } from "../src/rules/remote-build-context.js";
import { table } from "./table.js";

const build = (context: string): string => `services: {web: {build: {context: '${context}'}}}`;
const commit = "0123456789abcdef0123456789abcdef01234567";
const found = ["services.web.build.context"];

table(remoteBuildContext, [
  { case: "image only", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "a folder", compose: build("."), finds: [] },
  { case: "a folder called like a repository", compose: build("./a.git"), finds: [] },
  { case: "no fragment", compose: build("https://github.com/a/b.git"), finds: found },
  { case: "short build", compose: "services: {web: {build: 'https://github.com/a/b.git#main'}}", finds: found },
  { case: "a branch", compose: build("https://github.com/a/b.git#main"), finds: found },
  { case: "a tag and a folder", compose: build("https://github.com/a/b.git#v1.2:docker"), finds: found },
  { case: "a commit", compose: build(`https://github.com/a/b.git#${commit}`), finds: [] },
  { case: "a commit and a folder", compose: build(`https://github.com/a/b.git#${commit}:docker`), finds: [] },
  {
    case: "a short commit is a name like any other",
    compose: build("https://github.com/a/b.git#0123456"),
    finds: found,
  },
  { case: "a checksum", compose: build(`https://github.com/a/b.git?ref=v1&checksum=${commit}`), finds: [] },
  { case: "git over SSH", compose: build("git@github.com:a/b.git"), finds: found },
  { case: "without encryption", compose: build("http://example.com/a.tar.gz"), finds: found },
  { case: "an archive", compose: build("https://example.com/a.tar.gz"), finds: [] },
  { case: "wrong type", compose: "services: {web: {build: [a]}}", finds: [] },
  {
    case: "an additional context",
    compose: "services: {web: {build: {context: ., additional_contexts: {x: 'https://github.com/a/b.git'}}}}",
    finds: ["services.web.build.additional_contexts.x"],
  },
]);
