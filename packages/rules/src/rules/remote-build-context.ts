import { isMap } from "@compose-harden/model";
import type { Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** What is built from elsewhere is named by its commit. */
export const remoteBuildContext: Rule = {
  id: "remote-build-context",
  summary: "build contexts from elsewhere are named by a commit",
  topic: "supply-chain",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Build context, URL fragments",
      url: "https://docs.docker.com/build/concepts/context/#url-fragments",
    },
    { title: "Compose: build context", url: "https://docs.docker.com/reference/compose-file/build/#context" },
  ],
  frameworks: { owasp: ["13"], nist: ["4.1.5"] },

  reads: ["build"],

  service(service, { project, report }) {
    const build = service.get("build");
    if (build === undefined || !isMap(build.raw)) return;
    const additional = isMap(build.raw.additional_contexts) ? Object.keys(build.raw.additional_contexts) : [];
    const paths = [["context"], ...additional.map((name) => ["additional_contexts", name])];
    for (const below of paths) {
      const context = service.get("build", ...below);
      if (context === undefined || typeof context.raw !== "string" || !isLoose(context.raw)) continue;
      const at: Place = { path: context.path, origin: project.originsOf(context.path).at(-1) };
      report({
        at,
        message: /^http:/.test(context.raw)
          ? `\`${service.name}\` is built from a remote context without encryption`
          : `\`${service.name}\` is built from a remote context that is named by no commit`,
        risk: "the next build runs whatever stands there then, with the network and the secrets of the build",
      });
    }
  },
};

/** True for a remote context that can change: a repository without a full commit, or a file by plain HTTP. */
function isLoose(context: string): boolean {
  const isRepository = /^(git|ssh):\/\/|^git@[\w.-]+:|^github\.com\/|^https?:\/\/.*\.git([#?].*)?$/.test(context);
  if (!isRepository) return /^http:\/\//.test(context);
  const commit =
    /[?&](commit|checksum)=([0-9a-f]{7,64})\b/.exec(context)?.[2] ?? /#([0-9a-f]{40,64})(:|$)/.exec(context)?.[1];
  return commit === undefined || /^http:/.test(context);
}
