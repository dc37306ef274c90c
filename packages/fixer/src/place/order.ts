/**
 * Where new keys go among those of a mapping. Keys that belong together stand together; within a group they follow the order
 * below. The result does not depend on the order in which keys are inserted: each key finds its place by comparison alone.
 */

/** Groups of keys; a key's rank is its place in this table. */
const GROUPS: readonly (readonly string[])[] = [
  ["network_mode", "networks", "ports", "expose"],
  ["env_file", "environment"],
  ["restart", "init", "stop_grace_period"],
  ["user", "group_add", "userns_mode", "privileged", "cap_add", "cap_drop", "security_opt", "read_only"],
  ["volumes", "tmpfs"],
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
  ...["environment", "init", "user", "privileged", "cap_add", "cap_drop", "security_opt", "read_only", "tmpfs"],
  ...["memory", "mem_limit", "cpus", "pids", "pids_limit", "deploy", "healthcheck", "logging"],
]);

/** What a service is: nothing is written above these. */
const HEAD: ReadonlySet<string> = new Set(["image", "build", "<<", "extends"]);

const places = new Map(GROUPS.flatMap((keys, group) => keys.map((key) => [key, group] as const)));
const ranks = new Map([...places.keys()].map((key, rank) => [key, rank]));
const groupOf = (key: string | undefined): number | undefined => (key === undefined ? undefined : places.get(key));
const rankOf = (key: string): number => ranks.get(key) ?? Number.POSITIVE_INFINITY;

/** For a new key the index among `keys` in front of which it goes; `keys.length` for the end. */
function placeOf(key: string, keys: readonly string[]): number {
  const head = keys.findLastIndex((name) => HEAD.has(name)) + 1;
  const beside = besideItsGroup(key, keys);
  if (beside === undefined) return Math.max(atTheEnd(key, keys), head);
  return beside >= head ? beside : behindTheHead(key, keys, head);
}

function besideItsGroup(key: string, keys: readonly string[]): number | undefined {
  const members = keys
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => name !== key && groupOf(name) !== undefined && groupOf(name) === groupOf(key))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name));
  const before = members.findLast(({ name }) => rankOf(name) < rankOf(key));
  return before === undefined ? members[0]?.index : before.index + 1;
}

/** In front of the keys at the end that come later in the table; what stands together as a group is not torn apart. */
function atTheEnd(key: string, keys: readonly string[]): number {
  let at = keys.length;
  for (;;) {
    let start = at - 1;
    while (start > 0 && groupOf(keys[start - 1]) !== undefined && groupOf(keys[start - 1]) === groupOf(keys[at - 1]))
      start--;
    const run = keys.slice(Math.max(start, 0), at);
    if (run.length === 0 || !run.every((name) => TAIL.has(name) && rankOf(name) > rankOf(key))) return at;
    at = start;
  }
}

function behindTheHead(key: string, keys: readonly string[], head: number): number {
  let at = head;
  for (let name = keys[at]; name !== undefined && TAIL.has(name) && rankOf(name) < rankOf(key); name = keys[at]) at++;
  return at;
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
