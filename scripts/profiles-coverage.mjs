// `node scripts/profiles-coverage.mjs FOLDER [--save FILE] [--against FILE] [--missing N] [--uses FILE]`: how many services of real projects have
// a known image, and how much of the advice about them is safe. FOLDER holds PROJECTS.jsonl (one `{dir, rel, files}` a line) and the files.
// `--save` keeps the figures, `--against` prints kept ones beside them, `--missing` lists the most used images without a profile, `--why CONTROL`
// what holds its fixes back: how often, how often it is the only reason, and for which images.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { root, sources } from "./workspace.mjs";

/** A name without a namespace is public only if it is one of Docker's official images (docker-library/official-images, folder `library`); any other is a local tag. */
const OFFICIAL = new Set(
  "adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux azul-zulu backdrop bash bonita buildpack-deps busybox caddy cassandra chronograf cirros clearlinux clefos clickhouse clojure composer convertigo couchbase couchdb crate dart debian docker drupal eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang espocrm fedora flink fluentd friendica gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe hello-world hitch httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi jetty joomla jruby julia kapacitor kibana kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached mongo mongo-express monica mysql nats neo4j neurodebian nextcloud nginx nim node notary odoo open-liberty openjdk oraclelinux orientdb percona perl photon php php-zendserver phpmyadmin plone postfixadmin postgres pypy python r-base rabbitmq rakudo-star redis redmine registry rethinkdb rocket.chat rockylinux ros ruby rust sapmachine satosa silverpeas solr sonarqube spark spiped storm swift swipl teamspeak telegraf tomcat tomee traefik ubuntu unit varnish websphere-liberty wordpress xwiki yourls znc zookeeper".split(
    " ",
  ),
);
const CONTROLS = ["capabilities", "no_new_privileges", "read_only", "user", "memory", "cpus", "pids"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    save: { type: "string" },
    against: { type: "string" },
    missing: { type: "string" },
    why: { type: "string" },
    uses: { type: "string" },
  },
});
const folder = resolve(positionals[0] ?? join(root, "../shared/corpus"));
const { load, profileOf, parseImage, factsOf, advise } = await packages();
const counts = { services: 0, public: 0, known: 0, safe: Object.fromEntries(CONTROLS.map((control) => [control, 0])) };
const missing = new Map();
const why = new Map();
const uses = new Map();

for (const line of readFileSync(join(folder, "PROJECTS.jsonl"), "utf8").trim().split("\n")) {
  const { dir, rel, files } = JSON.parse(line);
  const cwd = join(folder, dir, ...[rel ?? []].flat());
  const project = load(
    { cwd, files: files.map((file) => (existsSync(join(cwd, file)) ? file : join(folder, dir, file))) },
    read,
  );
  for (const service of project.services) {
    counts.services++;
    const facts = factsOf(service);
    if (facts === undefined || facts.hasBuild || !isPublic(facts.image)) continue;
    counts.public++;
    const profile = profileOf(facts.image);
    if (profile === undefined) {
      const { name } = parseImage(facts.image);
      missing.set(name, (missing.get(name) ?? 0) + 1);
      continue;
    }
    counts.known++;
    uses.set(profile.id, (uses.get(profile.id) ?? 0) + 1);
    for (const [control, advice] of Object.entries(advise(profile, facts))) {
      if (advice.grade === "safe") counts.safe[control]++;
      else if (control === values.why) note(profile.id, advice);
    }
  }
}
report(values.against === undefined ? undefined : JSON.parse(readFileSync(values.against, "utf8")));
if (values.save !== undefined) writeFileSync(values.save, `${JSON.stringify(counts, undefined, 2)}\n`);
for (const [name, uses] of [...missing].sort((a, b) => b[1] - a[1]).slice(0, Number(values.missing ?? 0)))
  console.log(`${uses}\t${name}`);

if (values.uses !== undefined) {
  const most = [...uses].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  writeFileSync(values.uses, most.map(([id, count]) => `${id}\t${count}\n`).join(""));
}
for (const [reason, { all, alone }] of [...why].sort((a, b) => b[1].alone.length - a[1].alone.length)) {
  const images = [...new Set(alone)]
    .map((id) => [alone.filter((other) => other === id).length, id])
    .sort((a, b) => b[0] - a[0]);
  const most = images
    .slice(0, 40)
    .map(([count, id]) => `${id} ${count}`)
    .join(", ");
  console.log(`${String(all).padStart(5)}${String(alone.length).padStart(6)} alone  ${reason}  ${most}`);
}

function note(id, { grade, reasons }) {
  const kinds = reasons.map(
    (reason) =>
      `${grade}: ${reason.replace(/`[^`]*`/g, "…").replace(/\([^)]*\)/, (text) => (/grade/.test(text) ? text : ""))}`,
  );
  for (const kind of kinds) {
    const { all, alone } = why.get(kind) ?? { all: 0, alone: [] };
    why.set(kind, { all: all + 1, alone: kinds.length === 1 ? [...alone, id] : alone });
  }
}

function isPublic(image) {
  const { name } = parseImage(image);
  return name !== undefined && (name.includes("/") ? !/^(localhost|[^/]*:\d+)\//.test(name) : OFFICIAL.has(name));
}

function report(before) {
  const row = (text, count, total, old) => {
    const share = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
    console.log(
      `${text.padEnd(34)}${String(count).padStart(6)}${share(count, total).padStart(9)}${old === undefined ? "" : `   before ${old[0]} ${share(...old)}`}`,
    );
  };
  row("services", counts.services, counts.services);
  row("with a public image", counts.public, counts.services, before && [before.public, before.services]);
  row("known profile (of public)", counts.known, counts.public, before && [before.known, before.public]);
  for (const control of CONTROLS) {
    row(
      `safe: ${control} (of public)`,
      counts.safe[control],
      counts.public,
      before && [before.safe[control], before.public],
    );
  }
}

function read(path) {
  const file = isAbsolute(path) ? path : join(folder, path);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: "missing" };
  return stat.isDirectory() ? { kind: "directory" } : { kind: "file", text: readFileSync(file, "utf8") };
}

/** The packages from their sources, so that the figures are never those of an old build. */
async function packages() {
  const outfile = join(root, "node_modules/.cache/compose-harden", `coverage-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `
        export { load } from "@compose-harden/parser";
        export { profileOf, parseImage, factsOf } from "@compose-harden/profiles";
        import * as profiles from "@compose-harden/profiles";
        export const advise = (profile, facts) => ({
          capabilities: profiles.adviseCapabilities(profile, facts),
          no_new_privileges: profiles.adviseNoNewPrivileges(profile, facts),
          read_only: profiles.adviseReadOnly(profile, facts),
          user: profiles.adviseUser(profile, facts),
          ...profiles.adviseLimits(profile, facts),
        });`,
      resolveDir: join(root, "packages/parser"),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    alias: sources(),
    logLevel: "error",
    banner: {
      js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
    },
  });
  return import(pathToFileURL(outfile).href);
}
