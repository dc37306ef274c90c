import type { Container } from "@compose-harden/engine";
import { isList, isMap, type Json, type JsonMap, sameJson } from "@compose-harden/model";

/** What `docker compose config --format json` prints, as far as it is looked at here. */
export interface Model {
  readonly services: Readonly<Record<string, JsonMap>>;
}

/** One thing that a service has after a change and had not before: an attribute, or one member of a list. */
export interface Setting {
  readonly service: string;
  /** The attribute's name. */
  readonly name: string;
  readonly value: Json;
}

/** What was added to the services. */
export function changedSettings(before: Model, after: Model): readonly Setting[] {
  return Object.entries(after.services).flatMap(([service, attributes]) =>
    Object.entries(attributes).flatMap(([name, value]) => {
      const old = before.services[service]?.[name];
      if (sameJson(old, value)) return [];
      const added = isList(value)
        ? value.filter((item) => !isList(old) || !old.some((member) => sameJson(member, item)))
        : [value];
      return added.map((item) => ({ service, name, value: item }));
    }),
  );
}

/** True if the container of the setting's service has it, as `docker inspect` tells. Throws on a setting it cannot tell. */
export function isInForce({ service, name, value }: Setting, container: Container): boolean {
  if (container.compose?.service !== service) return false;
  const text = String(value);
  switch (name) {
    case "security_opt":
      // The engine writes `no-new-privileges` for `no-new-privileges:true`.
      return container.securityOptions.some(
        (option) => option.replace(/[:=]true$/, "") === text.replace(/[:=]true$/, ""),
      );
    case "read_only":
      return container.readOnly === value;
    case "cap_drop":
      return container.capDrop.includes(text);
    case "cap_add":
      return container.capAdd.includes(text);
    case "tmpfs": {
      const [target = "", options = ""] = text.split(":");
      return container.tmpfs[target] === options;
    }
    case "pids_limit":
      return container.limits.pids === Number(value);
    case "mem_limit":
      return container.limits.memory === Number(value);
    case "cpus":
      return container.limits.cpus === Number(value);
    case "deploy":
      return hasLimits(value, container);
    case "ports": {
      const port = isMap(value) ? value : {};
      return container.portBindings.some(
        ({ target, address, published }) =>
          target === port.target && address === (port.host_ip ?? "") && published === String(port.published ?? ""),
      );
    }
    case "volumes": {
      const mount = isMap(value) ? value : {};
      return container.mounts.some(
        ({ target, writable }) => target === mount.target && writable === (mount.read_only !== true),
      );
    }
    case "logging":
      return isMap(value) && isMap(value.options ?? {}) && sameJson(container.logOptions, value.options ?? {});
    case "command":
      return container.command.includes(text);
    case "environment":
      return (
        isMap(value) && Object.entries(value).every(([key, set]) => container.environment.get(key) === String(set))
      );
    case "user":
      return container.user === text;
    default:
      throw new Error(`\`${name}\` of \`${service}\`: no way to see it in \`docker inspect\``);
  }
}

function hasLimits(value: Json, { limits }: Container): boolean {
  const wanted = isMap(value) && isMap(value.resources) && isMap(value.resources.limits) ? value.resources.limits : {};
  return (
    (wanted.memory === undefined || limits.memory === Number(wanted.memory)) &&
    (wanted.cpus === undefined || limits.cpus === Number(wanted.cpus)) &&
    (wanted.pids === undefined || limits.pids === Number(wanted.pids))
  );
}
