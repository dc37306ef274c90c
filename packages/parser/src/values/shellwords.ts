import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";

type Region = "none" | "single" | "double" | "backtick" | "dollar";

/**
 * Splits a command line into words, as Compose splits `command` and `entrypoint`. Nothing is run or expanded; an unquoted
 * `; & | < >` ends the command and the rest is dropped; `\n` and `\t` outside single quotes are a line break and a tab.
 */
export function splitCommand(text: string): Decoded<readonly string[]> {
  const words: string[] = [];
  const invalid = refuse("invalid command line string");
  let word = "";
  let got: "no" | "text" | "quoted" = "no";
  let region: Region = "none";
  let escaped = false;
  const flush = (): void => {
    if (got === "quoted" || (got === "text" && word !== "")) words.push(word);
    word = "";
    got = "no";
  };
  scan: for (const char of text) {
    if (escaped) {
      escaped = false;
      if (region === "backtick" || region === "dollar") word += `\\${char}`;
      else word += char === "t" ? "\t" : char === "n" ? "\n" : char;
      got = "text";
      continue;
    }
    if (char === "\\") {
      if (region === "single") word += char;
      else escaped = true;
      continue;
    }
    if (char === " " || char === "\t" || char === "\r" || char === "\n") {
      if (region === "none") flush();
      else word += char;
      continue;
    }
    switch (char) {
      case "`":
        if (region === "none") region = "backtick";
        else if (region === "backtick") region = "none";
        break;
      case ")":
        if (region === "none") return invalid;
        if (region === "dollar") region = "none";
        break;
      case "(":
        if (region !== "none" && region !== "dollar") break;
        if (region === "dollar" || !word.endsWith("$") || word.endsWith("\\$")) return invalid;
        region = "dollar";
        word += char;
        continue;
      case '"':
      case "'": {
        const own: Region = char === '"' ? "double" : "single";
        if (region !== "none" && region !== own) break;
        if (region === own) got = "quoted";
        region = region === own ? "none" : own;
        continue;
      }
      case ";":
      case "&":
      case "|":
      case "<":
      case ">":
        if (region !== "none") break;
        // The number of a redirection (`2>`) belongs to it, not to the command.
        if (char === ">" && /^[0-9]+$/.test(word)) got = "no";
        break scan;
    }
    got = "text";
    word += char;
  }
  flush();
  return escaped || region !== "none" ? invalid : accept(words);
}
