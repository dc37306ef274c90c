import { startTexts } from "../programs/start-words.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Most texts hold neither program. */
const FETCHES = /curl|wget/;
const FETCH = /\b(curl|wget)\b[^;&]*/;
/** `/bin/`, `/usr/bin/env `, or nothing. */
const FOLDER = "(?:/(?:usr/)?(?:local/)?bin/)?(?:env\\s+(?:-S\\s+)?(?:\\w+=\\S+\\s+)*(?:/(?:usr/)?bin/)?)?";
const AS_ROOT = "(?:sudo\\s+(?:-\\w+\\s+)*)?";
const PIPED = new RegExp(`${FETCH.source}\\|\\s*${AS_ROOT}${FOLDER}(ba|z|da|a|k)?sh\\b`);
const PIPED_TO_LANGUAGE = new RegExp(
  `${FETCH.source}\\|\\s*${AS_ROOT}${FOLDER}(python3?|node|perl|ruby)\\b(?!\\s+-[cme]\\b)`,
);
const SUBSTITUTED = new RegExp(
  `(?:\\b(?:(?:ba|z|da)?sh|python3?|node|perl|ruby)\\s+(-c\\s+)?|\\b(?:eval|source)\\s+|(?:^|[\\s;&'"])\\.\\s+)["']?(<\\(|\\$\\(|\`)\\s*${FETCH.source}`,
);
/** Saved under a name, and that name run, by an interpreter or by itself; with a checksum or a signature between, it is not unseen. */
const SAVED =
  /\b(?:curl|wget)\b[^;&|]*?\s(?:-\w*[oO]|--output(?:-document)?)[\s=]+([^\s"';&|]+)(?:(?!\b(?:sha\d+|md5)sum\b|\bgpg\b)[\s\S])*?(?:[\s;&|](?:(?:ba|z|da|a)?sh|python3?|node)\s+(?:-\w+\s+)*|(?:[;&|]|\bexec|\n)\s*(?:\.\/)?)\1(?![\w.])/;

/** Nothing that was just downloaded is run unseen. */
export const pipedDownload: Rule = {
  id: "piped-download",
  summary: "no script is downloaded and run in one step, at start or in an inline build",
  topic: "supply-chain",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Building best practices, ADD or COPY (checksums of remote files)",
      url: "https://docs.docker.com/build/building/best-practices/#add-or-copy",
    },
    {
      title: "MITRE: CWE-494, Download of Code Without Integrity Check",
      url: "https://cwe.mitre.org/data/definitions/494.html",
    },
  ],
  frameworks: { owasp: ["13"] },

  reads: ["entrypoint", "command", "pre_start", "post_start", "build"],

  service(service, { report }) {
    for (const [at, text] of startTexts(service)) {
      if (!runsDownload(text)) continue;
      report({
        at,
        message: `\`${service.name}\` runs a script at start that it has just downloaded`,
        risk: "whoever controls that address, or the way to it, decides what runs here at the next start",
      });
    }
    const inline = service.get("build", "dockerfile_inline");
    if (typeof inline?.raw !== "string" || !stepsOf(inline.raw).some(runsDownload)) return;
    report({
      at: inline,
      message: `\`${service.name}\` runs a script in its build that it has just downloaded`,
      risk: "whoever controls that address, or the way to it, decides what the next build puts into the image",
    });
  },
};

function runsDownload(text: string): boolean {
  if (!FETCHES.test(text)) return false;
  const script = text.replace(/(^|\n|\s-\w*c )\s*#.*/g, "$1");
  return [PIPED, PIPED_TO_LANGUAGE, SUBSTITUTED, SAVED].some((form) => form.test(script));
}

/** What the `RUN` lines of a Dockerfile do, each as one line. */
function stepsOf(dockerfile: string): readonly string[] {
  const lines = dockerfile.replace(/^\s*#.*\n?/gm, "").replace(/\\\r?\n/g, " ");
  return Array.from(lines.matchAll(/^\s*RUN\s+(.+)$/gim), ([, step = ""]) => step);
}
