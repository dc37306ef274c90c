import { describe, expect, test } from "vitest";
import {
  type Advice,
  adviseCapabilities,
  adviseLimits,
  adviseNoNewPrivileges,
  adviseReadOnly,
  adviseRelease,
  adviseUser,
  containerPath,
  isMeantForOthers,
  type Profile,
  profileOf,
  type ServiceFacts,
  type Source,
} from "../src/index.js";

const volume = (target: string) => ({ target, type: "volume", source: "data", readOnly: false });
const bind = (target: string, readOnly = false) => ({ target, type: "bind", source: "/srv/data", readOnly });

/** A plain service of this image. */
function facts(image: string, change: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    image,
    hasEntrypoint: false,
    hasBuild: false,
    privileged: false,
    hostNamespaces: [],
    devices: [],
    capAdd: [],
    capDrop: [],
    mounts: [],
    tmpfs: [],
    environment: new Map(),
    ports: [],
    ...change,
  };
}

const set = (variables: Readonly<Record<string, string>>): ServiceFacts["environment"] =>
  new Map(Object.entries(variables).map(([name, value]) => [name, { value }]));

const source = (kind: Source["kind"], where: string, more: Partial<Source> = {}): Source => ({
  kind,
  where,
  states: "seen",
  ...more,
});
const run = source("experiment", "replica run", { fidelity: "replica" });
const seenBy = (owner: string): Source => source("k8s-sighting", `${owner}/home/app.yaml@0000000`);

/** A made-up image about which exactly this is known. */
function profile(change: Partial<Profile> = {}): Profile {
  return {
    id: "acme",
    title: "Acme",
    category: "web-app",
    images: ["acme/app"],
    ports: [],
    capabilities: { start: { add: ["SETUID", "SETGID"], evidence: [run] } },
    paths: [],
    limits: {},
    dangerous: [],
    ignored: [],
    releases: [],
    default_credentials: [],
    downgrade: [],
    evidence: [run],
    ...change,
  };
}

const app = (change: Partial<ServiceFacts> = {}): ServiceFacts => facts("acme/app:1", change);
const outcome = (advice: Advice<unknown>) => [advice.grade, advice.reasons.join("; ")];

describe("capabilities", () => {
  test("safe when measured and nothing differs", () => {
    const advice = adviseCapabilities(profile(), app());
    expect(advice).toMatchObject({
      grade: "safe",
      value: { cap_drop: ["ALL"], cap_add: ["SETGID", "SETUID"] },
      evidence: [run],
    });
  });

  test.each([
    ["own entrypoint", { hasEntrypoint: true }, "its own `entrypoint` replaces the start that was tested"],
    ["own command", { command: ["sleep", "1"] }, "its own `command` may start something else than was tested"],
    ["build", { hasBuild: true }, "the image is built here, so its start is not the published one"],
    ["no tag", { image: "acme/app" }, "the newest release may run (`latest`), and no source read its start"],
    ["latest", { image: "acme/app:latest" }, "the newest release may run (`latest`), and no source read its start"],
    [
      "a moving tag",
      { image: "acme/app:alpine" },
      "the newest release may run (`alpine`), and no source read its start",
    ],
    ["digest only", { image: "acme/app@sha256:00" }, "a digest alone does not say which version runs"],
    ["variable tag", { image: "acme/app:${TAG}" }, "a variable names the version, and it has no value here"],
    ["a variable without a value", { image: "acme/app:" }, "a variable names the version, and it has no value here"],
    ["half a tag", { image: "acme/app:-alpine" }, "a variable names the version, and it has no value here"],
    ["privileged", { privileged: true }, "it runs privileged, which was not tested"],
    ["host processes", { hostNamespaces: ["pid", "ipc"] }, "it shares the host's pid and ipc namespace"],
    ["devices", { devices: ["/dev/dri"] }, "it uses host devices, which may need more"],
    ["more capabilities", { capAdd: ["NET_ADMIN"] }, "it adds NET_ADMIN, which was not tested together"],
    ["own user", { user: "1000:1000" }, "it was tested as the image's own user, not as `1000:1000`"],
  ])("review with %s", (_, change, caveat) => {
    expect(outcome(adviseCapabilities(profile(), app(change)))).toEqual(["review", caveat]);
  });

  test.each([
    ["a variable counts with the value it has here", { imageVaries: true }],
    ["an empty command is the image's own", { command: [] }],
    ["root written out is the default start", { user: "0:0" }],
    ["a tag and a digest", { image: "acme/app:1@sha256:00" }],
  ])("%s", (_, change) => expect(adviseCapabilities(profile(), app(change)).grade).toBe("safe"));

  test.each(["acme/app", "acme/app:latest", "acme/app:alpine"])(
    "%s: safe once a source follows the newest",
    (image) => {
      const head = source("entrypoint", "acme/app/start.sh@0000000");
      const known = (evidence: readonly Source[]) => adviseCapabilities(profile({ evidence }), facts(image)).grade;
      expect(known([run, head])).toBe("safe");
      expect(known([run, { ...head, branch: "unverified" }])).toBe("review");
      expect(
        adviseCapabilities(profile({ evidence: [head], versions: { range: "<3", evidence: [head] } }), facts(image))
          .grade,
      ).toBe("review");
    },
  );

  test("a command that the start script passes through keeps the start", () => {
    const known = profile({ commands: { same_start: ["serve", "-"], evidence: [run] } });
    expect(adviseCapabilities(known, app({ command: ["serve", "--port", "1"] })).grade).toBe("safe");
    expect(adviseCapabilities(known, app({ command: ["--port", "1"] })).grade).toBe("safe");
    expect(adviseCapabilities(known, app({ command: ["shell"] })).grade).toBe("review");
  });

  test("versions outside what was read are for review", () => {
    const known = profile({ versions: { range: ">=2", evidence: [run] } });
    expect(outcome(adviseCapabilities(known, app()))).toEqual(["review", "version `1` is outside what was read (>=2)"]);
    expect(adviseCapabilities(known, facts("acme/app:2.1")).grade).toBe("safe");
  });

  test("a variant with another start is for review", () => {
    const grade = (tag: string, words: object) =>
      adviseCapabilities(profile({ versions: { range: ">=1", evidence: [run], ...words } }), facts(`acme/app:${tag}`))
        .grade;
    expect(grade("8.3-apache-trixie", { with: ["apache"] })).toBe("safe");
    expect(grade("8.3", { with: ["apache"] })).toBe("review");
    expect(grade("8.3-fpm-alpine", { without: ["fpm"] })).toBe("review");
    expect(grade("8.3-alpine", { without: ["fpm"] })).toBe("safe");
    expect(
      outcome(
        adviseCapabilities(
          profile({ versions: { range: ">=1", evidence: [run], without: ["fpm"] } }),
          facts("acme/app:8-fpm"),
        ),
      )[1],
    ).toBe("`8-fpm` is another variant than was read");
  });

  test("without a range, an older major release than any that was run is for review", () => {
    const ci = source("ci-deployed", "a/b/c@1", { tags: ["v3.1.0", "2.9"] });
    const known = profile({ capabilities: { start: { add: [], evidence: [ci] } }, evidence: [ci] });
    expect(outcome(adviseCapabilities(known, facts("acme/app:1.9")))).toEqual([
      "review",
      "version `1.9` is an older release than any that was run (2)",
    ]);
    expect(adviseCapabilities(known, facts("acme/app:2.0")).grade).toBe("safe");
    expect(adviseCapabilities(known, facts("acme/app:latest")).grade).toBe("safe");
    const range = { range: ">=1", evidence: [ci] };
    expect(adviseCapabilities({ ...known, versions: range }, facts("acme/app:1.9")).grade).toBe("safe");
  });

  test("existing additions stay", () => {
    const advice = adviseCapabilities(profile(), app({ capAdd: ["NET_ADMIN"] }));
    expect(advice.value?.cap_add).toEqual(["NET_ADMIN", "SETGID", "SETUID"]);
  });

  test("host network and a low port need NET_BIND_SERVICE, a container's own network does not", () => {
    const known = profile({ ports: [{ port: 80, purpose: "web", exposure: "web", evidence: [run] }] });
    const host = adviseCapabilities(known, app({ hostNamespaces: ["network"] }));
    expect(host.value?.cap_add).toContain("NET_BIND_SERVICE");
    expect(adviseCapabilities(known, app()).value?.cap_add).not.toContain("NET_BIND_SERVICE");
  });

  test("a mount, as a variable, can make a claim uncertain", () => {
    const why = "they run as root";
    const known = profile({
      downgrade: [{ mounts: ["/init.d"], env: ["MODS"], claims: ["capabilities"], why, evidence: [run] }],
    });
    expect(outcome(adviseCapabilities(known, app({ mounts: [volume("/init.d/x")] })))[1]).toBe(
      "`/init.d/x` is mounted: they run as root",
    );
    expect(adviseCapabilities(known, app({ environment: set({ MODS: "a" }) })).grade).toBe("review");
    expect(adviseCapabilities(known, app({ mounts: [volume("/data")] })).grade).toBe("safe");
  });

  test("a bind mount of a root start needs DAC_OVERRIDE", () => {
    const add = (change: Partial<ServiceFacts>, known = profile()) =>
      adviseCapabilities(known, app(change)).value?.cap_add;
    expect(add({ mounts: [bind("/data")] })).toContain("DAC_OVERRIDE");
    // A private key or a log that only its owner reads.
    expect(add({ mounts: [bind("/data", true)] })).toContain("DAC_OVERRIDE");
    expect(add({ mounts: [bind("/etc/localtime", true), bind("/run/docker.sock")] })).not.toContain("DAC_OVERRIDE");
    expect(add({ mounts: [volume("/data")] })).not.toContain("DAC_OVERRIDE");
    const unprivileged = profile({ user: { default: "1000:1000", evidence: [run] } });
    expect(add({ mounts: [bind("/data")] }, unprivileged)).not.toContain("DAC_OVERRIDE");
  });

  test("a first process that stays root needs KILL to stop a program of another user", () => {
    const ci = source("ci-deployed", "a/b/c@1");
    const add = (change: Partial<ServiceFacts>, names: readonly string[], evidence = [run]) =>
      adviseCapabilities(profile({ capabilities: { start: { add: names, evidence } } }), app(change)).value?.cap_add;
    expect(add({}, ["SETUID"])).toEqual(["SETUID"]);
    expect(add({ init: true }, ["SETUID"])).toEqual(["KILL", "SETUID"]);
    expect(add({}, ["SETUID"], [ci])).toEqual(["KILL", "SETUID"]);
    expect(add({ init: true }, ["CHOWN"], [ci])).toEqual(["CHOWN"]);
    const asUser = profile({ capabilities: { as_user: { add: [], evidence: [run] } } });
    expect(adviseCapabilities(asUser, app({ init: true, user: "1000" })).value?.cap_add).toEqual([]);
  });

  test("a binary with a file capability cannot start without it", () => {
    const file = { path: "/usr/bin/caddy", capability: "cap_net_bind_service=+ep", evidence: [run] };
    const known = profile({ capabilities: { start: { add: [], evidence: [run] }, files: [file] } });
    expect(adviseCapabilities(known, app()).value?.cap_add).toEqual(["NET_BIND_SERVICE"]);
  });

  test("one operator, or a reading of its files, proves nothing", () => {
    const known = (...evidence: Source[]) => profile({ capabilities: { start: { add: [], evidence } } });
    expect(outcome(adviseCapabilities(known(seenBy("ann")), app()))).toEqual([
      "review",
      "the set is not proven (grade D)",
    ]);
    expect(outcome(adviseCapabilities(known(seenBy("ann"), seenBy("bob")), app()))[1]).toBe(
      "the set is not proven (grade C)",
    );
    expect(outcome(adviseCapabilities(known(source("dockerfile", "a/b/c@1")), app()))[1]).toBe(
      "the set is not proven (grade D)",
    );
  });

  test("what ran as another user says little about a start as root", () => {
    const ci = source("ci-deployed", "a/b/c@1", { ran_as: "568:568" });
    const known = profile({ capabilities: { start: { add: [], evidence: [ci] } } });
    expect(outcome(adviseCapabilities(known, app()))).toEqual(["review", "the set is not proven (grade C)"]);
    const unprivileged = profile({ ...known, user: { default: "1000", evidence: [run] } });
    expect(adviseCapabilities(unprivileged, app()).grade).toBe("safe");
  });

  test("a start that was run by itself and a program that ran as another user prove the whole together", () => {
    const ci = source("ci-deployed", "a/b/c@1", { ran_as: "568:568" });
    const start = source("experiment", "start script with a stand-in", { fidelity: "start" });
    const known = (...evidence: Source[]) => profile({ capabilities: { start: { add: ["SETUID"], evidence } } });
    expect(outcome(adviseCapabilities(known(start), app()))).toEqual(["review", "the set is not proven (grade D)"]);
    expect(adviseCapabilities(known(start, ci), app()).grade).toBe("safe");
    expect(adviseCapabilities(known(start, seenBy("ann")), app()).grade).toBe("review");
    const writes = profile({ read_only: { compat: "works", evidence: [start, seenBy("ann"), seenBy("bob")] } });
    expect(adviseReadOnly(writes, app()).grade).toBe("review");
  });

  test("a service that is made root where its image is not was never tested", () => {
    const said = { compat: "works", evidence: [source("vendor-doc", "a/b/c@1")] } as const;
    const unprivileged = profile({
      user: { default: "1000", evidence: [run] },
      capabilities: { start: { add: [], evidence: [run] } },
      no_new_privileges: said,
      read_only: said,
    });
    const raised = ["review", "it was tested as the image's own user, not as `0`"];
    for (const advised of [adviseCapabilities, adviseNoNewPrivileges, adviseReadOnly]) {
      expect(advised(unprivileged, app()).grade).toBe("safe");
      expect(outcome(advised(unprivileged, app({ user: "0" })))).toEqual(raised);
    }
  });

  test("never for what needs the host; unknown for what is unknown", () => {
    const needs = { host: "the Docker engine", required: true, evidence: [run] };
    expect(outcome(adviseCapabilities(profile({ needs }), app()))).toEqual([
      "never",
      "it needs the host: the Docker engine",
    ]);
    expect(outcome(adviseCapabilities(undefined, app()))).toEqual(["unknown", "nothing is known of `acme/app:1`"]);
    expect(adviseCapabilities(profile({ capabilities: {} }), app()).grade).toBe("unknown");
    const base = profile({ program: { runs: "user-supplied", evidence: [run] } });
    expect(adviseCapabilities(base, app())).toMatchObject({ grade: "unknown", value: undefined, evidence: [] });
  });
});

describe("no-new-privileges", () => {
  const known = (compat: "works" | "conditional" | "breaks") =>
    profile({ no_new_privileges: { compat, evidence: [run] } });
  test.each([
    ["works", "safe"],
    ["conditional", "review"],
    ["breaks", "never"],
  ] as const)("%s is %s", (compat, grade) => expect(adviseNoNewPrivileges(known(compat), app()).grade).toBe(grade));

  test("a condition for services with a `user:` holds only there", () => {
    const some = profile({ no_new_privileges: { compat: "works", as_user: "/run is theirs", evidence: [run] } });
    expect(adviseNoNewPrivileges(some, app()).grade).toBe("safe");
    expect(outcome(adviseNoNewPrivileges(some, app({ user: "1000" })))).toEqual(["review", "/run is theirs"]);
  });

  test("unknown", () => {
    expect(adviseNoNewPrivileges(profile(), app()).grade).toBe("unknown");
    expect(adviseNoNewPrivileges(undefined, app()).grade).toBe("unknown");
  });
});

describe("read-only root", () => {
  const works = (...evidence: Source[]) => ({ compat: "works" as const, evidence });
  const both = works(run, seenBy("ann"), seenBy("bob"));

  test("safe: documented, or measured and seen twice, or seen three times of an unprivileged image", () => {
    const grade = (known: Profile) => adviseReadOnly(known, app()).grade;
    const bare = { capabilities: {} };
    expect(grade(profile({ read_only: works(source("vendor-doc", "a/b/c@1")), ...bare }))).toBe("safe");
    expect(grade(profile({ read_only: both, ...bare }))).toBe("safe");
    expect(grade(profile({ read_only: works(run, seenBy("ann")), ...bare }))).toBe("review");
    const three = works(seenBy("ann"), seenBy("bob"), seenBy("cat"));
    expect(grade(profile({ read_only: three, ...bare }))).toBe("review");
    expect(grade(profile({ read_only: three, user: { default: "1000", evidence: [run] }, ...bare }))).toBe("safe");
  });

  test("copies of one origin count once", () => {
    const copy = { ...seenBy("bob"), origin: "ann/home" };
    expect(adviseReadOnly(profile({ read_only: works(run, seenBy("ann"), copy) }), app()).grade).toBe("review");
  });

  test("a condition holds it back unless it can be checked", () => {
    const documented = source("vendor-doc", "a/b/c@1");
    const condition = "no mount under /etc/acme";
    const said = profile({ read_only: { ...works(documented), condition }, capabilities: {} });
    expect(outcome(adviseReadOnly(said, app()))).toEqual(["review", condition]);
    const check = { no_mount_under: ["/etc/acme"] };
    const checked = profile({ read_only: { ...works(documented), condition, check }, capabilities: {} });
    expect(adviseReadOnly(checked, app()).grade).toBe("safe");
    expect(outcome(adviseReadOnly(checked, app({ mounts: [bind("/etc/acme/conf.d")] })))).toEqual([
      "review",
      "`/etc/acme/conf.d` is mounted: no mount under /etc/acme",
    ]);
  });

  test("Tailscale: what it would write outside its mounts", () => {
    const tailscale = profileOf("tailscale/tailscale");
    const grade = (variables: Readonly<Record<string, string>>, mounts = [volume("/var/lib/tailscale")]) =>
      adviseReadOnly(tailscale, facts("tailscale/tailscale:v1.98.9", { environment: set(variables), mounts })).grade;
    expect(grade({ TS_STATE_DIR: "/var/lib/tailscale", TS_ACCEPT_DNS: "false" })).toBe("safe");
    expect(grade({ TS_EXTRA_ARGS: "--advertise-exit-node" })).toBe("safe");
    for (const said of [
      { TS_ACCEPT_DNS: "true" },
      { TS_EXTRA_ARGS: "--accept-routes --accept-dns" },
      { TS_STATE_DIR: "/state" },
      { TS_TAILSCALED_EXTRA_ARGS: "--statedir=/state" },
    ])
      expect(grade(said)).toBe("review");
    expect(grade({ TS_STATE_DIR: "/var/lib/tailscale" }, [])).toBe("review");
    expect(adviseReadOnly(tailscale, facts("tailscale/tailscale")).value?.tmpfs).toContain("/run");
  });

  test("a variable that has to say so", () => {
    const check = { env: { DB: "^postgres" } };
    const known = profile({
      read_only: {
        compat: "works",
        condition: "its data is elsewhere",
        check,
        evidence: [source("vendor-doc", "a/b/c@1")],
      },
    });
    const advised = (variables: Readonly<Record<string, string>>) =>
      outcome(adviseReadOnly(known, app({ environment: set(variables), user: "0" })))[1];
    expect(advised({ DB: "postgresql://db/x" })).not.toContain("elsewhere");
    expect(advised({ DB: "sqlite:///x" })).toContain("`DB` does not say so: its data is elsewhere");
    expect(advised({})).toContain("`DB` does not say so: its data is elsewhere");
  });

  test("a condition on variables and arguments, by their beginnings and by patterns", () => {
    const check = { no_env: ["ACME_*"], no_command: ["--log=(?!/)"] };
    const claim = { ...works(source("vendor-doc", "a/b/c@1")), condition: "logs lie on a mount", check };
    const known = profile({ read_only: claim, capabilities: {}, commands: { same_start: ["-"], evidence: [run] } });
    const answer = (change: Partial<ServiceFacts>) => outcome(adviseReadOnly(known, app(change)));
    expect(answer({ environment: set({ ACM: "1" }), command: ["--quiet", "--log=/tmp/log"] })[0]).toBe("safe");
    expect(answer({ environment: set({ ACME_LOG: "x" }) })).toEqual([
      "review",
      "`ACME_LOG` is set: logs lie on a mount",
    ]);
    expect(answer({ command: ["--quiet", "--Log=acme.log"] })).toEqual([
      "review",
      "its `command` says otherwise: logs lie on a mount",
    ]);
  });

  const scratch = (path: string, more: object = {}) => ({ path, kind: "scratch" as const, evidence: [run], ...more });
  const tmpfs = (known: Partial<Profile>, change: Partial<ServiceFacts> = {}) =>
    adviseReadOnly(profile({ read_only: both, ...known }), app(change)).value?.tmpfs;

  test("each scratch path becomes a tmpfs with its owner, and /tmp always", () => {
    const paths = [
      scratch("/run/acme", { uid: 999, gid: 999, mode: "0750" }),
      scratch("/run/s6", { exec: true }),
      scratch("/var/cache", { size: "64m" }),
    ];
    expect(tmpfs({ paths })).toEqual([
      "/run/acme:uid=999,gid=999,mode=0750",
      "/run/s6:exec",
      "/var/cache:size=64m",
      "/tmp",
    ]);
  });

  test("an unprivileged image writes as its own user, a service's user comes first", () => {
    const known = { paths: [scratch("/cache")], user: { default: "101:102", evidence: [run] } };
    expect(tmpfs(known)).toEqual(["/cache:uid=101,gid=102", "/tmp"]);
    expect(tmpfs(known, { user: "1000:1000" })).toEqual(["/cache:uid=1000,gid=1000", "/tmp"]);
  });

  test("who writes must be known", () => {
    const known = profile({ read_only: both, capabilities: {}, paths: [scratch("/cache")] });
    expect(outcome(adviseReadOnly(known, app()))[1]).toBe(
      "which user writes `/cache` is not known, and a tmpfs belongs to root",
    );
  });

  test("nothing on what is mounted already, on volumes, or twice", () => {
    expect(tmpfs({ paths: [scratch("/cache")] }, { mounts: [volume("/cache")] })).toEqual(["/tmp"]);
    expect(tmpfs({ paths: [scratch("/cache/a")] }, { tmpfs: ["/cache", "/tmp"] })).toEqual([]);
    expect(tmpfs({ paths: [scratch("/run"), scratch("/run/acme")] })).toEqual(["/run", "/tmp"]);
    expect(tmpfs({ paths: [scratch("/run/acme")] }, { mounts: [bind(containerPath("/var/run"))] })).toEqual(["/tmp"]);
    const data = { path: "/data", kind: "persist" as const, volume: true, evidence: [run] };
    expect(tmpfs({ paths: [data, scratch("/data/tmp")] })).toEqual(["/tmp"]);
  });

  test("data that nothing keeps is a reason for review, a declared volume is not", () => {
    const data = { path: "/data", kind: "persist" as const, evidence: [run] };
    const known = (path: object) => profile({ read_only: both, capabilities: {}, paths: [{ ...data, ...path }] });
    expect(outcome(adviseReadOnly(known({}), app()))).toEqual([
      "review",
      "nothing is mounted at `/data`, where it keeps data",
    ]);
    expect(adviseReadOnly(known({}), app({ mounts: [volume("/data")] })).grade).toBe("safe");
    expect(adviseReadOnly(known({ volume: true }), app()).grade).toBe("safe");
  });

  test("arguments that name another path to write", () => {
    const known = profile({ read_only: both, capabilities: {}, commands: { same_start: ["-"], evidence: [run] } });
    expect(outcome(adviseReadOnly(known, app({ command: ["--log=/var/log/acme.log"] })))[1]).toContain(
      "`/var/log/acme.log`",
    );
    expect(adviseReadOnly(known, app({ command: ["--config=/etc/acme.yml"] })).grade).toBe("safe");
  });

  test("a variable that voids the claim", () => {
    const downgrade = [{ env: ["PUID"], claims: ["read_only" as const], why: "it is ignored", evidence: [run] }];
    const known = profile({ read_only: both, capabilities: {}, downgrade });
    expect(outcome(adviseReadOnly(known, app({ environment: set({ PUID: "1000" }) })))).toEqual([
      "review",
      "`PUID` set: it is ignored",
    ]);
  });

  test("together with dropped capabilities only where both were seen together", () => {
    const documented = source("vendor-doc", "a/b/c@1");
    const apart = profile({ read_only: works(documented) });
    expect(outcome(adviseReadOnly(apart, app()))).toEqual([
      "review",
      "a read-only root was not seen together with dropped capabilities",
    ]);
    expect(adviseReadOnly(profile({ read_only: works(documented, run) }), app()).grade).toBe("safe");
  });

  test("never when the start script writes into the image", () => {
    const read_only = { compat: "image-write" as const, why: "it renders its configuration", evidence: [run] };
    expect(outcome(adviseReadOnly(profile({ read_only }), app()))).toEqual(["never", "it renders its configuration"]);
    expect(adviseReadOnly(profile(), app()).grade).toBe("unknown");
  });
});

describe("user", () => {
  test("never automatic", () => {
    const known = profile({
      user: { default: "root", drops_to: "999:999", evidence: [run] },
      capabilities: { as_user: { add: [], evidence: [run] } },
    });
    expect(adviseUser(known, app())).toMatchObject({ grade: "review", value: "999:999" });
    expect(adviseUser(profile({ user: { default: "1000:1000", evidence: [run] } }), app()).grade).toBe("never");
    expect(adviseUser(profile(), app()).grade).toBe("unknown");
  });
});

describe("limits", () => {
  test("tasks: measured or documented, never below 512", () => {
    const measured = (tasks: number) => profile({ limits: { measured: { memory_mb: 48, tasks, evidence: [run] } } });
    expect(adviseLimits(measured(12), app()).pids).toMatchObject({ grade: "safe", value: 512 });
    expect(adviseLimits(measured(90), app()).pids).toMatchObject({ grade: "safe", value: 900 });
    const known = { ...measured(12), commands: { same_start: ["postgres", "-"], evidence: [run] } };
    for (const command of [
      ["postgres", "-c", "max_connections=1000"],
      ["--max-connections", "1000"],
    ]) {
      expect(adviseLimits(known, app({ command })).pids).toMatchObject({ grade: "safe", value: 1512 });
    }
    expect(adviseLimits(profile(), app()).pids.grade).toBe("unknown");
  });

  test("memory: safe only when the vendor limits it", () => {
    const limit = profile({ limits: { memory_limit: { mb: 4096, evidence: [run] } } });
    expect(adviseLimits(limit, app()).memory).toMatchObject({ grade: "safe", value: 4096 });
    const least = profile({ limits: { memory_minimum: { mb: 2048, evidence: [run] } } });
    expect(adviseLimits(least, app()).memory).toMatchObject({ grade: "review", value: 2048 });
  });

  test("memory: above what was seen to be too little", () => {
    const known = profile({
      limits: { memory_seen: { mb: [512], evidence: [run] }, memory_too_small: { mb: 1024, evidence: [run] } },
    });
    expect(adviseLimits(known, app()).memory.value).toBe(2048);
  });

  test("AI services get gigabytes, and more for a model that is named", () => {
    const ai = profile({ category: "ai" });
    expect(adviseLimits(ai, app())).toMatchObject({
      memory: { grade: "review", value: 4096 },
      cpus: { grade: "review", value: 2 },
    });
    const named = adviseLimits(
      ai,
      facts("acme/vllm:1", { environment: set({ DEFAULT_MODEL: "llama3.1:70b" }) }),
    ).memory;
    expect(named.value).toBeGreaterThan(40_000);
    expect(named.reasons.join()).toContain("llama3.1:70b");
    expect(
      adviseLimits(ai, facts("acme/vllm:1", { command: ["--model", "Qwen/Qwen2.5-1.5B-Instruct"] })).memory.value,
    ).toBe(4096);
  });

  test("unknown", () => expect(adviseLimits(undefined, app()).memory.grade).toBe("unknown"));
});

test.each([
  ["traefik:3.1", 443, "tcp", true],
  ["pihole/pihole:2026.07.2", 53, "udp", true],
  ["pihole/pihole:2026.07.2", 80, "tcp", false],
  ["postgres:17", 5432, "tcp", false],
  ["postgres:17", 9999, "tcp", false],
  ["lscr.io/linuxserver/qbittorrent:5.0.3", 6881, "udp", true],
  ["lscr.io/linuxserver/qbittorrent:5.0.3", 8080, "tcp", false],
] as const)("%s: %d/%s is meant for other machines: %s", (image, port, protocol, meant) => {
  const known = profileOf(image);
  expect(known !== undefined && isMeantForOthers(known, port, protocol)).toBe(meant);
});

describe("a release to name", () => {
  const ci = source("ci-deployed", "a/b/c@1", { tags: ["2.9", "3.1.0", "3.2.0-alpine"] });
  const release = (image: string, change: Partial<Profile> = {}) =>
    adviseRelease(profile({ evidence: [ci], ...change }), facts(image)).value;

  test("the newest that was run, for the newest only", () => {
    expect(release("acme/app")).toBe("3.1.0");
    expect(release("acme/app:stable")).toBe("3.1.0");
    expect(release("acme/app:edge")).toBeUndefined();
    expect(release("acme/app:3")).toBeUndefined();
    expect(release("acme/app", { category: "database" })).toBeUndefined();
  });

  test("where the images have releases of their own, what is claimed of this one", () => {
    const images = ["acme/app", "acme/worker"];
    expect(release("acme/app", { images })).toBeUndefined();
    const releases = [
      { tag: "v2.1", images: ["acme/worker"], evidence: [ci] },
      { tag: "v2.0", evidence: [ci] },
    ];
    expect(release("acme/app", { images, releases })).toBe("v2.0");
    expect(release("acme/worker", { images, releases })).toBe("v2.1");
  });

  test("a tag that moves stands for what is claimed of it", () => {
    const releases = [{ tag: "v4.0", moving: ["release"], evidence: [ci] }];
    expect(release("acme/app:release", { releases })).toBe("v4.0");
    expect(release("acme/app", { releases })).toBe("3.1.0");
  });
});

describe("the most used images", () => {
  const data = { mounts: [volume("/var/lib/postgresql/data")], environment: set({ POSTGRES_PASSWORD: "x" }) };
  test("postgres", () => {
    const postgres = facts("postgres:17", data);
    const known = profileOf("postgres:17");
    expect(adviseCapabilities(known, postgres)).toMatchObject({
      grade: "safe",
      value: { cap_add: ["CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID"] },
    });
    expect(adviseNoNewPrivileges(known, postgres).grade).toBe("safe");
    expect(adviseReadOnly(known, postgres).value?.tmpfs).toEqual(["/run/postgresql:uid=999,gid=999,mode=3777", "/tmp"]);
  });

  test("linuxserver images need exec on /run, and PUID holds the fix back", () => {
    const sonarr = facts("lscr.io/linuxserver/sonarr:4.0.1", {
      mounts: [volume("/config"), volume("/tv"), volume("/downloads")],
    });
    const advice = adviseReadOnly(profileOf(sonarr.image), sonarr);
    expect(advice.value?.tmpfs).toContain("/run:exec");
    const owned = adviseReadOnly(profileOf(sonarr.image), { ...sonarr, environment: set({ PUID: "1000" }) });
    expect(owned.reasons.join()).toContain("`PUID` set");
  });
});
