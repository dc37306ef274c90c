/**
 * Where new keys go among those of a mapping. Keys that belong together stand together; within a group they follow the order
 * below. The result does not depend on the order in which keys are inserted: each key finds its place by comparison alone.
 */

/** Groups of keys; a key's rank is its place in this table. */
const GROUPS: readonly (readonly string[])[] = [
  ["user", "group_add", "userns_mode", "privileged", "cap_add", "cap_drop", "security_opt", "read_only"],
  ["volumes", "tmpfs"],
  ["restart", "init", "stop_grace_period"],
  ["network_mode", "networks", "ports", "expose"],
  ["env_file", "environment"],
  // With the names that the same limits have below deploy.resources.limits.
  [
    ...["memory", "mem_limit", "memswap_limit", "mem_reservation"],
    ...["cpus", "cpu_shares", "pids", "pids_limit", "ulimits", "deploy"],
  ],
  ["healthcheck"],
  ["logging"],
  ["labels"],
  // The long syntax of ports and mounts.
  ["type", "source", "target", "published", "host_ip", "protocol", "mode", "name", "app_protocol"],
];

/** Keys that fixes add at the end of a block; a new one keeps the order of the table among them. */
const TAIL: ReadonlySet<string> = new Set([
  "privileged",
  "cap_drop",
  "security_opt",
  "read_only",
  "tmpfs",
  "init",
  "memory",
  "mem_limit",
  "cpus",
  "pids",
  "pids_limit",
]);

/** What a service is: nothing is written above these. */
const HEAD: ReadonlySet<string> = new Set(["image", "build", "<<", "extends", "container_name"]);

const places = new Map(GROUPS.flatMap((keys, group) => keys.map((key) => [key, { group, key }] as const)));
const ranks = new Map([...places.keys()].map((key, rank) => [key, rank]));
const rankOf = (key: string): number => ranks.get(key) ?? Number.POSITIVE_INFINITY;

/** For a new key the index among `keys` in front of which it goes; `keys.length` for the end. */
export function placeOf(key: string, keys: readonly string[]): number {
  return Math.max(besideItsGroup(key, keys) ?? atTheEnd(key, keys), headLength(keys));
}

function besideItsGroup(key: string, keys: readonly string[]): number | undefined {
  const group = places.get(key)?.group;
  if (group === undefined) return undefined;
  const members = keys
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => name !== key && places.get(name)?.group === group)
    .sort((a, b) => rankOf(a.name) - rankOf(b.name));
  const before = members.findLast(({ name }) => rankOf(name) < rankOf(key));
  if (before !== undefined) return before.index + 1;
  return members[0]?.index;
}

function atTheEnd(key: string, keys: readonly string[]): number {
  let at = keys.length;
  while (at > 0) {
    const previous = keys[at - 1];
    if (previous === undefined || !TAIL.has(previous) || rankOf(previous) < rankOf(key)) break;
    at--;
  }
  return at;
}

function headLength(keys: readonly string[]): number {
  return keys.findLastIndex((key) => HEAD.has(key)) + 1;
}

/** The keys with new ones put in; new ones are marked. */
export function arrange(
  keys: readonly string[],
  added: readonly string[],
): readonly { readonly key: string; readonly isNew: boolean }[] {
  const result = keys.map((key) => ({ key, isNew: false }));
  const order = (a: string, b: string) => (rankOf(a) === rankOf(b) ? 0 : rankOf(a) - rankOf(b));
  for (const key of [...added].sort(order))
    result.splice(
      placeOf(
        key,
        result.map((entry) => entry.key),
      ),
      0,
      { key, isNew: true },
    );
  return result;
}
