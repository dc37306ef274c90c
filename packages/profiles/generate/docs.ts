import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ADJUSTMENTS, CONDITIONS, type EvidenceKind, KIND_GRADES, SAFE_GRADES } from "../src/index.js";

const KINDS: Readonly<Record<EvidenceKind, string>> = {
  "vendor-doc": "documentation of the project or of the image's vendor",
  "vendor-manifest": "a Compose file or chart that the vendor publishes",
  experiment:
    "run by this project; A when the image itself ran, B when its software ran from packages with its start script",
  "ci-deployed": "a public catalogue deploys it this way in CI and waits for it to be healthy",
  "third-party-doc": "documentation by others, or a fork",
  "k8s-sighting": "an operator keeps it so in a public repository (Kubernetes)",
  "compose-sighting": "an operator keeps it so in a public repository (Compose)",
  dockerfile: "read from the image's Dockerfile; facts such as ports and users are certain, behaviour is a conclusion",
  entrypoint: "read from the image's start script, likewise",
};

/** Tables of docs/profiles.md and docs/grades.md that the code decides. */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  const kinds = {
    kinds: table(
      ["kind", "what it is", "grade"],
      Object.entries(KIND_GRADES).map(([kind, grade]) => [`\`${kind}\``, KINDS[kind as EvidenceKind], grade]),
    ),
  };
  const decisions = {
    fixes: table(
      ["fix", "safe", "review", "never"],
      [
        [
          "`cap_drop: [ALL]` with `cap_add`",
          grades("capabilities"),
          "otherwise",
          "it needs the host's namespaces or privileges",
        ],
        ["`no-new-privileges:true`", grades("no_new_privileges"), "otherwise", "its start raises privileges"],
        [
          "`read_only: true` with `tmpfs`",
          "documented, its condition checkable or none; or measured and seen with two operators; or seen with three and the image starts unprivileged",
          "otherwise",
          "its start script writes into the image",
        ],
        [
          "`user`",
          "never: who owns existing data cannot be seen in the file",
          "a user is known",
          "the image already starts unprivileged",
        ],
        ["`pids_limit`", `${grades("pids")}, at least 512 and ten times what was measured`, "otherwise", ""],
        [
          "`mem_limit`, `cpus`",
          "the vendor limits this image itself to it; more than one processor: never",
          "otherwise",
          "",
        ],
      ],
    ),
    conditions: table(["", "review when", "for"], CONDITIONS.map(row)),
    adjustments: table(["", "when", "for"], ADJUSTMENTS.map(row)),
  };
  const page = (file: string, parts: Readonly<Record<string, string>>): readonly [string, string] => [
    file,
    Object.entries(parts).reduce(
      (text, [name, body]) => replacePart(file, text, name, body),
      readFileSync(join(root, file), "utf8"),
    ),
  ];
  return new Map([page("docs/profiles.md", kinds), page("docs/grades.md", decisions)]);
}

function grades(control: keyof typeof SAFE_GRADES): string {
  return `grade ${SAFE_GRADES[control].join(" or ")}`;
}

function row({
  id,
  summary,
  controls,
}: {
  id: string;
  summary: string;
  controls: readonly string[];
}): readonly string[] {
  return [id, summary, controls.join(", ")];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

function replacePart(file: string, text: string, part: string, body: string): string {
  const [start, end] = [`<!-- ${part}:start -->\n`, `<!-- ${part}:end -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`${file} lacks the marks of its part \`${part}\``);
  return `${text.slice(0, from + start.length)}\n${body}\n\n${text.slice(to)}`;
}
