import type { Gap } from "@compose-harden/model";

/** Something a stage could not read as Docker would; the loader turns it into a `Gap`. */
export type Problem = Omit<Gap, "kind">;

/** Takes a problem; the stage that reports it carries on with the rest. */
export type Report = (problem: Problem) => void;
