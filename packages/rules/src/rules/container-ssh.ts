import { parseImage } from "@compose-harden/profiles";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Software for which port 22 is the purpose: git servers, file transfer, jump hosts, and what passes connections on. */
const PURPOSE =
  /git|dokku|forge|gogs|sftp|bastion|jump|rsync|borg|backup|warpgate|teleport|guacamole|endlessh|cowrie|honeypot|soft-serve|onedev|sshwifty|sshpiper|dropbear|terminal|tunnel|rathole|chisel|frp|pangolin|gerbil|towonel|traefik|haproxy|nginx|caddy|envoy/i;

/** Nobody logs in to containers by SSH. */
export const containerSsh: Rule = {
  id: "container-ssh",
  summary: "nobody logs in to containers by SSH, except where that is their purpose",
  topic: "network",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Docker: docker compose exec", url: "https://docs.docker.com/reference/cli/docker/compose/exec/" },
    { title: "OpenBSD: sshd(8)", url: "https://man.openbsd.org/sshd.8" },
  ],
  frameworks: { cis: ["5.7"], nist: ["4.1.2"] },

  reads: ["ports"],

  service(service, { report }) {
    const port = service.ports.items.find(({ value }) => value.target === 22 && value.protocol === "tcp");
    if (port === undefined) return;
    if (PURPOSE.test(`${service.name} ${parseImage(service.image?.value ?? "").repository}`)) return;
    report({
      at: port,
      message: `\`${service.name}\` publishes SSH (port 22 of the container)`,
      risk: "a second login with keys and passwords of its own, which is updated with the image and watched by nobody",
    });
  },
};
