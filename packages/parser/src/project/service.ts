import type {
  Entries,
  Json,
  KeyPath,
  Limits,
  List,
  Located,
  Mount,
  Origin,
  Path,
  Port,
  Service,
  Tmpfs,
} from "@compose-harden/model";
import { isNull, originOf, textOf } from "../tree/edit.js";
import { toJson } from "../tree/json.js";
import type { MapNode, Node } from "../tree/node.js";
import { parseBytes } from "../values/bytes.js";
import { type Scalar, scalarText } from "../values/scalar.js";

/** The typed view of a service of the finished model; every attribute is read when it is first asked for. */
export function serviceView(name: string, node: MapNode, active: boolean): Service {
  const path: KeyPath = ["services", name];
  const known = new Map<string, unknown>();
  const attributes = new Map<string | number, Located<Json> | undefined>();

  function once<T>(key: string, read: () => T): T {
    const before = known.get(key);
    if (before !== undefined || known.has(key)) return before as T;
    const value = read();
    known.set(key, value);
    return value;
  }

  function attribute(below: Path): Located<Json> | undefined {
    let here: Node | undefined = node;
    for (const step of below) here = child(here, step);
    if (here === undefined) return undefined;
    const value = toJson(here);
    return { value, raw: value, path: [...path, ...below], origin: originOf(here) };
  }

  function at(...below: readonly string[]): Node | undefined {
    let here: Node | undefined = node;
    for (const step of below) here = here?.kind === "map" ? here.entries.get(step) : undefined;
    return here;
  }

  function scalar<T>(key: string, read: (node: Node) => T | undefined): Located<T> | undefined {
    return once(key, () => locate(at(key), [...path, key], read));
  }

  function list<T>(key: string, read: (node: Node) => T | undefined): List<T> {
    return once(key, () => listOf(at(key), [...path, key], read));
  }

  return {
    name,
    active,
    path,
    get blocks() {
      return node.origins;
    },
    get image() {
      return scalar("image", textOf);
    },
    get build() {
      return scalar("build", (found): Json | undefined => (isNull(found) ? undefined : toJson(found)));
    },
    get command() {
      return scalar("command", words);
    },
    get entrypoint() {
      return scalar("entrypoint", words);
    },
    get user() {
      return scalar("user", textOf);
    },
    get read_only() {
      return scalar("read_only", truth);
    },
    get privileged() {
      return scalar("privileged", truth);
    },
    get network_mode() {
      return scalar("network_mode", textOf);
    },
    get ports() {
      return list("ports", port);
    },
    get volumes() {
      return list("volumes", mount);
    },
    get tmpfs() {
      return once("tmpfs", () => tmpfsOf(at("tmpfs"), at("volumes"), path));
    },
    get security_opt() {
      return list("security_opt", textOf);
    },
    get cap_add() {
      return list("cap_add", textOf);
    },
    get cap_drop() {
      return list("cap_drop", textOf);
    },
    get environment() {
      return once("environment", () => entriesOf(at("environment"), [...path, "environment"]));
    },
    get labels() {
      return once("labels", () => entriesOf(at("labels"), [...path, "labels"]));
    },
    get limits() {
      return once("limits", () => limitsOf(at, path));
    },
    get(...below: Path): Located<Json> | undefined {
      const [first] = below;
      if (below.length !== 1 || first === undefined) return attribute(below);
      const before = attributes.get(first);
      if (before !== undefined || attributes.has(first)) return before;
      const found = attribute(below);
      attributes.set(first, found);
      return found;
    },
  };
}

/** The node one step further down. */
export function child(node: Node | undefined, step: string | number): Node | undefined {
  if (node?.kind === "map") return typeof step === "string" ? node.entries.get(step) : undefined;
  if (node?.kind === "seq") return typeof step === "number" ? node.items[step] : undefined;
  return undefined;
}

function locate<T>(node: Node | undefined, path: Path, read: (node: Node) => T | undefined): Located<T> | undefined {
  if (node === undefined) return undefined;
  const value = read(node);
  return value === undefined ? undefined : { value, raw: toJson(node), path, origin: originOf(node) };
}

function originsOf(node: Node | undefined): readonly Origin[] {
  if (node === undefined) return [];
  if (node.kind === "scalar") return node.origin === undefined ? [] : [node.origin];
  return node.origins;
}

function listOf<T>(node: Node | undefined, path: KeyPath, read: (node: Node) => T | undefined): List<T> {
  const items: Located<T>[] = [];
  if (node?.kind === "seq") {
    for (const [i, item] of node.items.entries()) {
      const located = locate(item, [...path, i], read);
      if (located !== undefined) items.push(located);
    }
  }
  return { path, origins: originsOf(node), items };
}

function entriesOf(node: Node | undefined, path: KeyPath): Entries {
  const items = new Map<string, Located<string | null>>();
  if (node?.kind === "map") {
    for (const [key, value] of node.entries) {
      const located = locate(value, [...path, key], (found) => (isNull(found) ? null : textAs(found)));
      if (located !== undefined) items.set(key, located);
    }
  }
  return { path, origins: originsOf(node), items };
}

function textAs(node: Node): string | undefined {
  return node.kind === "scalar" ? scalarText(node as Scalar) : undefined;
}

function field(node: Node, key: string): Node | undefined {
  return node.kind === "map" ? node.entries.get(key) : undefined;
}

function words(node: Node): readonly string[] | undefined {
  if (node.kind !== "seq") return undefined;
  const found = node.items.map(textAs);
  return found.every((word) => word !== undefined) ? found : undefined;
}

function truth(node: Node): boolean | undefined {
  return node.kind === "scalar" && typeof node.value === "boolean" ? node.value : undefined;
}

function number(node: Node | undefined): number | undefined {
  if (node?.kind !== "scalar" || node.value === null || typeof node.value === "boolean") return undefined;
  const value = Number(node.value);
  return Number.isNaN(value) ? undefined : value;
}

function port(node: Node): Port | undefined {
  const target = number(field(node, "target"));
  if (target === undefined) return undefined;
  const published = field(node, "published");
  return {
    target,
    published: published === undefined || isNull(published) ? undefined : textAs(published) || undefined,
    host_ip: textOf(field(node, "host_ip")),
    protocol: textOf(field(node, "protocol")) ?? "tcp",
    mode: textOf(field(node, "mode")) ?? "ingress",
  };
}

function mount(node: Node): Mount | undefined {
  const type = textOf(field(node, "type"));
  if (type === undefined) return undefined;
  const readOnly = field(node, "read_only");
  return {
    type,
    source: textOf(field(node, "source")),
    target: textOf(field(node, "target")) ?? "",
    read_only: readOnly !== undefined && truth(readOnly) === true,
  };
}

function tmpfsOf(short: Node | undefined, volumes: Node | undefined, path: KeyPath): List<Tmpfs> {
  const own = listOf(short, [...path, "tmpfs"], (item): Tmpfs | undefined => {
    const text = textOf(item);
    if (text === undefined) return undefined;
    const colon = text.indexOf(":");
    if (colon < 0) return { target: text, options: [] };
    return {
      target: text.slice(0, colon),
      options: text
        .slice(colon + 1)
        .split(",")
        .filter((option) => option !== ""),
    };
  });
  const long = listOf(volumes, [...path, "volumes"], (item): Tmpfs | undefined => {
    if (textOf(field(item, "type")) !== "tmpfs") return undefined;
    const options = field(item, "tmpfs");
    const size = options === undefined ? undefined : field(options, "size");
    const mode = options === undefined ? undefined : field(options, "mode");
    const listed: string[] = [];
    if (size !== undefined) listed.push(`size=${textAs(size) ?? ""}`);
    if (mode !== undefined) listed.push(`mode=${(number(mode) ?? 0).toString(8)}`);
    return { target: textOf(field(item, "target")) ?? "", options: listed };
  });
  return { ...own, items: [...own.items, ...long.items] };
}

function limitsOf(at: (...below: readonly string[]) => Node | undefined, path: KeyPath): Limits {
  const positive = (value: number | undefined): number | undefined =>
    value !== undefined && value > 0 ? value : undefined;

  function first(read: (node: Node) => number | undefined, ...places: readonly (readonly string[])[]) {
    for (const place of places) {
      const found = locate(at(...place), [...path, ...place], (node) => positive(read(node)));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  return {
    // The engine takes the `deploy` block's value where both are written.
    get memory() {
      return first(bytes, ["deploy", "resources", "limits", "memory"], ["mem_limit"]);
    },
    get cpus() {
      const quota = number(at("cpu_quota"));
      const share = quota === undefined ? undefined : quota / (positive(number(at("cpu_period"))) ?? 100_000);
      return first(number, ["deploy", "resources", "limits", "cpus"], ["cpus"]) ?? first(() => share, ["cpu_quota"]);
    },
    get pids() {
      return first(number, ["deploy", "resources", "limits", "pids"], ["pids_limit"]);
    },
  };
}

function bytes(node: Node): number | undefined {
  const text = textOf(node);
  if (text === undefined) return number(node);
  const size = parseBytes(text);
  return size.ok ? Number(size.value) : undefined;
}
