import { SEVERITIES } from "@compose-harden/model";
import { rules } from "@compose-harden/rules";
import type { CommandEntry, CommandTable, OptionEntry, Value } from "../command-table.js";
import { EXIT, type ExitCode } from "../errors.js";
import type { Host } from "../host.js";

/** Shells that a completion can be had for. */
export type Shell = "bash" | "zsh" | "fish";

/** `compose-harden completion SHELL`: prints a script that completes commands, options and their values. */
export function runCompletion(shell: Shell, table: CommandTable, host: Host): ExitCode {
  host.print(SCRIPTS[shell](table));
  return EXIT.ok;
}

const SCRIPTS: Readonly<Record<Shell, (table: CommandTable) => string>> = { bash, zsh, fish };

/** In every script this variable holds the rules, which many options take. */
const RULES = "_compose_harden_rules";

/** Words that a value can be, as a shell sees them; undefined where it is a path, or anything. */
function wordsOf(value: Value): string | undefined {
  switch (value.kind) {
    case "words":
      return value.words.join(" ");
    case "rule":
      return `$${RULES}`;
    case "severity":
      return SEVERITIES.join(" ");
    case "threshold":
      return [...SEVERITIES, "none"].join(" ");
    case "file":
    case "directory":
    case "text":
      return undefined;
    default:
      return value satisfies never;
  }
}

function ruleWords(): string {
  return rules.map(({ id }) => id).join(" ");
}

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function namesOf({ short, long }: OptionEntry): readonly string[] {
  return short === undefined ? [long] : [short, long];
}

/** Values may follow as the next word, unless they may be left out. */
function takesNextWord({ value, isValueOptional }: OptionEntry): boolean {
  return value !== undefined && !isValueOptional;
}

function bash({ name, commands, options, defaultCommand }: CommandTable): string {
  const names = commands.map((command) => command.name);
  const action = (value: Value): string => {
    const words = wordsOf(value);
    if (words !== undefined) return `_compose_harden_words "${words}"`;
    return value.kind === "text" ? ":" : `_compose_harden_paths ${value.kind === "file" ? "-f" : "-d"}`;
  };
  const optionCases = commands.flatMap((command) =>
    [...command.options, ...options].flatMap((option) => {
      if (option.value === undefined) return [];
      // With an optional value only the form with `=` is a value.
      const patterns = namesOf(option).map((text) => `${command.name}:${text}${takesNextWord(option) ? "" : "="}`);
      const both = takesNextWord(option) ? patterns.flatMap((text) => [text, `${text}=`]) : patterns;
      return [`    ${both.join("|")}) ${action(option.value)}; return ;;`];
    }),
  );
  const optionWords = commands.map(
    (command) =>
      `      ${command.name}) _compose_harden_words ${quoted([...command.options, ...options].flatMap(namesOf).join(" "))} ;;`,
  );
  const argumentCases = commands.flatMap((command) =>
    command.arguments === undefined ? [] : [`    ${command.name}) ${action(command.arguments)} ;;`],
  );
  return `# bash completion for ${name}: source <(${name} completion bash)
${RULES}='${ruleWords()}'

_compose_harden_words() { COMPREPLY+=($(compgen -W "$1" -- "$cur")); }

_compose_harden_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$cur"; [[ $1 == -d ]] || compgen -d -- "$cur")
}

_compose_harden() {
  local cur=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]} command= i
  COMPREPLY=()
  if [[ $cur == = ]]; then cur= option+==
  elif [[ $option == = ]]; then option=\${COMP_WORDS[COMP_CWORD-2]}=
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${names.join("|")}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case \${command:-${defaultCommand}}:$option in
${optionCases.join("\n")}
  esac
  if [[ $cur == -* ]]; then
    case \${command:-${defaultCommand}} in
${optionWords.join("\n")}
    esac
    return
  fi
  [[ -n $command ]] || _compose_harden_words ${quoted(names.join(" "))}
  case \${command:-${defaultCommand}} in
${argumentCases.join("\n")}
  esac
}

complete -F _compose_harden ${name}
`;
}

function zsh({ name, commands, options, defaultCommand }: CommandTable): string {
  const names = commands.map((command) => command.name);
  /** The part of a specification of `_arguments` behind the description. */
  const action = (label: string, value: Value): string => {
    const words = wordsOf(value);
    const text = words === undefined ? PATHS[value.kind] : value.kind === "rule" ? RULES_OF_ZSH : `(${words})`;
    return `:${label}:${text ?? " "}`;
  };
  const spec = (option: OptionEntry): string => {
    const { short, long, summary, value, valueName = "", isValueOptional } = option;
    const tail = `[${summary.replace(/[\\[\]:]/g, "\\$&")}]${value === undefined ? "" : `${isValueOptional ? ":" : ""}${action(valueName, value)}`}`;
    // `-` behind an option: its value follows in the same word.
    const equals = value === undefined ? "" : isValueOptional ? "=-" : "=";
    const specs = [
      ...(short === undefined ? [] : [`*${short}${value === undefined ? "" : "+"}${tail}`]),
      `*${long}${equals}${tail}`,
    ];
    return specs.map(quoted).join(" ");
  };
  const branch = (command: CommandEntry): string => {
    const specs = [...command.options, ...options].map(spec);
    const rest = command.arguments === undefined ? [] : [quoted(`*${action("argument", command.arguments)}`)];
    return `    ${command.name})\n      _arguments -S ${[...specs, ...rest].join(" \\\n        ")} ;;`;
  };
  const described = commands.map(
    (command) => `    ${quoted(`${command.name}:${command.summary.replaceAll(":", "\\:")}`)}`,
  );
  return `#compdef ${name}
# zsh completion for ${name}: as _${name} in a folder of $fpath, or source <(${name} completion zsh)
typeset -g ${RULES}='${ruleWords()}'

_compose_harden() {
  local command= word
  local -a commands=(
${described.join("\n")}
  )
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      (${names.join("|")}) command=$word; break ;;
    esac
  done
  if [[ -z $command && CURRENT -eq 2 && $words[CURRENT] != -* ]]; then
    _describe -t commands command commands
  elif [[ -n $command ]]; then
    # The command itself is no argument.
    words[\${words[(i)$command]}]=()
    ((CURRENT--))
  fi
  case \${command:-${defaultCommand}} in
${commands.map(branch).join("\n")}
  esac
}

if [[ $funcstack[1] == _${name} ]]; then _compose_harden "$@"; else compdef _compose_harden ${name}; fi
`;
}

/** An action that starts with a blank is evaluated. */
const RULES_OF_ZSH = ` compadd -- ${"$"}{=${RULES}}`;
const PATHS: Readonly<Partial<Record<Value["kind"], string>>> = { file: "_files", directory: "_files -/" };

function fish({ name, commands, options, defaultCommand }: CommandTable): string {
  const others = commands.map((command) => command.name).filter((other) => other !== defaultCommand);
  const seen = (command: string) =>
    command === defaultCommand
      ? `not __fish_seen_subcommand_from ${others.join(" ")}`
      : `__fish_seen_subcommand_from ${command}`;
  const values = (value: Value): string => {
    const words = wordsOf(value);
    if (words !== undefined) return ` -x -a "${words}"`;
    if (value.kind === "text") return " -x";
    return value.kind === "file" ? " -r -F" : " -x -a '(__fish_complete_directories)'";
  };
  const line = (condition: string, rest: string) => `complete -c ${name} -n ${quoted(condition)}${rest}`;
  const optionLine = (condition: string, { short, long, summary, value, isValueOptional }: OptionEntry) =>
    line(
      condition,
      `${short === undefined ? "" : ` -s ${short.slice(1)}`} -l ${long.slice(2)} -d ${fishQuoted(summary)}${
        value === undefined || isValueOptional ? "" : values(value)
      }`,
    );
  const lines = [
    `complete -c ${name} -e`,
    ...commands.map((command) =>
      line("__fish_use_subcommand", ` -a ${command.name} -d ${fishQuoted(command.summary)}`),
    ),
    ...options.map((option) => optionLine("true", option)),
    ...commands.flatMap((command) => [
      ...command.options.map((option) => optionLine(seen(command.name), option)),
      ...argumentLines(seen(command.name), command),
    ]),
  ];
  return `# fish completion for ${name}: ${name} completion fish | source\nset -g ${RULES} ${ruleWords()}\n${lines.join("\n")}\n`;

  function argumentLines(condition: string, command: CommandEntry): readonly string[] {
    if (command.arguments === undefined) return [line(condition, " -f")];
    const words = wordsOf(command.arguments);
    return words === undefined ? [] : [line(condition, ` -f -a "${words}"`)];
  }
}

/** In fish a backslash means something between single quotes, too. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
