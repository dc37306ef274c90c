import { PLAIN } from "@compose-harden/report";
import type { Inputs } from "./inputs.js";
import type { Host, InspectOptions } from "./program.js";

/** Variables of the runner. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The program's surroundings. Files of a pull request may come from anybody, and what they make of variables is shown: of the
 * runner's environment, with its tokens and the workflow's secrets, they see the home directory and Compose's own variables only.
 */
export function hostFor(cwd: string, env: Environment, now: Date): Host {
  const screen = { style: PLAIN, columns: 120 };
  const seen = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && (name === "HOME" || name.startsWith("COMPOSE_")) ? [[name, value] as const] : [],
  );
  const print = (text: string) => process.stdout.write(text);
  return {
    cwd,
    today: now.toISOString().slice(0, 10),
    env: Object.fromEntries(seen),
    ...homeFrom(env),
    isTerminal: false,
    print,
    say: print,
    out: screen,
    err: screen,
  };
}

/** Where the workflow has the action from. */
function homeFrom({
  GITHUB_SERVER_URL: server,
  GITHUB_ACTION_REPOSITORY: repository,
}: Environment): Pick<Host, "home"> {
  const isKnown = /^https?:\/\//.test(server ?? "") && /^[\w.-]+\/[\w.-]+$/.test(repository ?? "");
  return isKnown ? { home: `${server}/${repository}` } : {};
}

/** The inputs as options of the command line. */
export function optionsFrom(inputs: Inputs): InspectOptions {
  const { config, baseline, envFiles, profiles, rules, failOn, minSeverity, strict } = inputs;
  return {
    ...(config === undefined ? {} : { config }),
    ...(baseline === undefined ? {} : { baseline }),
    ...(envFiles === undefined ? {} : { envFile: envFiles }),
    ...(profiles === undefined ? {} : { profile: profiles }),
    ...(rules === undefined ? {} : { rule: rules }),
    ...(failOn === undefined ? {} : { failOn }),
    ...(minSeverity === undefined ? {} : { minSeverity }),
    ...(strict === undefined ? {} : { strict }),
  };
}
