import type { Located, Project, Related, Service } from "@compose-harden/model";
import { remembered, rememberedText, writtenAs } from "@compose-harden/model";
import { hostMountsOf } from "../host/host-paths.js";
import { sensitivity } from "../host/sensitive-paths.js";
import { hasWayOut, neighbourAmong } from "../network/neighbours.js";
import { isJob } from "../programs/jobs.js";
import { holdsWord } from "../programs/names.js";
import type { Place, Rule } from "../rule.js";
import { isSecretName } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

/** One of the three things that must not come together. */
interface Leg {
  readonly says: string;
  readonly at: Place;
}

/** Software in which a model decides what to do next, with tools. */
const isAgentName = holdsWord(
  "openclaw clawdbot moltbot nanobot autogpt auto-gpt agentzero agent-zero openhands opendevin openinterpreter open-interpreter crewai langgraph* langflow flowise dify-api n8n anythingllm anything-llm librechat openwebui open-webui letta khoj suna goose aider claude-code codex gemini-cli mcp-gateway mcpo metamcp swe-agent babyagi superagi",
);

const isAgent = rememberedText((image) => isAgentName(image) || /(^|[/_-])agents?([:@]|$)/i.test(image));

/** Services whose answers strangers wrote: pages, search results, mail, chats. */
const isBrowser = holdsWord(
  "browserless chrome chromium playwright* puppeteer selenium steel-browser firecrawl crawl4ai searxng searx whoogle serper brave-search duckduckgo jina-reader fetch websearch web-search mailpit imap email gmail slack discord telegram signal-cli* whatsapp evolution-api waha protonmail-bridge hydroxide",
);

/** Settings that connect an agent with what strangers write to it. */
const INBOX =
  /^(TELEGRAM|DISCORD|SLACK|WHATSAPP|SIGNAL|MATRIX|MATTERMOST|ROCKETCHAT|ZULIP|TEAMS|LINE|TWITCH|MASTODON|BLUESKY|IMAP|GMAIL|EMAIL|MAIL|TWITTER|REDDIT|RSS|BRAVE|SERPER|SERPAPI|TAVILY|EXA|SEARXNG|FIRECRAWL|JINA|BROWSERLESS|BROWSER|PLAYWRIGHT)(_\w+)?_(BOT_TOKEN|TOKEN|API_KEY|KEY|URL|HOST|USER|USERNAME|QUERY_URL|ENDPOINT|WS|WSS?_URL)$/;

/** Credentials with which an agent acts in another system on somebody's behalf; its own database is not one. */
const CREDENTIAL =
  /^(GITHUB|GITLAB|GITEA|JIRA|CONFLUENCE|ATLASSIAN|NOTION|LINEAR|STRIPE|AWS|GCP|AZURE|CLOUDFLARE|HASS|HA|HOMEASSISTANT|HOME_ASSISTANT|IMMICH|MEALIE|VIKUNJA|TODOIST|TRELLO|ASANA|CLICKUP|CALDAV|CARDDAV|WEBDAV|BITWARDEN|BW|VAULTWARDEN|ONEPASSWORD|OUTLOOK|MSGRAPH|GOOGLE_CALENDAR|GOOGLE_DRIVE|GOOGLE_WORKSPACE|AFFINE|OUTLINE|BOOKSTACK|JOPLIN|TRILIUM|FIREFLY|PLAID|NEXTCLOUD|PAPERLESS|DROPBOX|IMAP|GMAIL|EMAIL|MAIL|SSH|AIRTABLE|SALESFORCE|HUBSPOT|SHOPIFY|OBSIDIAN)_/;

/** Services in which people keep what is theirs. */
const isPrivateStore = holdsWord(
  "nextcloud paperless paperless-ngx immich-server vaultwarden homeassistant home-assistant gitea forgejo gitlab gitlab-ce gitlab-ee bookstack trilium joplin radicale baikal fireflyiii firefly-iii actual-server seafile* owncloud photoprism mealie monica obsidian* affine outline vikunja docmost memos silverbullet opencloud ocis docker-mailserver stalwart protonmail-bridge hydroxide",
);

const browsersOf = remembered(({ services }: Project) => services.filter(({ image }) => isBrowser(image?.value ?? "")));
const privateStoresOf = remembered(({ services }: Project) =>
  services.filter((service) => isPrivateStore(service.image?.value ?? "") && !isWorker(service)),
);

/** True for what works through a queue: nobody calls it. */
function isWorker({ entrypoint, command }: Service): boolean {
  return /\b(microservices|workers?|celery|sidekiq|cron|scheduler)\b/.test(
    [...(entrypoint?.value ?? []), ...(command?.value ?? [])].join(" "),
  );
}

/** An agent does not hold private data, read what strangers write, and have a way out, all at once. */
export const agentExfiltration: Rule = {
  id: "agent-exfiltration",
  summary: "no agent has private data, what strangers write, and a way out at once",
  topic: "project",
  severity: severityOf("container", "data"),
  since: "0.1.0",
  references: [
    {
      title: "OWASP Top 10 for LLM Applications: LLM01 Prompt Injection",
      url: "https://genai.owasp.org/llmrisk/llm01-prompt-injection/",
    },
    {
      title: "OWASP Top 10 for LLM Applications: LLM06 Excessive Agency",
      url: "https://genai.owasp.org/llmrisk/llm062025-excessive-agency/",
    },
  ],
  frameworks: { nist: ["4.4.2"] },

  project(project, { report }) {
    for (const service of project.services) {
      if (!isAgent(service.image?.value ?? service.name) || isJob(service, project) || !hasWayOut(service, project))
        continue;
      const secret = privateDataOf(service, project);
      const untrusted = untrustedInputOf(service, project);
      if (secret === undefined || untrusted === undefined) continue;
      report({
        at: { path: service.path, origin: service.image?.origin },
        message: `\`${service.name}\` is an agent that ${secret.says}, ${untrusted.says}, and reaches the internet`,
        risk: `a text that a stranger wrote can tell the agent to send the private data away; the cheapest cut is the way out: a network with \`internal: true\` and a proxy that lets only the model's address pass`,
        related: [secret, untrusted].flatMap(({ says, at }): readonly Related[] =>
          at.origin === undefined ? [] : [{ message: `it ${says}`, origin: at.origin }],
        ),
      });
    }
  },
};

/** Folders of a person, credentials for other systems, or a neighbour in which people keep what is theirs. */
function privateDataOf(service: Service, project: Project): Leg | undefined {
  for (const { mount, path } of hostMountsOf(service, project)) {
    if (path.startsWith(`${project.directory}/`)) continue;
    const isPersonal =
      /home folder|person's/.test(sensitivity(path, mount.value.read_only)?.what ?? "") ||
      /^(\/|~\/).*\/?(Documents|Desktop|Pictures|Photos|Dropbox|OneDrive|Obsidian|Notes|Vault|Mail|Contacts|Finances?)(\/|$)/i.test(
        path,
      );
    if (isPersonal) return { says: "has a person's files", at: mount };
  }
  for (const [name, at] of service.environment.items)
    if (CREDENTIAL.test(name) && isSecretName(name) && isGiven(at, project))
      return { says: `has the credential \`${name}\``, at };
  const store = neighbourAmong(privateStoresOf(project), service, project);
  return store === undefined
    ? undefined
    : {
        says: `can call \`${store.service.name}\`, where people keep what is theirs`,
        at: { path: store.service.path, origin: store.service.image?.origin },
      };
}

/** False for a value that is empty, or falls back to nothing. */
function isGiven({ value, origin }: Located<string | null>, project: Project): boolean {
  if (value !== "") return value !== null;
  const written = origin?.interpolated === true ? writtenAs(origin, project) : undefined;
  return written !== undefined && !/:?-["'}]/.test(written);
}

/** A neighbour that brings pages, search results or messages, or a setting that connects the agent with them. */
function untrustedInputOf(service: Service, project: Project): Leg | undefined {
  const browser = neighbourAmong(browsersOf(project), service, project);
  if (browser !== undefined)
    return {
      says: `reads what strangers write by way of \`${browser.service.name}\``,
      at: { path: browser.service.path, origin: browser.service.image?.origin },
    };
  for (const [name, at] of service.environment.items)
    if (INBOX.test(name) && isGiven(at, project)) return { says: `reads what strangers write (\`${name}\`)`, at };
  return undefined;
}
