import type { Intent, Located, Service } from "@compose-harden/model";
import { isLinuxContainer, isPiece, isSwarmService } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const FALSE = /^no-new-privileges([:=])(?!(?:1|t|T|TRUE|true|True)$)/;

/** Processes cannot gain privileges by setuid programs or file capabilities. */
export const noNewPrivileges: Rule = {
  id: "no-new-privileges",
  summary: "processes cannot gain privileges by setuid programs or file capabilities",
  topic: "privileges",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "Linux: No New Privileges Flag",
      url: "https://docs.kernel.org/userspace-api/no_new_privs.html",
    },
    {
      title: "Docker: docker run --security-opt",
      url: "https://docs.docker.com/reference/cli/docker/container/run/#security-opt",
    },
  ],
  frameworks: { cis: ["5.26"], owasp: ["4"], nist: ["4.4.3"] },

  service(service, { advice, report }) {
    if (!isLinuxContainer(service)) return;
    // The engine reads the entries in order, and the last one counts.
    const last = service.security_opt.items.findLast(({ value }) => /^no-new-privileges([:=]|$)/.test(value));
    if (last === undefined ? isPiece(service) : !FALSE.test(last.value)) return;
    const verdict = advice.noNewPrivileges(service);
    const fact =
      last === undefined
        ? `\`${service.name}\` does not set \`no-new-privileges\``
        : `\`${service.name}\` switches \`no-new-privileges\` off`;
    report({
      at: last ?? service.security_opt,
      message: verdict.offered ? fact : `${fact}, and its image does not work with it: ${verdict.reason}`,
      risk: "an intruder in the container becomes its root through any setuid program that the image brings",
      // Swarm ignores `security_opt`: writing it there would only look like protection.
      fix:
        isSwarmService(service) || !verdict.offered
          ? undefined
          : {
              title: "set no-new-privileges:true",
              intents: last === undefined ? ([add(service)] as const) : switchOn(service, last),
              ...verdict.grade,
            },
    });
  },
};

function add(service: Service): Intent {
  return { op: "add", path: service.security_opt.path, item: "no-new-privileges:true" };
}

function switchOn(service: Service, last: Located<string>): readonly [Intent, ...Intent[]] {
  const path = service.security_opt.path;
  const by = last.value.replace(/([:=]).*$/, "$1true");
  // Without the entries that switch it off, the one that switches it on counts; a list may not hold an entry twice.
  const [first, ...rest] = service.security_opt.items.filter(({ value }) => FALSE.test(value));
  const isOnBefore = service.security_opt.items.some(
    ({ value }) => value.startsWith("no-new-privileges") && !FALSE.test(value),
  );
  if (!isOnBefore || first === undefined) return [{ op: "replace", path, item: last.raw, by }];
  return [{ op: "drop", path, item: first.raw }, ...rest.map((item): Intent => ({ op: "drop", path, item: item.raw }))];
}
