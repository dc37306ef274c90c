// What other programs of this repository use of the command line: the same reading, checking and fixing.
export { EXIT, type ExitCode, UsageError } from "./errors.js";
export { version } from "./generated/version.js";
export { displayFromRoot, type Host } from "./host.js";
export {
  exitCodeOf,
  fingerprintsOf,
  type Inspection,
  type InspectOptions,
  inspect,
  withoutKnown,
} from "./inspect.js";
export { destinationsFrom, formatReport, writeReports } from "./output.js";
export { type FixWanted, fixWanted, unsafeFrom, type WantedPatch } from "./wanted.js";
