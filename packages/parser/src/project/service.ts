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
import { plainData } from "../render/data.js";
import { isNull, originOf, textOf } from "../tree/edit.js";
import type { MapNode, Node } from "../tree/node.js";
import { parseBytes } from "../values/bytes.js";
import { type Scalar, scalarText } from "../values/scalar.js";

/** The typed view of a service of the finished model. */
export function serviceView(name: string, node: MapNode, active: boolean): Service {
  const path: KeyPath = ["services", name];
  const attributes = new Map<string | number, Located<Json>>();

  function attribute(below: Path): Located<Json> | undefined {
    let here: Node | undefined = node;
    for (const step of below) here = child(here, step);
    if (here === undefined) return undefined;
    const value = plainData(here);
    return { value, raw: value, path: [...path, ...below], origin: originOf(here) };
  }

  function scalar<T>(key: string, read: (node: Node) => T | undefined): Located<T> | undefined {
    return locate(node.entries.get(key), () => [...path, key], read);
  }

  function list<T>(key: string, read: (node: Node) => T | undefined): List<T> {
    return listOf(node.entries.get(key), [...path, key], read);
  }

  return {
    name,
    active,
    path,
    blocks: node.origins,
    image: scalar("image", textOf),
    build: scalar("build", (found): Json | undefined => (isNull(found) ? undefined : plainData(found))),
    command: scalar("command", words),
    entrypoint: scalar("entrypoint", words),
    user: scalar("user", textOf),
    read_only: scalar("read_only", truth),
    privileged: scalar("privileged", truth),
    network_mode: scalar("network_mode", textOf),
    ports: list("ports", port),
    volumes: list("volumes", mount),
    tmpfs: tmpfsOf(node.entries.get("tmpfs"), node.entries.get("volumes"), path),
    security_opt: list("security_opt", textOf),
    cap_add: list("cap_add", textOf),
    cap_drop: list("cap_drop", textOf),
    environment: entriesOf(node.entries.get("environment"), [...path, "environment"]),
    labels: entriesOf(node.entries.get("labels"), [...path, "labels"]),
    limits: limitsOf(node, path),
    has(key) {
      const found = node.entries.get(key);
      // Docker adds a null for the image's own start.
      return found !== undefined && !(isNull(found) && originOf(found) === undefined);
    },
    get(first: string | number | undefined, ...further: Path): Located<Json> | undefined {
      // Most of what rules ask for is not there.
      if (typeof first !== "string" || !node.entries.has(first)) return first === undefined ? attribute([]) : undefined;
      if (further.length > 0) return attribute([first, ...further]);
      const found = attributes.get(first) ?? attribute([first]);
      if (found !== undefined) attributes.set(first, found);
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

function locate<T>(
  node: Node | undefined,
  path: () => Path,
  read: (node: Node) => T | undefined,
): Located<T> | undefined {
  if (node === undefined) return undefined;
  const value = read(node);
  return value === undefined ? undefined : { value, raw: plainData(node), path: path(), origin: originOf(node) };
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
      const located = locate(item, () => [...path, i], read);
      if (located !== undefined) items.push(located);
    }
  }
  return { path, origins: originsOf(node), items };
}

function entriesOf(node: Node | undefined, path: KeyPath): Entries {
  const items = new Map<string, Located<string | null>>();
  if (node?.kind === "map") {
    for (const [key, value] of node.entries) {
      const located = locate(value, () => [...path, key], entryText);
      if (located !== undefined) items.set(key, located);
    }
  }
  return { path, origins: originsOf(node), items };
}

function entryText(node: Node): string | null | undefined {
  return isNull(node) ? null : textAs(node);
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

function limitsOf(service: MapNode, path: KeyPath): Limits {
  const resources = ["deploy", "resources", "limits"];
  const block = resources.reduce<Node | undefined>(child, service);
  const limit = (resource: string, attribute: string, read: (node: Node) => number | undefined) => {
    const positive = (node: Node) => above0(read(node));
    // The engine takes the `deploy` block's value where both are written.
    return (
      locate(child(block, resource), () => [...path, ...resources, resource], positive) ??
      locate(service.entries.get(attribute), () => [...path, attribute], positive)
    );
  };
  const share = (quota: Node) => {
    const time = number(quota);
    return time === undefined
      ? undefined
      : above0(time / (above0(number(service.entries.get("cpu_period"))) ?? 100_000));
  };
  return {
    memory: limit("memory", "mem_limit", bytes),
    cpus:
      limit("cpus", "cpus", number) ?? locate(service.entries.get("cpu_quota"), () => [...path, "cpu_quota"], share),
    pids: limit("pids", "pids_limit", number),
  };
}

function above0(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

function bytes(node: Node): number | undefined {
  const text = textOf(node);
  if (text === undefined) return number(node);
  const size = parseBytes(text);
  return size.ok ? Number(size.value) : undefined;
}
