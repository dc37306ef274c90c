import type { Patch, Read } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { applyDiff, diff } from "../src/index.js";

const files: Readonly<Record<string, string>> = {
  "/p/compose.yaml": "services:\n  web:\n    image: nginx\n",
  "/p/crlf.yaml": "a: 1\r\nb: 2\r\n",
  "/p/open.yaml": "a: 1",
};
const read: Read = (path) => {
  const text = files[path];
  return text === undefined ? { kind: "missing" } : { kind: "file", text };
};

const changed = (path: string, after: string): Patch["changes"][number] => {
  const text = files[path];
  return { path, before: text === undefined ? undefined : { path, text }, after };
};

describe("applyDiff", () => {
  it.each([
    ["/p/compose.yaml", "services:\n  web:\n    image: nginx\n    read_only: true\n"],
    ["/p/compose.yaml", "services:\n  web:\n    read_only: true\n"],
    ["/p/crlf.yaml", "a: 1\r\nb: 3\r\n"],
    ["/p/open.yaml", "a: 2"],
    ["/p/new/secret.txt", "made\n"],
  ])("gives %s its text from what `diff` prints", (path, after) => {
    const text = diff({ changes: [changed(path, after)], applied: [], refused: [], held: [] }, "/p");
    expect(applyDiff(text, "/p", read)).toEqual({ ok: true, texts: new Map([[path, after]]) });
  });

  it.each([
    ["", /no unified diff/],
    ["hello\n", /no unified diff/],
    ["--- a/gone.yaml\n+++ b/gone.yaml\n@@ -1 +1 @@\n-a\n+b\n", /`gone\.yaml` cannot be read/],
    ["--- a/compose.yaml\n+++ b/compose.yaml\n@@ -1 +1 @@\n-other\n+b\n", /not the file it was made for/],
    ["--- a/../x.yaml\n+++ b/../x.yaml\n@@ -1 +1 @@\n-a\n+b\n", /outside of the directory/],
    ["--- a/compose.yaml\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-services:\n-  web:\n-    image: nginx\n", /removes/],
  ])("refuses %j", (text, problem) => {
    expect(applyDiff(text, "/p", read)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });
});
