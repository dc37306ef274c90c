import { isMap } from "@compose-harden/model";
import { flagIn, listIn, mapIn, textIn, textsIn } from "../shape.js";
import { type Comparer, type Difference, listDifferences, only, quoted } from "./difference.js";

/** User, privileges, capabilities, security options, namespaces, devices. */
export const privileges: Comparer = function* (pair) {
  const { service, file, container, image } = pair;
  const user = service.user?.value ?? image?.user;
  if (user !== undefined && user !== container.user) {
    const name = (text: string) => (text === "" ? "root" : `\`${text}\``);
    yield {
      attribute: "user",
      message: `runs as ${name(container.user)}, and ${service.user === undefined ? "the image" : "the file"} says ${name(user)}`,
      weaker: /^(?:root|0+)?(?::|$)/.test(container.user),
    };
  }
  yield* flag("privileged", flagIn(file.privileged), container.privileged, true);
  yield* flag("read_only", flagIn(file.read_only), container.readOnly, false);
  yield* capabilities(pair);
  yield* securityOptions(pair);
  yield* namespaces(pair);
  yield* devices(pair);
  yield* listDifferences("group_add", "the group", textsOf(file.group_add), container.groups, {
    extra: true,
    missing: false,
  });
  if (file.init !== undefined) yield* flag("init", flagIn(file.init), container.init, undefined);
};

/** `openWhen`: the value that is open; undefined where neither is. */
function* flag(attribute: string, said: boolean, runs: boolean, openWhen: boolean | undefined): Iterable<Difference> {
  if (said !== runs)
    yield {
      attribute,
      message: `runs with \`${attribute}: ${runs}\`, and the file says ${said}`,
      weaker: runs === openWhen,
    };
}

const capabilities: Comparer = function* ({ file, container }) {
  const names = (value: typeof file.cap_add) => textsIn(value).map((name) => name.toUpperCase().replace(/^CAP_/, ""));
  const added = names(file.cap_add);
  const dropped = names(file.cap_drop);
  const { capAdd, capDrop, bounding } = container;
  yield* listDifferences(
    "cap_add",
    "the added capability",
    added,
    bounding === undefined ? capAdd : [...capAdd, ...added.filter((name) => bounding.includes(name))],
    { extra: true, missing: false },
  );
  // Podman notes in what a container differs from its own defaults, which are fewer than Docker's: only the outcome can be compared.
  const isDropped = (name: string) =>
    name === "ALL" ? only(bounding ?? [], added).length === 0 : added.includes(name) || !bounding?.includes(name);
  yield* listDifferences(
    "cap_drop",
    "the dropped capability",
    dropped,
    bounding === undefined ? capDrop : dropped.filter(isDropped),
    { extra: false, missing: true },
  );
};

const securityOptions: Comparer = function* ({ file, container }) {
  const said = textsIn(file.security_opt).map(normalOption);
  const runs = container.securityOptions.map(normalOption);
  // What Docker adds by itself: https://docs.docker.com/engine/containers/run/#security-configuration
  const byEngine = container.privileged || container.namespaces.pid === "host" || container.namespaces.ipc === "host";
  const extra = only(runs, said).filter((option) => !(byEngine && option === "label=disable"));
  const missing = only(said, runs).filter((option) => option !== "systempaths=unconfined");
  if (extra.length > 0) {
    const isOpen = extra.some((option) => /unconfined|disable/.test(option));
    yield {
      attribute: "security_opt",
      message: `has the security option ${quoted(extra)}, which the file does not say`,
      weaker: isOpen,
    };
  }
  if (missing.length > 0) {
    const isOpen = missing.some((option) => !/unconfined|disable/.test(option));
    yield {
      attribute: "security_opt",
      message: `lacks the security option ${quoted(missing)}, which the file says`,
      weaker: isOpen,
    };
  }
  const saidUnmasked = said.includes("systempaths=unconfined") || flagIn(file.privileged);
  if (container.unmasked && !saidUnmasked && !container.privileged)
    yield {
      attribute: "security_opt",
      message: "sees the kernel's protected paths (`systempaths=unconfined`), which the file does not say",
      weaker: true,
    };
};

/** `no-new-privileges` in one of its spellings; the name of a seccomp profile, not its text; `=` for `:`. */
function normalOption(option: string): string {
  const text = option.replace(/^([a-z-]+):/, "$1=");
  if (text === "no-new-privileges" || text === "no-new-privileges=true") return "no-new-privileges";
  return text.startsWith("seccomp=") && text !== "seccomp=unconfined" ? "seccomp=(a profile)" : text;
}

const NAMESPACES = ["pid", "ipc", "uts", "userns_mode", "cgroup"] as const;

const namespaces: Comparer = function* ({ file, container, siblings }) {
  for (const attribute of NAMESPACES) {
    const key = attribute === "userns_mode" ? "user" : attribute;
    const said = ownAsEmpty(textIn(file[attribute]));
    const runs = ownAsEmpty(nameOfTarget(container.namespaces[key], siblings));
    // The engine chooses, by the kernel's version of control groups.
    if (attribute === "cgroup" && said === "") continue;
    if (said === runs || (said.startsWith("container:") && runs.startsWith("container:"))) continue;
    const name = (mode: string) => (mode === "" ? "its own" : `\`${mode}\``);
    yield {
      attribute,
      message: `has ${name(runs)} as \`${attribute}\`, and the file says ${name(said)}`,
      weaker: said === "" || runs === "host",
    };
  }
};

function ownAsEmpty(mode: string): string {
  return ["private", "shareable", "default"].includes(mode) ? "" : mode;
}

/** `container:ID` as the file writes it: `service:name`, where the container is one of the project's. */
export function nameOfTarget(
  mode: string,
  siblings: readonly {
    readonly id: string;
    readonly name: string;
    readonly compose: { readonly service: string } | undefined;
  }[],
): string {
  const [, target] = /^container:(.+)$/.exec(mode) ?? [];
  const sibling = siblings.find(({ id, name }) => target !== undefined && (id === target || name === target));
  return sibling?.compose === undefined ? mode : `service:${sibling.compose.service}`;
}

const devices: Comparer = function* ({ file, container }) {
  const said = listIn(file.devices).map((device) => {
    const { source, target, permissions } = mapIn(device);
    return isMap(device)
      ? `${textIn(source)}:${textIn(target) || textIn(source)}:${textIn(permissions) || "rwm"}`
      : textIn(device);
  });
  const isCdi = (device: string) => !device.startsWith("/");
  const runs = container.devices.map(({ source, target, permissions }) => `${source}:${target}:${permissions}`);
  yield* listDifferences(
    "devices",
    "the device",
    said.filter((device) => !isCdi(device)),
    runs,
    { extra: true, missing: false },
  );
  const asksForMore =
    said.some(isCdi) ||
    file.gpus !== undefined ||
    mapIn(mapIn(mapIn(file.deploy).resources).reservations).devices !== undefined;
  if (container.deviceRequests.length > 0 && !asksForMore)
    yield {
      attribute: "devices",
      message: "has devices by driver (a GPU, for one), which the file does not say",
      weaker: true,
    };
};

function textsOf(value: Parameters<typeof listIn>[0]): readonly string[] {
  return listIn(value).map(textIn);
}
