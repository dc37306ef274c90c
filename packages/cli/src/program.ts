import { FORMATS } from "@compose-harden/report";
import { Argument, Command, Option, type OutputConfiguration } from "commander";
import type { AuditOptions } from "./commands/audit.js";
import type { CheckOptions } from "./commands/check.js";
import type { Shell } from "./commands/completion.js";
import type { ConfigOptions } from "./commands/config.js";
import type { FixOptions } from "./commands/fix.js";
import type { InitOptions } from "./commands/init.js";
import type { MergeOptions } from "./commands/merge.js";
import type { ObserveOptions } from "./commands/observe.js";
import type { RulesOptions } from "./commands/rules.js";
import type { TrialOptions } from "./commands/trial.js";
import type { VerifyOptions } from "./commands/verify.js";
import { EXIT, type ExitCode } from "./errors.js";
import { version } from "./generated/version.js";
import type { Host } from "./host.js";
import type { SelectOptions } from "./options.js";

/** What the program wants to know before a command runs: how to print. */
export interface GlobalOptions {
  readonly color?: boolean;
}

/** Makes the host when colour options are known. */
export type MakeHost = (options: GlobalOptions) => Host;

/** The command line. Help and mistakes go to `output`; `done` receives the exit code of the command that ran. */
export function makeProgram(makeHost: MakeHost, output: OutputConfiguration, done: (code: ExitCode) => void): Command {
  const program = new Command("compose-harden")
    .description(
      "Find what is unsafe in Docker Compose stacks, and fix it with a patch that provably changes nothing else.",
    )
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .addOption(new Option("--color", "print colours even when nobody looks"))
    .addOption(new Option("--no-color", "print no colours (also: NO_COLOR, FORCE_COLOR)"))
    .showSuggestionAfterError()
    .configureOutput(output);

  const host = (command: Command): Host => makeHost(command.optsWithGlobals<GlobalOptions>());

  readingOptions(
    program
      .command("check [paths...]", { isDefault: true })
      .summary("say what is unsafe (the default command)")
      .description(
        "Say what is unsafe. A path is a file, a directory to search, or `-` for standard input. A file that Docker loads by default in its directory stands for the whole project there, override file included; any other file is read alone.",
      ),
  )
    .addOption(new Option("--format <format>", "how to print").choices(FORMATS).default("text"))
    .option(
      "-o, --output <file>",
      "write a report to this file as well; its ending tells the format, or `FORMAT=FILE` (repeatable)",
      collect,
    )
    .option("--min-severity <severity>", "show findings from this severity on (default: info)")
    .option("--fail-on <threshold>", "exit with 1 from this severity on; `none`: never (default: low)")
    .option("--strict", "exit with 2 if any part could not be read, or Docker refuses the project")
    .option("-q, --quiet", "print nothing but errors; the exit code tells")
    .option("--baseline <file>", "known findings that do not fail the run (default: compose-harden.baseline.json)")
    .option("--update-baseline", "write the findings of now to the baseline")
    .option(
      "--changed-since <commit>",
      "only projects that read a file which changed since git parted from this commit",
    )
    .option("--shard <part/parts>", "only this part of the projects, such as 2/8; `merge` puts the reports together")
    .option("--no-cache", "do not use or keep what earlier runs found in the same files")
    .action(async (paths: string[], options: CheckOptions, command: Command) => {
      const { runCheck } = await import("./commands/check.js");
      done(await runCheck(paths, await withRules(options), host(command)));
    });

  readingOptions(
    program
      .command("fix [paths...]")
      .summary("print the patch that mends it, or write it")
      .description(
        "Print a unified diff that mends what is unsafe, for `git apply` or `patch -p1`; the summary goes to standard error. Every change is proven: reloading the edited files gives exactly the old project plus the named changes.",
      ),
  )
    .option("-w, --write", "write the files instead of printing the diff")
    .option("-i, --interactive", "walk through the fixes one by one, like `git add -p`, and write the accepted ones")
    .option("--check", "print no diff; exit with 1 if something is to fix")
    .option(
      "--unsafe [rules]",
      "include fixes that may stop something from working: all, or those of `=rule,service,…`",
    )
    .option(
      "--new-secrets",
      "replace secrets that everybody knows by new ones, in the env file: for a stack that has not started yet",
    )
    .option("--bind-variable [name]", "bind ports to `${NAME:-127.0.0.1}` (default name: BIND_ADDR)")
    .option("--overlay <file>", "leave the files alone and put every change into this override file")
    .option("--verify <how>", "`docker`: let `docker compose config` prove the patch as well, or write nothing")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .option("--strict", "exit with 2 if any part could not be read, or Docker refuses the project")
    .option("-q, --quiet", "no summary")
    .action(async (paths: string[], options: FixOptions, command: Command) => {
      const { runFix } = await import("./commands/fix.js");
      done(await runFix(paths, await withRules(options), host(command)));
    });

  readingOptions(
    program
      .command("audit [paths...]")
      .summary("print the table of services: reach, login, limits, secrets, pinned images, and a grade")
      .description(
        "Print a table of the services: from where their ports answer, what login stands before them, whether privileges, file system and resources are limited, secrets kept out of the file and images pinned. The grade is that of the worst finding: A nothing, B low, C medium, D high, F critical.",
      ),
  )
    .addOption(new Option("--format <format>", "how to print").choices(["text", "markdown", "json"]).default("text"))
    .action(async (paths: string[], options: AuditOptions, command: Command) => {
      const { runAudit } = await import("./commands/audit.js");
      done(runAudit(paths, await withRules(options), host(command)));
    });

  program
    .command("merge <reports...>")
    .summary("put the reports of several runs together")
    .description(
      "Put JSON or SARIF reports together. Those of the parts of one run (`check --shard`) become the report that one run over all projects would have made, byte for byte; a missing part is an error. Reports of separate runs are joined in the order given.",
    )
    .option("-o, --output <file>", "write the report to this file instead of printing it")
    .option("--fail-on <threshold>", "exit with 1 from this severity on (default: none)")
    .action(async (reports: string[], options: MergeOptions, command: Command) => {
      const { runMerge } = await import("./commands/merge.js");
      done(runMerge(reports, options, host(command)));
    });

  program
    .command("explain <names...>")
    .summary("print the page of a rule, or what is known about an image")
    .description(
      "Print the page of a rule: why it matters, when to leave it, what its fix changes and what may stop working. For an image (`postgres:17`, `ollama/ollama`): its ports, login, writable paths, capabilities and limits as far as they are known, each with its source, and when its secrets are due.",
    )
    .action(async (names: string[], _options: object, command: Command) => {
      const { runExplain } = await import("./commands/rules.js");
      done(await runExplain(names, host(command)));
    });

  program
    .command("rules")
    .summary("list the rules")
    .description("List the rules with their severity; those of a guide under its sections.")
    .addOption(frameworkOption())
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .action(async (options: RulesOptions, command: Command) => {
      const { runRules } = await import("./commands/rules.js");
      done(runRules(options, host(command)));
    });

  composeOptions(
    program
      .command("config [paths...]")
      .summary("print what Docker reads, and where each value comes from")
      .description(
        "Print the effective model as `docker compose config` does, values of secrets included; with `--origins`, where each value was written. Exit with 2 and the reason if Docker refuses the project.",
      ),
  )
    .addOption(new Option("--format <format>", "how to print").choices(["yaml", "json"]).default("yaml"))
    .option("--origins", "print where each value comes from instead")
    .action(async (paths: string[], options: ConfigOptions, command: Command) => {
      const { runConfig } = await import("./commands/config.js");
      done(runConfig(paths, options, host(command)));
    });

  composeOptions(
    program
      .command("observe [paths...]")
      .summary("watch the running project and note what its services need")
      .description(
        "Watch the running containers of a project and write what was seen to compose-harden.observed.yaml beside the Compose file: the paths each service wrote, the most memory and processes it used, its users, ports and capabilities. `fix` takes it as evidence. What was written is known since each container's start; watching longer adds to what is known. Nothing of the project is changed.",
      ),
  )
    .option("--for <time>", "how long: 90s, 10m, 2h, 1d", "10m")
    .option("-o, --output <file>", "write to this file instead")
    .option("--service <service>", "only this service (repeatable)", collect)
    .option("-q, --quiet", "no progress and no remarks")
    .action(async (paths: string[], options: ObserveOptions, command: Command) => {
      const { runObserve } = await import("./commands/observe.js");
      done(await untilInterrupted((stop) => runObserve(paths, options, host(command), stop)));
    });

  composeOptions(
    program
      .command("verify [paths...]")
      .summary("say in what the running containers are not what the files say")
      .description(
        "Compare the running containers with the files, service by service: published addresses, privileges, security options, capabilities, user, limits, networks, image, mounts, variables and the rest; and the machine's listening sockets with the ports that the project publishes. Each difference comes with the command that mends it. Exit with 1 if there is one, with 2 if it cannot look. Nothing is changed.",
      ),
  )
    .option("--service <service>", "only this service (repeatable)", collect)
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .action(async (paths: string[], options: VerifyOptions, command: Command) => {
      const { runVerify } = await import("./commands/verify.js");
      done(await runVerify(paths, options, host(command)));
    });

  program
    .command("init")
    .summary("set up the configuration, the commit hook and the CI job of a repository")
    .description(
      "Look at the repository (its Compose projects, its CI, its hook manager), show the files that set compose-harden up in it, and write them. No file that is there already is touched: what to add to it is printed.",
    )
    .option("-y, --yes", "write without asking")
    .option("--dry-run", "only show what would be written")
    .addOption(
      new Option("--ci <system...>", "for this CI system, whatever the repository shows (repeatable)").choices([
        "github",
        "gitlab",
        "forgejo",
        "none",
      ]),
    )
    .addOption(
      new Option("--hook <manager>", "for this hook manager, whatever the repository shows").choices([
        "pre-commit",
        "lefthook",
        "husky",
        "none",
      ]),
    )
    .action(async (options: InitOptions, command: Command) => {
      const { runInit } = await import("./commands/init.js");
      done(await runInit(options, host(command)));
    });

  program
    .command("completion")
    .summary("print a script that completes the command line in bash, zsh or fish")
    .description(
      "Print a script that lets a shell complete commands, options, rules and files: `source <(compose-harden completion bash)` in ~/.bashrc, `source <(compose-harden completion zsh)` in ~/.zshrc behind compinit, `compose-harden completion fish | source` in ~/.config/fish/config.fish.",
    )
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .action(async (shell: Shell, _options: object, command: Command) => {
      const [{ runCompletion }, { tableOf }] = await Promise.all([
        import("./commands/completion.js"),
        import("./command-table.js"),
      ]);
      done(runCompletion(shell, tableOf(program), host(command)));
    });

  readingOptions(
    program
      .command("trial [paths...]")
      .summary("start a copy of the stack with the fixes, and say what breaks")
      .description(
        "Start a copy of the project as it is and with the fixes that `fix` would write, and say for each service whether it survives and which setting is to blame if not. The copy has fresh volumes and networks of its own and publishes no port; configuration files are mounted read-only. It is always removed. Nothing of the project is touched.",
      ),
  )
    .option(
      "--unsafe [rules]",
      "try also fixes that may stop something from working: all, or those of `=rule,service,…`",
    )
    .option("--overlay <file>", "try what this override file changes instead of the fixes")
    .option("--patch <file>", "try what this unified diff changes instead of the fixes")
    .option("--timeout <time>", "how long one start may take", "90s")
    .option("--settle <time>", "how long a service without health check has to run", "8s")
    .option("--online", "let the copy reach the network outside; without it, its containers reach only each other")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .option("-q, --quiet", "no progress")
    .action(async (paths: string[], options: TrialOptions, command: Command) => {
      const { runTrial } = await import("./commands/trial.js");
      done(await untilInterrupted((stop) => runTrial(paths, options, host(command), stop)));
    });

  program.command("trial-watchdog <mark>", { hidden: true }).action(async (mark: string) => {
    const { watch } = await import("./trial/remains.js");
    await watch(mark);
  });

  for (const command of [program, ...program.commands]) command.exitOverride();
  program.addHelpText(
    "after",
    `
Exit codes: ${EXIT.ok} nothing at or above the threshold; ${EXIT.findings} findings; ${EXIT.error} wrong use, unreadable input.
\${VAR} is read from the environment and from .env files, as Docker does.`,
  );
  return program;
}

/** Runs what ends well on Ctrl-C: the first one is a request, a second one ends the program. */
async function untilInterrupted<T>(run: (stop: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await run(stop.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

function readingOptions(command: Command): Command {
  return composeOptions(command)
    .option("--rule <rule>", "only this rule (repeatable)", collect)
    .addOption(frameworkOption())
    .option("--service <service>", "only this service (repeatable)", collect)
    .option("--config <file>", "take this configuration instead of the nearest compose-harden.config.yaml")
    .option("--no-config", "take no configuration")
    .option(
      "--observed <file>",
      "take what `observe` saw from this file (default: compose-harden.observed.yaml beside the Compose file)",
    )
    .option("--no-suppressions", "let comments in the files silence nothing");
}

/** The choices are written out: starting up must not wait for the catalogue. */
function frameworkOption(): Option {
  const text = "only rules of a guide: CIS Docker Benchmark, OWASP cheat sheet, NIST SP 800-190";
  return new Option("--framework <framework>", text).choices(["cis", "owasp", "nist"]);
}

async function withRules<O extends SelectOptions>(options: O): Promise<O> {
  return options.framework === undefined ? options : (await import("./options.js")).withFramework(options);
}

/** Compose's own options, with Compose's names. */
function composeOptions(command: Command): Command {
  return command
    .option("-f, --file <file>", "a Compose file, as `docker compose -f` (repeatable)", collect)
    .option("--env-file <file>", "read variables from this file instead of .env (repeatable)", collect)
    .option("--profile <profile>", "activate a profile (repeatable)", collect)
    .option("--project-directory <directory>", "where relative paths in the files start")
    .option("-p, --project-name <name>", "the project's name")
    .option("--no-env", "do not let ${VAR} see the environment of this shell");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Options whose value is optional never take the next word: `fix --unsafe compose.yaml` means the file. */
export function withExplicitValues(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const isOption = (index: number) => end < 0 || index < end;
  return args.map((arg, index) => {
    if (!isOption(index)) return arg;
    if (arg === "--unsafe") return "--unsafe=*";
    if (arg === "--bind-variable") return "--bind-variable=BIND_ADDR";
    return arg;
  });
}
