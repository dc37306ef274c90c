import { settingsAreAtHand } from "../programs/environment.js";
import { brings } from "../programs/mounted-files.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The key that n8n encrypts credentials with outlives the container, and its workers have it too. */
export const n8nEncryptionKey: Rule = {
  id: "n8n-encryption-key",
  summary: "the key that n8n encrypts credentials with outlives the container, and all its parts share it",
  topic: "ai",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    {
      title: "n8n: Set a custom encryption key",
      url: "https://docs.n8n.io/hosting/configuration/configuration-examples/encryption-key/",
    },
    { title: "n8n: Configuring queue mode", url: "https://docs.n8n.io/hosting/scaling/queue-mode/" },
  ],

  service(service, { project, report }) {
    if (productOf(service)?.id !== "n8n" || !settingsAreAtHand(service, project)) return;
    const { items, path } = service.environment;
    if (items.has("N8N_ENCRYPTION_KEY") || items.has("N8N_ENCRYPTION_KEY_FILE")) return;
    const isQueue = items.get("EXECUTIONS_MODE")?.value === "queue";
    const folder = `${items.get("N8N_USER_FOLDER")?.value ?? "/home/node"}/.n8n`;
    // Old guides mount root's folder, which n8n uses as root and takes over from it else.
    const isKept = service.volumes.items.some(({ value: { target } }) =>
      [folder, "/root/.n8n"].some((path) => brings(target, path)),
    );
    if (isKept && !isQueue) return;
    report({
      at: { path: [...path, "N8N_ENCRYPTION_KEY"] },
      message: isQueue
        ? `\`${service.name}\` runs in queue mode without a shared \`N8N_ENCRYPTION_KEY\``
        : `\`${service.name}\` makes a new encryption key with each new container: \`${folder}\` is not kept`,
      risk: isQueue
        ? "the main process and its workers make keys of their own and cannot read each other's credentials"
        : "after the next update no stored credential can be read again, not even from a backup of the database",
    });
  },
};
