// Says where in the sources the stack of a bug points: `npm run stack < report.txt`, in a checkout of the version it names.
import { SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { bundleProgram } from "./bundle.mjs";
import { program, root } from "./workspace.mjs";

const map = new SourceMap(JSON.parse((await bundleProgram()).map));
const report = await text(process.stdin);
process.stdout.write(
  report.replaceAll(/[^(\n]*compose-harden\.js:(\d+):(\d+)/g, (place, line, column) => {
    const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
    if (originalSource === undefined) return place;
    const source = relative(root, resolve(dirname(program), originalSource));
    return `${source}:${originalLine + 1}:${originalColumn + 1}`;
  }),
);
