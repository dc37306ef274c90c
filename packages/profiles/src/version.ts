import { rememberedText } from "@compose-harden/model";

/**
 * The numbers a tag starts with, `17.2-alpine` → [17, 2]; undefined for a tag that floats, such as `latest` or `stable`.
 * An extension of PostgreSQL numbers itself first: `0.8.1-pg17` → [17], the server whose start and paths it has.
 */
export function versionOf(tag: string | undefined): readonly number[] | undefined {
  const match =
    /-pg(\d+(?:\.\d+)*)(?![0-9a-z])/i.exec(tag ?? "") ??
    /^(?:v|version-|release-|pg|main-v)?(\d+(?:\.\d+)*)(?![0-9a-f]{5})/i.exec(tag ?? "");
  const text = match?.[1];
  return text === undefined ? undefined : text.split(".").map(Number);
}

/** The flavour after the version: `17-alpine3.21` → `alpine3.21`; the tag itself when it has no version. */
export function variantOf(tag: string | undefined): string {
  if (tag === undefined) return "";
  return /^(?:v|version-|release-|main-v)?\d+(?:\.\d+)*[-_]?(.*)$/i.exec(tag)?.[1] ?? tag;
}

/**
 * Whether a version lies in a range such as `>=14 <18`. A short version stands for the newest it can name, so `8` is
 * at least `8.8`; without a version the newest is meant.
 */
export function inRange(range: string, version: readonly number[] | undefined): boolean {
  return boundsOf(range).every(({ operator, parts }) => {
    const order = compare(version ?? [], parts);
    switch (operator) {
      case ">=":
        return order >= 0;
      case ">":
        return order > 0;
      case "<":
        return order < 0;
      case "<=":
        return order <= 0 || startsWith(version ?? [], parts);
      default:
        return order === 0 || startsWith(version ?? [], parts);
    }
  });
}

interface Bound {
  readonly operator: string | undefined;
  readonly parts: readonly number[];
}

/** The ranges of the catalogue are few, and asked about for every service. */
const boundsOf = rememberedText((range) =>
  range.split(/\s+/).flatMap((bound): readonly Bound[] => {
    const [, operator, numbers] = /^(>=|<=|<|>|=)?(\d+(?:\.\d+)*)$/.exec(bound) ?? [];
    return numbers === undefined ? [] : [{ operator, parts: numbers.split(".").map(Number) }];
  }),
);

function compare(version: readonly number[], bound: readonly number[]): number {
  for (let i = 0; i < bound.length; i++) {
    const difference = (version[i] ?? Number.POSITIVE_INFINITY) - (bound[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `17.2` lies within `<=17`: the bound names the whole series. */
function startsWith(version: readonly number[], parts: readonly number[]): boolean {
  return version.length > 0 && parts.every((part, i) => version[i] === part);
}
