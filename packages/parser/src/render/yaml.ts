import type { Json } from "@compose-harden/model";
import { stringify } from "yaml";

/**
 * A model as YAML, for people to read. Strings that YAML 1.1 would take for numbers, dates or booleans are quoted, so that every
 * reader gets the same values back.
 */
export function yamlText(value: Json): string {
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}
