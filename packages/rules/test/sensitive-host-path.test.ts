import { expect } from "vitest";
import { sensitiveHostPath } from "../src/rules/sensitive-host-path.js";
import { type Case, table } from "./table.js";

const mount = (entry: string): string => `services:\n  web:\n    image: nginx\n    volumes:\n      - ${entry}\n`;
const first = ["services.web.volumes[0]"];
const weighs =
  (severity: string): Case["first"] =>
  (finding) =>
    expect(finding.severity).toBe(severity);

const hasFix =
  (expected: boolean): Case["first"] =>
  (finding) =>
    expect(finding.fix !== undefined).toBe(expected);

table(sensitiveHostPath, [
  { case: "a certificate", compose: mount("/etc/letsencrypt/live/x/fullchain.pem:/c.pem:ro"), finds: [] },
  { case: "its key", compose: mount("/etc/letsencrypt/live/x/privkey.pem:/k.pem:ro"), finds: first },
  { case: "git's own folder", compose: mount("./.git:/repo/.git"), finds: first, first: weighs("high") },
  {
    case: "a relative path is named as it is written",
    compose: mount("'${ROOT:-..}/.git:/repo/.git'"),
    finds: first,
    first: ({ message, fix }) => {
      expect(message).toContain("(`${ROOT:-..}/.git`)");
      expect(fix?.title).toBe("mount ${ROOT:-..}/.git read-only");
    },
  },
  {
    case: "a path with a variable is named by what it is",
    compose: mount("${DIR:-/etc}/shadow:/x:ro"),
    finds: first,
    first: ({ message }) => expect(message).toContain("(`/etc/shadow`)"),
  },
  { case: "git's hooks", compose: mount("/srv/app/.git/hooks:/h"), finds: first },
  { case: "git's own folder, to read", compose: mount("./.git:/repo/.git:ro"), finds: [] },
  { case: "a repository without a tree", compose: mount("/srv/git/a.git:/repo.git"), finds: [] },
  { case: "certificates of others", compose: mount("/etc/pki/ca-trust/extracted/pem:/c:ro"), finds: [] },
  {
    case: "what Docker keeps of each container",
    compose: mount("/var/lib/docker/containers:/x:ro"),
    finds: first,
    first: ({ message, risk, severity }) => {
      expect(message).toContain("the logs and settings of all containers");
      expect(risk).toContain("as root their environment");
      expect(severity).toBe("high");
    },
  },
  { case: "/sys, which every container has much of", compose: mount("/sys:/x:ro"), finds: first, first: weighs("low") },
  { case: "no volumes", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: "services: {web: {image: nginx, volumes: []}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, volumes: /etc}}", finds: [] },
  { case: "writable /", compose: mount("/:/host"), finds: first, first: weighs("critical") },
  { case: "readable /", compose: mount("/:/host:ro"), finds: first, first: weighs("high") },
  { case: "writable /etc", compose: mount("/etc:/x"), finds: first, first: weighs("critical") },
  {
    case: "long, read-only",
    compose: mount("{type: bind, source: /etc, target: /x, read_only: true}"),
    finds: first,
    first: weighs("high"),
  },
  { case: "/etc/ with a slash", compose: mount("/etc/:/x"), finds: first },
  { case: "a detour to /etc", compose: mount("/srv/../etc:/x"), finds: first },
  { case: "/etc/shadow", compose: mount("/etc/shadow:/x:ro"), finds: first },
  { case: "/etc/passwd, read", compose: mount("/etc/passwd:/etc/passwd:ro"), finds: [] },
  { case: "/etc/passwd, written", compose: mount("/etc/passwd:/etc/passwd"), finds: first },
  { case: "the clock", compose: mount("/etc/localtime:/etc/localtime"), finds: [] },
  { case: "a program's folder in /etc", compose: mount("/etc/traefik:/etc/traefik"), finds: [] },
  { case: "a name that begins like it", compose: mount("/etcetera:/x"), finds: [] },
  { case: "a folder of the project", compose: mount("./etc:/etc"), finds: [] },
  { case: "a named volume", compose: `${mount("etc:/etc")}volumes: {etc: {}}\n`, finds: [] },
  { case: "an anonymous volume", compose: mount("/etc"), finds: [] },
  { case: "/proc, read", compose: mount("/proc:/host/proc:ro"), finds: first, first: weighs("medium") },
  { case: "/proc, written", compose: mount("/proc:/host/proc"), finds: first, first: weighs("critical") },
  { case: "control groups, read", compose: mount("/sys/fs/cgroup:/sys/fs/cgroup:ro"), finds: [] },
  {
    case: "kernel modules, written",
    compose: mount("/lib/modules:/lib/modules"),
    finds: first,
    first: weighs("critical"),
  },
  { case: "kernel modules, read", compose: mount("/lib/modules:/lib/modules:ro"), finds: [] },
  {
    case: "name resolution, written",
    compose: mount("/etc/resolv.conf:/etc/resolv.conf"),
    finds: first,
    first: weighs("high"),
  },
  { case: "name resolution, read", compose: mount("/etc/resolv.conf:/etc/resolv.conf:ro"), finds: [] },
  { case: "the system bus", compose: mount("/run/dbus:/run/dbus:ro"), finds: first, first: weighs("medium") },
  {
    case: "the system bus's socket",
    compose: mount("/var/run/dbus/system_bus_socket:/x"),
    finds: first,
    first: hasFix(false),
  },
  { case: "a user's bus", compose: mount("/run/user/1000/bus:/x"), finds: [] },
  { case: "device names", compose: mount("/run/udev:/run/udev:ro"), finds: [] },
  ...(
    [
      ["what runs for a device, written", "/etc/udev/rules.d:/x", "critical"],
      ["what runs for a device, read", "/etc/udev/rules.d:/x:ro", undefined],
      ["what is mounted at start", "/etc/fstab:/x", "critical"],
      ["the start of a small computer", "/boot/firmware:/x", "critical"],
      ["the start, read", "/boot/firmware:/x:ro", undefined],
      ["programs of the machine", "/usr/local:/x", "critical"],
      ["the passwords as they were", "/etc/shadow-:/x:ro", "high"],
      ["everything below /var/lib", "/var/lib:/x:ro", "high"],
      ["a server's own folder there", "/var/lib/postgresql:/x", undefined],
      ["the pods of Kubernetes", "/var/lib/kubelet/pods:/x:ro", "high"],
      ["all spools, jobs among them", "/var/spool:/x", "critical"],
      ["what the cloud set the machine up with", "/var/lib/cloud:/x:ro", "high"],
      ["the socket of virtual machines", "/var/run/libvirt/libvirt-sock:/x:ro", "critical"],
      ["the one that only reads", "/var/run/libvirt/libvirt-sock-ro:/x", undefined],
      ["a person's session", "/run/user/1000:/x", "high"],
      ["the sound of it", "/run/user/1000/pulse:/x", undefined],
      ["an agent with keys", "/tmp/ssh-XXabc/agent.4711:/agent", "high"],
      ["the same by another name", "/run/user/1000/ssh-agent.socket:/agent:ro", "high"],
      ["the one that Docker Desktop hands on", "/run/host-services/ssh-auth.sock:/agent", "high"],
      ["the screen", "/tmp/.X11-unix:/tmp/.X11-unix:ro", "medium"],
      ["shared memory", "/dev/shm:/dev/shm", "high"],
      ["all settings of a person", "/home/me/.config:/x:ro", "high"],
      ["those of one program", "/home/me/.config/app:/x", undefined],
      ["credentials of registries", "/root/.docker:/x:ro", "high"],
      ["a folder of the project with that name", "./.docker:/x", undefined],
      ["a token for packages", "/home/me/.cargo/credentials.toml:/x:ro", "high"],
    ] as const
  ).map(
    ([name, entry, severity]): Case => ({
      case: name,
      compose: mount(JSON.stringify(entry)),
      finds: severity === undefined ? [] : first,
      ...(severity === undefined ? {} : { first: weighs(severity) }),
    }),
  ),
  { case: "writable, so made read-only", compose: mount("/etc:/x"), finds: first, first: hasFix(true) },
  { case: "credentials are as bad when read", compose: mount("/home/me/.ssh:/x"), finds: first, first: hasFix(false) },
  { case: "a home folder", compose: mount("/home/me:/x"), finds: first },
  { case: "a folder in a home folder", compose: mount("/home/me/project:/x"), finds: [] },
  { case: "keys for SSH", compose: mount("/home/me/.ssh:/x:ro"), finds: first, first: weighs("high") },
  { case: "credentials of a cloud", compose: mount("/home/me/.aws/credentials:/x:ro"), finds: first },
  { case: "shell history", compose: mount("/home/me/.bash_history:/x:ro"), finds: first },
  { case: "the storage of containers", compose: mount("/var/lib/docker:/x:ro"), finds: first },
  {
    case: "a named volume that is a bind mount",
    compose: `${mount("v1:/x")}volumes: {v1: {driver_opts: {type: none, o: "bind,rw", device: /etc}}}\n`,
    finds: first,
  },
  { case: "below a variable that nobody set", compose: mount("${DATA}/:/x"), finds: [] },
  { case: "below two of them", compose: mount("'$DATA/$APP:/x'"), finds: [] },
  { case: "below one, long syntax", compose: mount("{type: bind, source: '${DATA}/etc', target: /x}"), finds: [] },
  {
    case: "below a variable that is set",
    compose: { "compose.yaml": mount("${DATA}/:/x"), ".env": "DATA=/etc" },
    finds: first,
  },
  {
    case: "credentials below a variable",
    compose: mount("${HOME}/.ssh:/x:ro"),
    finds: first,
    first: ({ message }) => expect(message).toContain("`${HOME}/.ssh`"),
  },
  { case: "below a variable that falls back to nothing", compose: mount("${ROOT:-}/:/x"), finds: first },
  { case: "a variable", compose: mount("${DIR:-/etc}:/x"), finds: first },
  { case: "build only", compose: "services: {web: {build: ., volumes: ['/root:/x']}}", finds: first },
  {
    case: "extends",
    compose: "services: {base: {image: a, volumes: ['/srv:/x']}, web: {extends: base, volumes: ['/boot:/y']}}",
    finds: ["services.web.volumes[1]"],
  },
  { case: "Tailscale's socket", compose: mount("/var/run/tailscale:/var/run/tailscale"), finds: first },
  { case: "Tailscale's state in the project", compose: mount("./tailscale:/var/lib/tailscale"), finds: [] },
  { case: "a disk", compose: mount("/dev/sdb1:/dev/sdb1"), finds: first },
  { case: "names of disks", compose: mount("/dev/disk:/dev/disk:ro"), finds: [] },
  { case: "units of systemd", compose: mount("/lib/systemd/system:/x"), finds: first },
  { case: "units of systemd, read", compose: mount("/lib/systemd/system:/x:ro"), finds: [] },
  { case: "whom SSH knows", compose: mount("/home/a/.ssh/known_hosts:/x"), finds: [] },
  { case: "a public key", compose: mount("/home/a/.ssh/id_ed25519.pub:/x:ro"), finds: [] },
  { case: "a private key", compose: mount("/home/a/.ssh/id_work:/x:ro"), finds: first },
  { case: "who may log in, to read", compose: mount("/home/a/.ssh/authorized_keys:/x:ro"), finds: [] },
  {
    case: "who may log in",
    compose: mount("/home/a/.ssh/authorized_keys:/x"),
    finds: first,
    first: ({ severity }) => expect(severity).toBe("critical"),
  },
  {
    case: "what was said to an agent",
    compose: mount("/home/a/.claude/projects:/x:ro"),
    finds: first,
    first: ({ message }) => expect(message).toContain("a person's history"),
  },
  { case: "what agents are told, to read", compose: mount("/home/a/.claude/skills:/x:ro"), finds: [] },
  {
    case: "what agents are told",
    compose: mount("/home/a/.codex/AGENTS.md:/x"),
    finds: first,
    first: ({ severity }) => expect(severity).toBe("high"),
  },
  {
    case: "an agent's whole folder",
    compose: mount("/home/a/.claude:/x:ro"),
    finds: first,
    first: ({ message }) => expect(message).toContain("credentials"),
  },
]);
