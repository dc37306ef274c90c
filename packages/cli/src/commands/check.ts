import { counted, type Format } from "@compose-harden/report";
import { EXIT, type ExitCode } from "../errors.js";
import { displayFrom, type Host } from "../host.js";
import { exitCodeOf, type Inspection, type InspectOptions, inspect } from "../inspect.js";
import { type Destination, destinationsFrom, formatReport, writeReports } from "../output.js";
import { formatBaseline } from "../settings/baseline.js";

/** Options of `check`. */
export interface CheckOptions extends InspectOptions {
  readonly format: Format;
  /** `FORMAT=FILE` or `FILE`, whose ending tells the format. */
  readonly output?: readonly string[];
  readonly quiet?: boolean;
}

/** `compose-harden check`: says what is unsafe. */
export async function runCheck(paths: readonly string[], options: CheckOptions, host: Host): Promise<ExitCode> {
  const destinations = destinationsFrom(options.output ?? [], host);
  const inspection = inspect(paths, options, host);
  if (options.updateBaseline === true) return updateBaseline(inspection, host);
  const isWhole = options.rule === undefined && options.service === undefined;
  if (isWhole && inspection.gone > 0 && options.quiet !== true) {
    host.say(
      `note: ${counted(inspection.gone, "finding")} of the baseline not seen in this run; \`--update-baseline\` takes out what is mended\n`,
    );
  }
  await report(inspection, paths, options, destinations, host);
  return exitCodeOf(inspection, options);
}

async function updateBaseline({ checked, reading }: Inspection, host: Host): Promise<ExitCode> {
  const { files, unreadable } = reading;
  if (unreadable.length > 0) return EXIT.error;
  const display = displayFrom(host.cwd);
  const paths = [...new Set(checked.map(({ baseline }) => baseline.path))];
  const changes = paths.map((path) => {
    const results = checked.filter(({ baseline }) => baseline.path === path).map(({ result }) => result);
    const before = files.read(path);
    return {
      path,
      before: before.kind === "file" ? { path, text: before.text } : undefined,
      after: formatBaseline(path, results),
    };
  });
  const { writeChanges } = await import("../files/write.js");
  writeChanges(changes, files, display);
  const total = checked.reduce((sum, { result }) => sum + result.findings.length, 0);
  host.say(`${counted(total, "finding")} written to ${paths.map(display).join(", ")}\n`);
  return EXIT.ok;
}

async function report(
  { checked, results, reading }: Inspection,
  paths: readonly string[],
  options: CheckOptions,
  destinations: readonly Destination[],
  host: Host,
): Promise<void> {
  const source = { results, projects: reading.projects, files: reading.files };
  const isFile = !paths.includes("-") && options.file?.includes("-") !== true;
  const fixCommand = isFile ? ["compose-harden fix", ...paths.map(shellWord)].join(" ") : undefined;
  await writeReports(destinations, source, host);
  if (options.quiet === true || (options.format === "text" && checked.length === 0)) return;
  const shown = options.format === "text" ? { ...source, results: checked.map(({ result }) => result) } : source;
  host.print(
    await formatReport(options.format, shown, host, {
      ...host.out,
      ...(fixCommand === undefined ? {} : { fixCommand }),
    }),
  );
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
