import type { Argument, Command, Option } from "commander";

/** What an option or argument takes, told by the name in its brackets: `--file <file>`. */
export type Value =
  | { readonly kind: "file" | "directory" | "rule" | "severity" | "threshold" | "text" }
  | { readonly kind: "words"; readonly words: readonly string[] };

/** An option as shells and manuals describe it. */
export interface OptionEntry {
  readonly short: string | undefined;
  readonly long: string;
  readonly summary: string;
  /** Undefined for a switch. */
  readonly value: Value | undefined;
  /** The name in brackets, without them. */
  readonly valueName: string | undefined;
  /** True where the value may be left out; it then follows a `=` only. */
  readonly isValueOptional: boolean;
}

/** A command as shells and manuals describe it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** As it is typed: `[paths...]`. */
  readonly usage: string;
  readonly options: readonly OptionEntry[];
  /** What its arguments are; undefined where it takes none. */
  readonly arguments: Value | undefined;
}

/** The command line as data. */
export interface CommandTable {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** The command that a line without one means. */
  readonly defaultCommand: string;
  readonly options: readonly OptionEntry[];
  readonly commands: readonly CommandEntry[];
}

/** Reads the table off the program itself, so that it cannot differ from it. */
export function tableOf(program: Command, defaultCommand = "check"): CommandTable {
  const helper = program.createHelp();
  const shown = helper.visibleCommands(program);
  return {
    name: program.name(),
    description: program.description(),
    version: program.version() ?? "",
    defaultCommand,
    options: helper.visibleOptions(program).map(optionEntry),
    commands: program.commands
      .filter((command) => shown.includes(command))
      .map((command) => ({
        name: command.name(),
        summary: command.summary(),
        description: command.description(),
        usage: command.registeredArguments.map(argumentText).join(" "),
        options: helper
          .visibleOptions(command)
          .filter(({ long }) => long !== "--help")
          .map(optionEntry),
        arguments: argumentValue(command),
      })),
  };
}

function optionEntry({ short, long, description, flags, required, optional, argChoices }: Option): OptionEntry {
  const valueName = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1];
  return {
    short,
    long: long ?? "",
    summary: description,
    value: required || optional ? valueNamed(valueName ?? "", argChoices) : undefined,
    valueName,
    isValueOptional: optional,
  };
}

function argumentValue({ registeredArguments: [first] }: Command): Value | undefined {
  return first === undefined ? undefined : valueNamed(first.name(), first.argChoices);
}

function argumentText(argument: Argument): string {
  const text = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${text}>` : `[${text}]`;
}

const KINDS: Readonly<Record<string, Exclude<Value["kind"], "words">>> = {
  file: "file",
  paths: "file",
  reports: "file",
  directory: "directory",
  rule: "rule",
  rules: "rule",
  names: "rule",
  severity: "severity",
  threshold: "threshold",
};

function valueNamed(name: string, choices: readonly string[] | undefined): Value {
  return choices === undefined ? { kind: KINDS[name] ?? "text" } : { kind: "words", words: choices };
}
