import { pipedDownload } from "../src/rules/piped-download.js";
import { table } from "./table.js";

const command = (text: string): string => `services:\n  web:\n    image: debian\n    command: ${text}\n`;
const found = ["services.web.command"];

table(pipedDownload, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "wrong type", compose: command("{a: b}"), finds: [] },
  { case: "curl to sh", compose: command('sh -c "curl -fsSL https://x.example/i.sh | sh"'), finds: found },
  {
    case: "wget to sudo bash",
    compose: command('bash -c "wget -qO- https://x.example/i | sudo -E bash -s --"'),
    finds: found,
  },
  { case: "a list", compose: command('["sh", "-c", "curl -s https://x.example/i | bash"]'), finds: found },
  {
    case: "process substitution",
    compose: command('["bash", "-c", "bash <(curl -s https://x.example/i)"]'),
    finds: found,
  },
  {
    case: "command substitution",
    compose: command(`['sh', '-c', 'sh -c "$$(curl -s https://x.example/i)"']`),
    finds: found,
  },
  { case: "eval", compose: command(`['sh', '-c', 'eval "$$(curl -s https://x.example/i)"']`), finds: found },
  { case: "source", compose: command('["bash", "-c", "source <(curl -s https://x.example/i)"]'), finds: found },
  { case: "a dot", compose: command('["bash", "-c", ". <(curl -s https://x.example/i)"]'), finds: found },
  { case: "an answer kept", compose: command(`['sh', '-c', 'X=$$(curl -s http://a) run']`), finds: [] },
  { case: "to a language", compose: command('sh -c "curl -sSL https://x.example/i.py | python3 -"'), finds: found },
  { case: "a filter", compose: command('sh -c "curl -s http://a | grep ok"'), finds: [] },
  { case: "a formatter", compose: command('sh -c "curl -s http://a | python3 -m json.tool"'), finds: [] },
  { case: "two commands", compose: command('sh -c "curl -s http://a; echo x | sh"'), finds: [] },
  {
    case: "entrypoint",
    compose: "services: {web: {build: ., entrypoint: ['sh', '-c', 'wget -O- https://x.example | sh']}}",
    finds: ["services.web.entrypoint"],
  },
  ...[
    ["a shell by its path", "sh -c 'wget -O - https://x.example/i | /bin/sh'", 1],
    ["a shell by env", "sh -c 'curl https://x.example/i | /usr/bin/env bash'", 1],
    ["made executable and run", "sh -c 'wget https://x.example/i -O /tmp/i; chmod +x /tmp/i; /tmp/i'", 1],
    ["a language", "sh -c 'python3 <(curl -s https://x.example/i)'", 1],
    ["made executable only", "sh -c 'wget https://x.example/i -O /tmp/i; chmod +x /tmp/i; app'", 0],
    ["a remark", 'sh -c "# curl https://x.example/i | sh\\nexec app"', 0],
  ].map(([name, line, count]) => ({
    case: String(name),
    compose: `services: {web: {image: a, command: ${JSON.stringify(line).replaceAll("\\\\n", "\\n")}}}`,
    finds: count === 1 ? ["services.web.command"] : [],
  })),
  ...[
    ["a build", "RUN curl -fsSL https://x.example/i.sh | sh", ["services.web.build.dockerfile_inline"]],
    [
      "a build in two lines",
      "RUN apt-get update && \\\n  wget -qO- https://x.example/i | bash",
      ["services.web.build.dockerfile_inline"],
    ],
    ["a build that says how it was", "# RUN curl https://x.example/i.sh | sh\nRUN true", []],
    ["a build that checks", "RUN curl -o i.sh https://x.example/i.sh && sha256sum -c i.sum && sh i.sh", []],
    ["a build that unpacks", "RUN curl -fsSL https://x.example/a.tgz | tar xz", []],
  ].map(([name, steps, finds]) => ({
    case: String(name),
    compose: `services: {web: {build: {context: ., dockerfile_inline: ${JSON.stringify(`FROM debian\n${steps}\n`)}}}}`,
    finds: finds as readonly string[],
  })),
]);
