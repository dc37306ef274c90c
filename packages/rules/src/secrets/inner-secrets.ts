import { kindOf } from "./argv-secrets.js";
import { secretIn, secretParts } from "./secrets.js";
import type { SecretPart } from "./token-forms.js";

/** A secret in a text that holds settings of its own. */
export interface InnerSecret {
  /** "a password", "a key" … */
  readonly kind: string;
  /** The setting inside the text that it is the value of; absent where its own form shows it. */
  readonly setting: string | undefined;
  /** In the whole text. */
  readonly part: SecretPart;
}

const SETTING = /^(\s*(?:-\s+|export\s+)?["']?([\w.-]+)["']?\s*[:=]\s*["']?)([^"'#;]*?)["']?\s*,?\s*(?:[#;].*)?$/;
const JSON_PAIR = /("([\w.-]+)"\s*:\s*")((?:[^"\\]|\\.)+)"/g;
const XML_ELEMENT = /(<([A-Za-z][\w.-]*)>\s*)([^<>\s][^<>]*?)(?=\s*<\/\2>)/g;
/** Redis parts a setting from its value by a blank. */
const REDIS_LINE = /^(\s*(requirepass|masterauth)\s+["']?)([^\s"']+)/g;
const OPTION = /((?:^|\s)--?(?:D(?=[a-z]))?([A-Za-z][\w.-]*)(?:=|\s+)["']?)([^\s"'-][^\s"']*)/g;

/** The secrets in a configuration file: YAML, INI, JSON or an env file. */
export function secretsInLines(text: string): readonly InnerSecret[] {
  return [...text.matchAll(/[^\n]+/g)].flatMap(({ index, 0: line }) => {
    const [, lead = "", setting, value] = SETTING.exec(line) ?? [];
    // `postgres://…` is no setting called `postgres`.
    if (setting !== undefined && value !== undefined && !/^[[{|>&*$(]|\{\{|%\(|^\/\//.test(value))
      return inner(setting, setting, value, index + lead.length);
    const byForm = inner(undefined, "", line, index);
    if (byForm.length > 0) return byForm;
    const named = [JSON_PAIR, XML_ELEMENT].flatMap((form) => pairs(line, form, secretIn, index));
    return named.length > 0 ? named : pairs(line, REDIS_LINE, kindOf, index);
  });
}

/** The secrets in the value of a variable that holds a configuration file, JSON, or options of a command line. */
export function secretsInValue(text: string): readonly InnerSecret[] {
  if (!/pass|pwd|psk|secret|token|key|salt|cred/i.test(text)) return [];
  if (/^\s*[[{]|\n/.test(text)) return secretsInLines(text).filter(({ setting }) => setting !== undefined);
  return /(^|\s)-/.test(text) ? pairs(text, OPTION, kindOf, 0) : [];
}

function inner(setting: string | undefined, name: string, value: string, from: number): readonly InnerSecret[] {
  const kind = secretIn(name, value);
  const [part] = secretParts(name, value);
  return kind === undefined || part === undefined
    ? []
    : [{ kind, setting, part: { start: from + part.start, end: from + part.end } }];
}

type Judge = (name: string, value: string) => string | undefined;

function pairs(text: string, form: RegExp, judge: Judge, from: number): readonly InnerSecret[] {
  return [...text.matchAll(form)].flatMap(({ index, 1: lead = "", 2: name = "", 3: value = "" }) => {
    const kind = judge(name, value);
    const start = from + index + lead.length;
    return kind === undefined ? [] : [{ kind, setting: name, part: { start, end: start + value.length } }];
  });
}
