import { dirname, join } from "node:path";
import { isMap, type Json, type Observation, type Project, positionAt, type Read } from "@compose-harden/model";
import { readDocument, yamlText } from "@compose-harden/parser";
import { type DisplayPath, escapeText } from "@compose-harden/report";
import { UsageError } from "../errors.js";
import { type Check, expected, flag, listOf, object, oneOf, text } from "./checks.js";

/** The file that `observe` writes beside the Compose file, and `fix` looks for there. */
const OBSERVED_NAME = "compose-harden.observed.yaml";

/** Where a project's observation lies: beside its first file. */
export function observationBeside({ files, directory }: Project): string {
  return join(dirname(files[0]?.path ?? join(directory, "compose.yaml")), OBSERVED_NAME);
}

const count: Check = (value, path) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0
    ? []
    : [expected(path, "a whole number, 0 or more", value)];

const containerPath: Check = (value, path) =>
  typeof value === "string" && value.startsWith("/") && !/[:,\n]/.test(value)
    ? []
    : [expected(path, "an absolute path without `:` and `,`", value)];

const time: Check = (value, path) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)
    ? []
    : [expected(path, "a time, such as 2027-01-31T12:00:00Z", value)];

const octal: Check = (value, path) =>
  typeof value === "string" && /^[0-7]{3,4}$/.test(value) ? [] : [expected(path, 'a mode, such as "1777"', value)];

const write = object(
  {
    path: containerPath,
    uid: count,
    gid: count,
    mode: octal,
    kind: oneOf(["scratch", "data"]),
    hides: oneOf(["nothing", "folders", "files", "unknown"]),
    exec: flag,
    bytes: count,
  },
  ["path", "kind", "hides"],
);

const port = object(
  {
    port: count,
    protocol: oneOf(["tcp", "udp"]),
    listens: flag,
    from: listOf(oneOf(["self", "project", "host", "elsewhere"])),
  },
  ["port", "protocol", "listens", "from"],
);

const service = object(
  {
    image: text,
    image_id: text,
    start: text,
    user: text,
    mounts: listOf(text),
    read_only: flag,
    runs: listOf(object({ container: text, from: time, to: time }, ["container", "from", "to"])),
    watched: count,
    writes: listOf(write),
    image_writes: listOf(text),
    written_mounts: listOf(text),
    memory_peak: count,
    pids_peak: count,
    users: listOf(text),
    ports: listOf(port),
    capabilities: listOf(text),
  },
  ["image", "image_id", "start", "user", "mounts", "read_only", "runs", "watched"],
);

const services: Check = (value, path) =>
  isMap(value)
    ? Object.entries(value).flatMap(([name, member]) => service(member, [...path, name]))
    : [expected(path, "a mapping", value)];

const version: Check = (value, path) => (value === 1 ? [] : [expected(path, "1", value)]);

const OBSERVATION = object({ version, services }, ["version", "services"]);

/** Reads an observation; undefined when there is no file. One that cannot be used is a `UsageError` with its place. */
export function readObservation(path: string, read: Read, display: DisplayPath): Observation | undefined {
  const result = read(path);
  if (result.kind === "missing") return undefined;
  if (result.kind !== "file") {
    const reason = result.kind === "directory" ? "is a directory" : result.reason;
    throw new UsageError(`the observation \`${escapeText(display(path))}\` ${reason}`);
  }
  const document = readDocument({ path, text: result.text });
  const fail = (offset: number, message: string): never => {
    const { line, column } = positionAt(result.text, offset);
    throw new UsageError(escapeText(`${display(path)}:${line}:${column}: ${message}`));
  };
  for (const { message, at } of document.problems) fail(at?.start ?? 0, message);
  for (const problem of OBSERVATION(document.data, [])) fail(document.placeOf(problem.path).start, problem.message);
  return document.data as unknown as Observation;
}

const HEAD = `# What \`compose-harden observe\` saw of the running services; \`compose-harden fix\` takes it as evidence.
# Holds no values of variables and no command lines. Watch again to add to it; delete it to forget.
`;

/** The text of an observation's file. */
export function formatObservation(observation: Observation): string {
  return HEAD + yamlText(observation as unknown as { readonly [key: string]: Json });
}
