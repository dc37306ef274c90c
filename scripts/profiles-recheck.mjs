// `node scripts/profiles-recheck.mjs REPOSITORIES [--uses FILE] [--seed N] [--save FILE]`: reads again where the claims behind safe fixes were read. The sample is the
// 40 profiles that FILE (`id<tab>count` a line) names most often, and a random tenth of the others. REPOSITORIES holds git directories named `owner+name` (or `owner+name/repo`);
// a source whose repository is not there is counted and left. What a source must hold for what it is cited for stands in `MUST`; what does not hold is printed.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./workspace.mjs";

const { parse } = createRequire(join(root, "packages/profiles/package.json"))("yaml");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { uses: { type: "string" }, seed: { type: "string", default: "7" }, save: { type: "string" } },
});
const folder = join(root, "packages/profiles/data");
const profiles = new Map(
  readdirSync(folder)
    .map((file) => parse(readFileSync(join(folder, file), "utf8")))
    .map((profile) => [profile.id, profile]),
);

/** The repository that deploys every application in CI keeps these two as the defaults of its templates' library. */
const LIBRARY_DEFAULTS = /^truenas\/apps\//;

/** By claim and kind of source, what the text must hold; undefined: nothing that can be looked for. */
const MUST = {
  read_only: (text, { kind }) =>
    kind === "dockerfile" || kind === "entrypoint"
      ? undefined
      : /read[-_ ]?only/i.test(text) || "names no read-only root",
  no_new_privileges: (text, { kind, where }) =>
    kind === "dockerfile" || kind === "entrypoint" || LIBRARY_DEFAULTS.test(where)
      ? undefined
      : /no-new-privileges|allowPrivilegeEscalation/i.test(text) || "names no privilege escalation",
  capabilities: (text, source, claim) => {
    if (source.kind === "dockerfile") return undefined;
    if (source.kind === "entrypoint") return steps(text, claim.add);
    if (LIBRARY_DEFAULTS.test(source.where)) return added(text, claim.add);
    return /cap_?drop|capabilities|"?drop"?:|NET_BIND_SERVICE|CHOWN/i.test(text) || "names no capabilities";
  },
  user: (text, { kind }, claim) => (kind === "dockerfile" ? userOf(text, claim.default) : undefined),
  volume: (text, { kind }, claim) =>
    kind === "dockerfile"
      ? new RegExp(`^VOLUME\\b[^\\n]*(?:${escaped(claim.path)}\\b|\\$)`, "m").test(text.replace(/\\\n/g, " ")) ||
        `declares no volume ${claim.path}`
      : undefined,
};

/** A start script with CHOWN changes owners, one with SETUID becomes another user. */
function steps(text, add) {
  if (add.includes("SETUID") && !/gosu|su-exec|setpriv|chpst|s6-setuidgid|runuser|su |setuid|seteuid|user=/i.test(text))
    return "becomes no other user";
  if (add.includes("CHOWN") && !/chown|install |chgrp/i.test(text)) return "changes no owner";
  return true;
}

/** Capabilities that a template adds to the library's dropped set must all be in the claim, for one of its containers at least. */
function added(text, add) {
  const lists = Array.from(text.matchAll(/add_caps\(\s*\[([^\]]*)\]/g), ([, list]) =>
    Array.from(list.matchAll(/[A-Z_]{3,}/g), ([name]) => name),
  );
  const inVariable = /add_caps\(\s*[a-z]/.test(text);
  if (add.length === 0 || inVariable) return true;
  return (
    lists.some((list) => list.length > 0 && list.every((name) => add.includes(name))) ||
    `adds ${JSON.stringify(lists)}, not ${add}`
  );
}

function userOf(text, user) {
  const lines = Array.from(text.matchAll(/^USER\s+(\S+)/gm), ([, name]) => name);
  const last = lines.at(-1);
  if (/^(root|0)$/.test(user))
    return last === undefined || /^(root|0)\b|^\$/.test(last) || lines.length > 1 || `USER is ${last}, not ${user}`;
  if (last === undefined) return `has no USER line, not ${user}`;
  const same = last.startsWith("$") || /^\D/.test(last) || user.split(":")[0] === last.split(":")[0];
  return same || `USER is ${last}, not ${user}`;
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Claims behind safe fixes with what they are looked for under. */
function claimsOf(profile) {
  const { capabilities = {}, no_new_privileges, read_only, user, paths = [] } = profile;
  return [
    ["capabilities.start", "capabilities", capabilities.start],
    ["capabilities.as_user", "capabilities", capabilities.as_user],
    ["no_new_privileges", "no_new_privileges", no_new_privileges?.compat === "works" ? no_new_privileges : undefined],
    ["read_only", "read_only", read_only?.compat === "works" ? read_only : undefined],
    ["user", "user", user],
    ...paths.filter(({ volume }) => volume === true).map((path) => [`paths ${path.path}`, "volume", path]),
  ].filter(([, , claim]) => claim !== undefined);
}

function textOf(source) {
  const match = /^([\w.-]+)\/([\w.-]+)\/(.+)@([0-9a-f]{7,40})$/.exec(source.where);
  if (match === null) return undefined;
  const [, owner, name, path, commit] = match;
  const [git] = [join(positionals[0], `${owner}+${name}`, "repo"), join(positionals[0], `${owner}+${name}`)].filter(
    existsSync,
  );
  if (git === undefined) return undefined;
  for (const at of [commit, "HEAD"]) {
    try {
      return execFileSync("git", ["-C", git, "show", `${at}:${path}`], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
        maxBuffer: 1e8,
      });
    } catch {}
  }
  return null;
}

/** A small generator with a seed, so that a sample can be drawn again. */
function random(seed) {
  let state = Number(seed);
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const used =
  values.uses === undefined
    ? []
    : readFileSync(values.uses, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split("\t")[0]);
const most = used.filter((id) => profiles.has(id)).slice(0, 40);
const next = random(values.seed);
const others = [...profiles.keys()].filter((id) => !most.includes(id));
const tenth = others
  .map((id) => [next(), id])
  .sort((a, b) => a[0] - b[0])
  .slice(0, Math.ceil(others.length / 10))
  .map(([, id]) => id);
const counts = { claims: 0, held: 0, measured: 0, nothing: 0, absent: 0, wrong: 0 };
const rows = [];
const away = new Map();
for (const id of [...most, ...tenth.sort()]) {
  const profile = profiles.get(id);
  for (const [label, kind, claim] of claimsOf(profile)) {
    for (const source of claim.evidence.map((key) => profile.evidence[key])) {
      counts.claims++;
      const text = source.kind === "experiment" ? "" : textOf(source);
      const verdict =
        source.kind === "experiment"
          ? "measured"
          : text === undefined
            ? "absent"
            : text === null
              ? "no such file"
              : (MUST[kind](text, source, claim) ?? "nothing");
      if (verdict === true) counts.held++;
      else if (verdict in counts) counts[verdict]++;
      else counts.wrong++;
      if (verdict === "absent")
        away.set(
          source.where.split("/").slice(0, 2).join("/"),
          (away.get(source.where.split("/").slice(0, 2).join("/")) ?? 0) + 1,
        );
      rows.push([id, label, source.where, verdict === true ? "holds" : verdict]);
    }
  }
}
console.log(`${most.length} most used and ${tenth.length} others: ${counts.claims} pairs of a claim and a source`);
console.log(
  `the source holds what it is cited for: ${counts.held}; measured: ${counts.measured}; nothing to look for: ${counts.nothing}; repository not at hand: ${counts.absent}`,
);
console.log(`it does not: ${counts.wrong}`);
for (const [id, label, where, verdict] of rows)
  if (!["holds", "measured", "nothing", "absent"].includes(verdict))
    console.log(`${id}\t${label}\t${where}\t${verdict}`);
for (const [name, count] of [...away].sort((a, b) => b[1] - a[1])) console.log(`not at hand\t${count}\t${name}`);
if (values.save !== undefined) writeFileSync(values.save, rows.map((row) => `${row.join("\t")}\n`).join(""));
