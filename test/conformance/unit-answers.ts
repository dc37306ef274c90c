import { cleanPath } from "@compose-harden/model";
import { parseBytes } from "../../packages/parser/src/values/bytes.js";
import { parseCpus } from "../../packages/parser/src/values/casts.js";
import type { Decoded } from "../../packages/parser/src/values/decoded.js";
import { parseDotenv } from "../../packages/parser/src/values/dotenv.js";
import { formatDuration, parseDuration, parseGoDuration } from "../../packages/parser/src/values/duration.js";
import { parseFileMode } from "../../packages/parser/src/values/filemode.js";
import type { HostsInput } from "../../packages/parser/src/values/hosts.js";
import { parseHosts } from "../../packages/parser/src/values/hosts.js";
import { formatFloat } from "../../packages/parser/src/values/number.js";
import { isRemote, isWindowsAbsolute } from "../../packages/parser/src/values/paths.js";
import { parsePort } from "../../packages/parser/src/values/port.js";
import { normalizeProjectName } from "../../packages/parser/src/values/projectname.js";
import { parseRawEnv } from "../../packages/parser/src/values/rawenv.js";
import { splitCommand } from "../../packages/parser/src/values/shellwords.js";
import { extractVariables, interpolate } from "../../packages/parser/src/values/template.js";
import type { VolumeMount } from "../../packages/parser/src/values/volume.js";
import { parseVolume } from "../../packages/parser/src/values/volume.js";
import { describeDocument } from "./unit-documents.js";

/** An answer in the shape of the recordings. */
export type Answer =
  | { readonly ok: true; readonly output: unknown; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly error: string; readonly warnings: readonly string[] };

/** What this parser answers to one recorded question. */
export function answer(fn: string, input: string, env: Readonly<Record<string, string>>): Answer {
  const lookup = (name: string): string | undefined => (Object.hasOwn(env, name) ? env[name] : undefined);
  switch (fn) {
    case "template": {
      const result = interpolate(input, lookup);
      return outcome(result, blanks(result.unset));
    }
    case "variables":
      return right(
        Object.fromEntries(
          [...extractVariables(input)].map(([name, variable]) => [
            name,
            {
              Name: variable.name,
              DefaultValue: variable.defaultValue,
              PresenceValue: variable.presenceValue,
              Required: variable.required,
            },
          ]),
        ),
      );
    case "dotenv": {
      const file = parseDotenv(input, lookup);
      if (!file.ok) return { ok: false, error: file.message, warnings: blanks(file.unset) };
      const values = Object.fromEntries([...file.entries].map(([name, entry]) => [name, entry.value]));
      return right(values, blanks(file.unset));
    }
    case "rawenv": {
      const file = parseRawEnv(input, lookup);
      if (!file.ok) return { ok: false, error: file.message, warnings: [] };
      return right(file.entries.map((entry) => `${entry.name}=${entry.value}`));
    }
    case "port":
      return decoded(parsePort(input), ({ mappings }) =>
        mappings.map(({ target, ...rest }) => (target === 0 ? rest : { ...rest, target })),
      );
    case "volume":
      return decoded(parseVolume(input), ({ mount }) => printMount(mount));
    case "bytes":
      return decoded(parseBytes(input), Number);
    case "duration":
      return decoded(parseDuration(input), formatDuration);
    case "goduration":
      return decoded(parseGoDuration(input), formatDuration);
    case "shellwords":
      return decoded(splitCommand(input), (words) => words);
    case "projectname":
      return right(normalizeProjectName(input));
    case "pathclean":
      return right(cleanPath(input));
    case "windowsabs":
      return right(isWindowsAbsolute(input));
    case "isremote":
      return right(isRemote(input));
    case "cpus":
      return decoded(parseCpus(input), (cpus) => formatFloat(cpus, 32));
    case "hosts":
      return decoded(parseHosts(JSON.parse(input) as HostsInput), (hosts) => hosts);
    case "filemode":
      return decoded(parseFileMode(input), Number);
    case "yaml":
      return describeDocument(input);
    default:
      throw new Error(`no function is recorded under the name ${fn}`);
  }
}

/** An accepted value. */
function right(output: unknown, warnings: readonly string[] = []): Answer {
  return { ok: true, output, warnings };
}

function outcome(result: Decoded<unknown>, warnings: readonly string[]): Answer {
  return result.ok ? right(result.value, warnings) : { ok: false, error: result.message, warnings };
}

function decoded<T>(result: Decoded<T>, print: (value: T) => unknown): Answer {
  return outcome(result.ok ? { ok: true, value: print(result.value) } : result, []);
}

function blanks(names: readonly string[]): readonly string[] {
  return names.map((name) => `The "${name}" variable is not set. Defaulting to a blank string.`);
}

/** JSON of a mount leaves `create_host_path` out when true, and writes it when a bind lacks it. */
function printMount(mount: VolumeMount): unknown {
  if (mount.bind === undefined) return mount;
  const { create_host_path: create, ...bind } = mount.bind;
  return { ...mount, bind: create ? bind : { ...bind, create_host_path: false } };
}
