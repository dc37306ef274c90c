import { isList, isMap, type Json, type Project, type Service, valueAt } from "@compose-harden/model";
import { parseJson5 } from "../programs/json5.js";
import { productOf } from "../programs/product.js";
import type { Context, NoOptions, Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** What is wrong with a configuration, each with what can happen. */
interface Weakness {
  readonly fact: string;
  readonly risk: string;
  readonly severity: ReturnType<typeof severityOf>;
}

/** OpenClaw's configuration keeps the agent's tools in a sandbox and behind a login. */
export const openclawConfig: Rule = {
  id: "openclaw-config",
  summary: "OpenClaw's configuration keeps its gateway behind a login and the agent's tools in a sandbox",
  topic: "ai",
  severity: severityOf("container", "data"),
  since: "0.1.0",
  references: [
    { title: "OpenClaw: Configuration, gateway", url: "https://docs.openclaw.ai/gateway/configuration-reference" },
    { title: "OpenClaw: Sandboxing", url: "https://docs.openclaw.ai/gateway/sandboxing" },
    { title: "OpenClaw: Security", url: "https://docs.openclaw.ai/gateway/security" },
  ],

  service(service, context) {
    if (productOf(service)?.id !== "openclaw" && !/openclaw|clawdbot|moltbot/i.test(service.image?.value ?? "")) return;
    for (const { at, text } of configurations(service, context)) {
      const config = parseJson5(text);
      if (config === undefined) continue;
      for (const { fact, risk, severity } of weaknesses(config))
        context.report({ at, severity, message: `the configuration of \`${service.name}\` ${fact}`, risk });
    }
  },
};

function* weaknesses(config: Json): Iterable<Weakness> {
  const at = (...path: readonly string[]) => valueAt(config, path);
  if (at("gateway", "auth", "mode") === "none")
    yield {
      fact: "switches the gateway's login off (`gateway.auth.mode`)",
      risk: "whoever reaches the gateway gives the agent orders",
      severity: severityOf("network", "data"),
    };
  const token = at("gateway", "auth", "token");
  if (typeof token === "string" && token.length < 32 && !/^\$\{\w+\}$/.test(token))
    yield {
      fact: `has a gateway token of ${token.length} characters`,
      risk: "whoever reaches the gateway finds the token by trying",
      severity: severityOf("network", "data"),
    };
  for (const name of ["dangerouslyDisableDeviceAuth", "allowInsecureAuth", "dangerouslyAllowHostHeaderOriginFallback"])
    if (at("gateway", "controlUi", name) === true)
      yield {
        fact: `sets \`gateway.controlUi.${name}\``,
        risk: "a web page or another device uses the control page without being paired",
        severity: severityOf("network", "data"),
      };
  if (at("agents", "defaults", "sandbox", "mode") !== "all")
    yield {
      fact: "runs tools outside a sandbox (`agents.defaults.sandbox.mode` is not `all`)",
      risk: "text that talks the agent into a command runs it beside the gateway's own keys and files",
      severity: severityOf("container", "privileges"),
    };
  const profile = at("tools", "profile");
  if (!isList(at("tools", "allow")) && (profile === undefined || profile === "full"))
    yield {
      fact: "names no tools that are allowed (`tools.allow`, `tools.profile`)",
      risk: "a list of forbidden tools misses the next one that is installed",
      severity: severityOf("container", "comfort"),
    };
}

const FOLDER = "/home/node/.openclaw";

/** The texts of the configuration: mounted, or written into the Compose file as a config. */
function* configurations(
  service: Service,
  { project, readFile }: Context<NoOptions>,
): Iterable<{ readonly at: Place; readonly text: string }> {
  for (const mount of service.volumes.items) {
    const path = mount.value.type === "bind" ? mount.value.source : undefined;
    if (path === undefined || !path.startsWith(`${project.directory}/`)) continue;
    const target = mount.value.target.replace(/\/+$/, "");
    const file = /\/(openclaw|clawdbot|moltbot)\.json5?$/.test(target)
      ? path
      : target === FOLDER
        ? `${path}/openclaw.json`
        : undefined;
    const text = file === undefined ? undefined : readFile?.(file);
    if (text !== undefined) yield { at: mount, text };
  }
  const used = service.get("configs");
  if (used === undefined || !isList(used.raw)) return;
  for (const [index, entry] of used.raw.entries()) {
    if (!isMap(entry) || !/\.json5?$/.test(String(entry.target ?? ""))) continue;
    const text = contentOf(project, String(entry.source));
    if (text !== undefined) yield { at: { path: [...used.path, index] }, text };
  }
}

function contentOf(project: Project, name: string): string | undefined {
  const content = valueAt(project.data, ["configs", name, "content"]);
  return typeof content === "string" ? content : undefined;
}
