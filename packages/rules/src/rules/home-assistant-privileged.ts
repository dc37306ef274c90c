import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** What Home Assistant uses of all privileges: for Bluetooth adapters and to watch the network for devices. */
const CAPABILITIES = ["NET_ADMIN", "NET_RAW"];

/** Home Assistant gets what it uses by name instead of all privileges. */
export const homeAssistantPrivileged: Rule = {
  id: "home-assistant-privileged",
  summary: "Home Assistant is given devices and capabilities by name, not all privileges",
  topic: "home",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    {
      title: "Home Assistant: Bluetooth, details for Container",
      url: "https://www.home-assistant.io/integrations/bluetooth/#additional-details-for-container",
    },
    {
      title: "Home Assistant: which capabilities Bluetooth needs",
      url: "https://github.com/home-assistant/core/issues/151738",
    },
    {
      title: "Home Assistant: running with privileged",
      url: "https://github.com/home-assistant/home-assistant.io/issues/30707",
    },
  ],
  frameworks: { cis: ["5.5"], owasp: ["3"], nist: ["4.4.3"] },

  standsInFor: ["privileged"],
  reads: ["privileged"],

  service(service, { report }) {
    const id = productOf(service)?.id ?? "";
    if (!/^(lsio-home-?assistant|home-assistant(-ops)?)$/.test(id) || service.privileged?.value !== true) return;
    report({
      at: service.privileged,
      message: `\`${service.name}\` (Home Assistant) has all privileges, of which it uses a device or two and ${CAPABILITIES.join(" and ")} for Bluetooth`,
      risk: "custom integrations are foreign code, and a flaw in one is root on this machine, which stands in your home network",
      fix: {
        title: "remove privileged",
        intents: [{ op: "unset", path: [...service.path, "privileged"] }],
        applicability: "unsafe",
        caveat: `sticks for Zigbee, Z-Wave and Thread must be named under \`devices\` (\`/dev/serial/by-id/…:/dev/ttyUSB0\`), Bluetooth needs ${CAPABILITIES.join(" and ")} in \`cap_add\` and \`/run/dbus:/run/dbus:ro\`; integrations that use other hardware stop working`,
      },
    });
  },
};
