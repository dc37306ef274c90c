import { isAbsolute, relative } from "node:path";
import { isList, isMap, type Json, type JsonMap } from "@compose-harden/model";
import type { Theirs } from "./compare.js";

/** What a report says, with the files relative to the folder. */
export type ReadReport = (report: Json, folder: string) => readonly Theirs[];

/** `compose-lint check --format json`. */
export const readComposeLint: ReadReport = (report, folder) =>
  listIn(report, "findings").map((finding) => ({
    peer: "compose-lint",
    rule: text(finding.rule_id),
    file: below(folder, text(finding.file)),
    line: Number(finding.line),
    service: finding.service === undefined ? undefined : text(finding.service),
  }));

/** `kics scan --report-formats json`: a finding names its place by a path through the file. */
export const readKics: ReadReport = (report, folder) =>
  listIn(report, "queries").flatMap((query) =>
    listIn(query, "files").map((place) => ({
      peer: "KICS" as const,
      rule: text(query.query_id).slice(0, 8),
      file: below(folder, text(place.file_name)),
      line: Number(place.line),
      // The path does not tell a dot of a name from one between steps: `standingOf` finds the service.
      service: /^services\.(.*)/.exec(text(place.search_key))?.[1]?.replace(/[{}]/g, ""),
    })),
  );

function listIn(report: Json, key: string): readonly JsonMap[] {
  const list = isMap(report) ? report[key] : undefined;
  return isList(list) ? list.filter(isMap) : [];
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function below(folder: string, file: string): string {
  return isAbsolute(file) ? relative(folder, file) : file;
}
