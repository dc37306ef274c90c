import { expect } from "vitest";
import { unpinnedPackage } from "../src/rules/unpinned-package.js";
import { table } from "./table.js";

const command = (text: string): string => `services:\n  web:\n    image: node\n    command: ${text}\n`;
const found = ["services.web.command"];

table(unpinnedPackage, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty", compose: command("[]"), finds: [] },
  { case: "wrong type", compose: command("{a: b}"), finds: [] },
  { case: "npx -y", compose: command("npx -y @scope/server /data"), finds: found },
  { case: "npx in a list", compose: command('["npx", "--yes", "server"]'), finds: found },
  { case: "npx with a version", compose: command("npx -y @scope/server@1.2.3 /data"), finds: [] },
  { case: "npx with a moving tag", compose: command("npx -y server@latest"), finds: found },
  { case: "npx of what is installed", compose: command("npx prisma migrate deploy"), finds: [] },
  { case: "npx --package", compose: command("npx --package=tool run"), finds: found },
  { case: "pnpm dlx", compose: command("pnpm dlx server"), finds: found },
  { case: "yarn dlx with a version", compose: command("yarn dlx server@1.2.3"), finds: [] },
  { case: "pnpm of the project", compose: command("pnpm start"), finds: [] },
  { case: "uvx", compose: command("uvx mcp-server-fetch"), finds: found },
  { case: "uvx with a version", compose: command("uvx mcp-server-fetch@2025.4.7"), finds: [] },
  { case: "uvx --from", compose: command("uvx --from 'tool==1.0' run"), finds: [] },
  { case: "pipx run", compose: command("pipx run tool"), finds: found },
  {
    case: "pip in a shell",
    compose: command('sh -c "pip install --no-cache-dir flask && python app.py"'),
    finds: found,
  },
  { case: "pip with versions", compose: command('sh -c "pip install flask==3.1.0 && python app.py"'), finds: [] },
  { case: "pip with a list", compose: command('sh -c "pip install -r requirements.txt && python app.py"'), finds: [] },
  { case: "pip of a folder", compose: command('sh -c "pip install -e ./app . apps/x"'), finds: [] },
  { case: "npm install -g", compose: command('sh -c "npm install -g serve; serve"'), finds: found },
  { case: "npm install of the project", compose: command('sh -c "npm install && npm start"'), finds: [] },
  {
    case: "several packages",
    compose: command('sh -c "pip install flask requests rich tqdm httpx==0.28.1"'),
    finds: found,
    first: ({ message }) => expect(message).toContain("fetches `flask`, `requests`, `rich` and 1 more at each start"),
  },
  {
    case: "entrypoint",
    compose: "services: {web: {image: node, entrypoint: [npx, -y, server]}}",
    finds: ["services.web.entrypoint"],
  },
  { case: "build only", compose: "services: {web: {build: ., command: npx -y server}}", finds: found },
  { case: "a variable", compose: command("npx -y ${PACKAGE:-server}"), finds: found },
  ...[
    "uvx --from git+https://github.com/acme/tool tool serve",
    "uvx --from git+https://github.com/acme/tool@main tool",
    "npx -y github:acme/tool",
    'sh -c "pip install git+https://github.com/acme/tool.git#egg=tool && tool"',
    "uv run --with git+https://github.com/acme/tool x.py",
  ].map((text) => ({ case: `a branch: ${text}`, compose: command(text), finds: found })),
  ...[
    "uvx --from git+https://github.com/acme/tool@4c1b6bd6a11c7b3ddcc4ff73f7a1fbd4b4b7c0de tool serve",
    "uvx --from git+https://github.com/acme/tool@v1.2.0 tool",
    "npx -y github:acme/tool#v1.2.0",
  ].map((text) => ({ case: `a commit or a release: ${text}`, compose: command(text), finds: [] })),
  {
    case: "a branch behind a password, which is not printed",
    compose: command("uvx --from git+https://me:h6ujk3qq@git.example/acme/tool tool"),
    finds: found,
    first: ({ message }) => expect(message).not.toContain("h6ujk3qq"),
  },
]);
