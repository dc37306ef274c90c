import type { Edit, FileChange, Finding, Patch, Refusal, Severity } from "@compose-harden/model";
import { formatPath } from "@compose-harden/model";
import { fixToJson, type JsonFix } from "./json.js";
import type { DisplayPath } from "./result.js";
import { maskEnvFile } from "./secrets.js";

/** Version of the JSON patch; a change that could break a reader raises it. */
export const PATCH_VERSION = 1;

/** A finding as the patch refers to it. */
export interface JsonPatchEntry {
  readonly rule: string;
  readonly severity: Severity;
  readonly service?: string;
  readonly message: string;
  readonly path: string;
  readonly fix?: JsonFix;
}

/** The patch of `fix --format json`. */
export interface JsonPatch {
  readonly format: "compose-harden-patch";
  readonly version: typeof PATCH_VERSION;
  readonly tool: { readonly name: "compose-harden"; readonly version: string };
  /** Whole texts; `before` is absent for a file that the patch creates. Of an env file all values are masked. */
  readonly changes: readonly {
    readonly file: string;
    readonly before?: string;
    readonly after: string;
    readonly mode?: number;
    readonly role?: FileChange["role"];
  }[];
  readonly applied: readonly (JsonPatchEntry & { readonly edits: readonly Edit[] })[];
  readonly refused: readonly (JsonPatchEntry & { readonly refusal: Refusal; readonly detail: string })[];
  readonly held: readonly JsonPatchEntry[];
}

/**
 * The patch for programs. It holds the texts of Compose files, and so whatever secrets are written in them; those of env files
 * are masked, so that what takes them out of the files does not put them into a log.
 */
export function patchToJson(
  patch: Patch,
  { version, display }: { readonly version: string; readonly display: DisplayPath },
): JsonPatch {
  return {
    format: "compose-harden-patch",
    version: PATCH_VERSION,
    tool: { name: "compose-harden", version },
    changes: patch.changes.map(({ path, before, after, mode, role }) => {
      const shown = role === "env" ? maskEnvFile : (text: string) => text;
      return {
        file: display(path),
        ...(before === undefined ? {} : { before: shown(before.text) }),
        after: shown(after),
        ...(mode === undefined ? {} : { mode }),
        ...(role === undefined ? {} : { role }),
      };
    }),
    applied: patch.applied.map(({ finding, edits }) => ({
      ...entryOf(finding),
      edits: edits.map(({ range, text }) => ({ range: { ...range, file: display(range.file) }, text })),
    })),
    refused: patch.refused.map(({ finding, refusal, detail }) => ({ ...entryOf(finding), refusal, detail })),
    held: patch.held.map(entryOf),
  };
}

function entryOf({ rule, severity, service, message, path, fix }: Finding): JsonPatchEntry {
  return {
    rule,
    severity,
    ...(service === undefined ? {} : { service }),
    message,
    path: formatPath(path),
    ...(fix === undefined ? {} : { fix: fixToJson(fix) }),
  };
}
