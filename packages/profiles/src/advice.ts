import type { Evidence } from "@compose-harden/model";

/**
 * What to do about one hardening attribute.
 * `safe`: proven for this image and this service; `review`: known, but something differs or the proof is thin;
 * `never`: known to break; `unknown`: no claim is made.
 */
export type Advice<T> =
  | {
      readonly grade: "safe";
      readonly value: T;
      readonly reasons: readonly string[];
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly grade: "review";
      readonly value: T;
      /** What may stop working, each a full clause, lower-case start, no full stop. */
      readonly reasons: readonly [string, ...string[]];
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly grade: "never" | "unknown";
      readonly value: undefined;
      readonly reasons: readonly [string, ...string[]];
      readonly evidence: readonly Evidence[];
    };

/** Advice with a value: safe when no caveat is left. */
export function advise<T>(
  value: T,
  caveats: readonly string[],
  evidence: readonly Evidence[],
  notes: readonly string[] = [],
): Advice<T> {
  const [first, ...rest] = caveats;
  if (first === undefined) return { grade: "safe", value, reasons: notes, evidence };
  return { grade: "review", value, reasons: [first, ...rest], evidence };
}

/** Advice against. */
export function never<T>(reason: string, evidence: readonly Evidence[]): Advice<T> {
  return { grade: "never", value: undefined, reasons: [reason], evidence };
}

/** No claim is made up. */
export function unknown<T>(reason: string): Advice<T> {
  return { grade: "unknown", value: undefined, reasons: [reason], evidence: [] };
}
