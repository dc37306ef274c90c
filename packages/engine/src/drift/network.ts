import { valueAt } from "@compose-harden/model";
import type { PortBinding } from "../container.js";
import { listIn, mapIn, textIn, textsIn } from "../shape.js";
import { type Comparer, listDifferences } from "./difference.js";
import { nameOfTarget } from "./privileges.js";

/** Published addresses, networks, name resolution. */
export const network: Comparer = function* (pair) {
  yield* networks(pair);
  yield* ports(pair);
  const { file, container } = pair;
  const hosts = (values: readonly string[]) =>
    values.map((line) => line.replace(/^([^:=]+)[:=]/, "$1=").replace(/=\[(.*)\]$/, "=$1"));
  yield* listDifferences(
    "extra_hosts",
    "the host name",
    hosts(textsIn(file.extra_hosts)),
    hosts(container.extraHosts),
    {
      extra: false,
      missing: false,
    },
  );
  yield* listDifferences("dns", "the name server", textsIn(file.dns), container.dns, { extra: false, missing: false });
};

const networks: Comparer = function* ({ service, project, file, container, siblings }) {
  const said = service.network_mode?.value ?? "";
  const mode = nameOfTarget(container.namespaces.network, siblings);
  const isSpecial = (name: string) => /^(?:host|none|bridge|container:.*|service:.*)$/.test(name);
  if (said !== "" || isSpecial(mode)) {
    const isSame =
      said === mode ||
      (said.startsWith("container:") && mode.startsWith("container:")) ||
      (said === "bridge" && mode === "default");
    if (!isSame) {
      yield {
        attribute: "network_mode",
        message: `is on the network \`${mode}\`, and the file says ${said === "" ? "networks of its own" : `\`${said}\``}`,
        weaker: mode === "host" || said === "none",
      };
    }
    if (isSpecial(mode)) return;
  }
  const keys = Object.keys(mapIn(file.networks));
  const names = (keys.length === 0 && said === "" ? ["default"] : keys).map((key) => {
    const name = textIn(mapIn(valueAt(project.data, ["networks", key])).name);
    return name === "" ? `${project.name}_${key}` : name;
  });
  yield* listDifferences("networks", "the network", names, container.networks, { extra: true, missing: false });
};

/** A binding as people write it, for comparison too: every way to say "every interface" is one. */
interface Binding {
  readonly address: string;
  readonly published: string;
  readonly target: string;
}

const ports: Comparer = function* ({ service, container }) {
  const { network: mode } = container.namespaces;
  if (mode === "host" || mode.startsWith("container:")) return;
  const said = service.ports.items.map(
    ({ value }): Binding => ({
      address: everyAsEmpty(value.host_ip ?? ""),
      published: value.published ?? "",
      target: `${value.target}/${value.protocol}`,
    }),
  );
  const runs = container.portBindings.map(
    ({ address, published, target, protocol }: PortBinding): Binding => ({
      address: everyAsEmpty(address),
      published: published === "0" ? "" : published,
      target: `${target}/${protocol}`,
    }),
  );
  const key = ({ address, published, target }: Binding) => `${address} ${published} ${target}`;
  const saidKeys = new Set(said.map(key));
  const runsKeys = new Set(runs.map(key));
  const missing = said.filter((binding) => !runsKeys.has(key(binding)));
  const extra = runs.filter((binding) => !saidKeys.has(key(binding)));
  for (const binding of extra) {
    const instead = missing.find(({ target }) => target === binding.target);
    const weaker =
      instead === undefined ||
      (isLoopback(instead.address) && !isLoopback(binding.address)) ||
      (instead.address !== "" && binding.address === "");
    yield {
      attribute: "ports",
      message: `publishes port ${binding.target} on ${bindingText(binding)}, and the file says ${instead === undefined ? "nothing of it" : bindingText(instead)}`,
      weaker,
    };
  }
  for (const binding of missing) {
    if (extra.some(({ target }) => target === binding.target)) continue;
    yield {
      attribute: "ports",
      message: `does not publish port ${binding.target}, and the file says ${bindingText(binding)}`,
      weaker: false,
    };
  }
};

/** The engine writes a binding to every interface as an empty address, or as one of these for each family. */
function everyAsEmpty(address: string): string {
  return ["0.0.0.0", "::", "[::]"].includes(address) ? "" : address.replace(/^\[|\]$/g, "");
}

/** True for addresses that only this machine reaches. */
export function isLoopback(address: string): boolean {
  return /^127\./.test(address) || address === "::1";
}

function bindingText({ address, published }: Binding): string {
  const port = published === "" ? "a free port" : published;
  return address === ""
    ? `${port} of every interface`
    : published === ""
      ? `${port} of ${address}`
      : `${address}:${port}`;
}

/** The ports a service is to publish, each a number: ranges are spelled out, free choices left out. */
export function publishedPorts(file: Readonly<Record<string, unknown>>): readonly {
  readonly port: number;
  readonly protocol: string;
  readonly address: string;
}[] {
  return listIn(file.ports as Parameters<typeof listIn>[0]).flatMap((entry) => {
    const { published, protocol, host_ip } = mapIn(entry);
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(textIn(published)) ?? [];
    if (first === undefined) return [];
    const count = Math.min(Number(last) - Number(first) + 1, 1000);
    return Array.from({ length: Math.max(0, count) }, (_, index) => ({
      port: Number(first) + index,
      protocol: textIn(protocol) || "tcp",
      address: textIn(host_ip),
    }));
  });
}
