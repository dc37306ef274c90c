import { expect } from "vitest";
import { secretInCommand } from "../src/rules/secret-in-command.js";
import { table } from "./table.js";

const command = (text: string): string => `services:\n  web:\n    image: nginx\n    command: ${text}\n`;
const found = ["services.web.command"];
const check = (text: string): string => `services:\n  web:\n    image: nginx\n    healthcheck:\n      test: ${text}\n`;
const word = (index: number): readonly string[] => [`services.web.command[${index}]`];

table(secretInCommand, [
  {
    case: "a variable that nobody set, before another word",
    compose: check("[CMD-SHELL, 'redis-cli -a ${PW} ping | grep PONG']"),
    finds: [],
  },
  {
    case: "the same in quotes",
    compose: check("[CMD-SHELL, 'redis-cli -a \"${PW}\" ping']"),
    finds: [],
  },
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty", compose: command("[]"), finds: [] },
  { case: "wrong type", compose: command("{a: b}"), finds: [] },
  {
    case: "a string, and the value is not printed",
    compose: command("redis-server --requirepass hunter2"),
    finds: found,
    first: ({ message }) => {
      expect(message).toContain("--requirepass");
      expect(message).not.toContain("hunter2");
    },
  },
  { case: "a list", compose: command("[redis-server, --requirepass, hunter2]"), finds: word(2) },
  { case: "in one word", compose: command("[app, --admin-password=hunter2]"), finds: word(1) },
  { case: "an empty option", compose: command("[redis-server, --requirepass, '']"), finds: [] },
  { case: "a reference", compose: command("redis-server --requirepass ${PW}"), finds: [] },
  { case: "a fallback", compose: command("redis-server --requirepass ${PW:-hunter2}"), finds: found },
  { case: "a variable of the shell", compose: command("sh -c 'redis-server --requirepass $$PW'"), finds: [] },
  { case: "a command of the shell", compose: command("sh -c 'app --password=$$(cat /run/secrets/x)'"), finds: [] },
  { case: "a port", compose: command("[mysqlfront, -p, '3306']"), finds: [] },
  { case: "a file", compose: command("app --password-file /run/secrets/x --token=/run/t"), finds: [] },
  { case: "a number of tokens", compose: command("app --max-tokens 4096 --token 5"), finds: [] },
  { case: "another option follows", compose: command("app --password --verbose"), finds: [] },
  { case: "a URL", compose: command("migrate -database postgres://a:hunter2@db/x up"), finds: found },
  { case: "a URL without password", compose: command("migrate -database postgres://a@db/x up"), finds: [] },
  { case: "a token by its form", compose: command("app ghp_0123456789abcdefghijABCDEFGHIJ012345"), finds: found },
  {
    case: "entrypoint",
    compose: "services: {web: {image: a, entrypoint: [a, --api-key, h6ujk3]}}",
    finds: ["services.web.entrypoint[2]"],
  },
  {
    case: "health check",
    compose: check("mysqladmin ping -h localhost -u root -phunter2"),
    finds: ["services.web.healthcheck.test"],
  },
  { case: "health check, by variable", compose: check("mysqladmin ping -u root -p$$MYSQL_ROOT_PASSWORD"), finds: [] },
  { case: "health check, other program", compose: check("pg_isready -h db -p5432"), finds: [] },
  {
    case: "curl",
    compose: check('["CMD", "curl", "-u", "elastic:hunter2", "http://x"]'),
    finds: ["services.web.healthcheck.test[3]"],
  },
  { case: "curl without password", compose: check('["CMD", "curl", "-u", "elastic", "http://x"]'), finds: [] },
  {
    case: "a header",
    compose: check("'curl -H \"Authorization: Bearer h6ujk3\" http://x'"),
    finds: ["services.web.healthcheck.test"],
  },
  {
    case: "a hook",
    compose: "services: {web: {image: a, post_start: [{command: [app, --secret, h6ujk3]}]}}",
    finds: ["services.web.post_start[0].command[2]"],
  },
  {
    case: "merge key",
    compose: "x-c: &c {command: 'a --password h6ujk3'}\nservices: {web: {<<: *c, image: a}}",
    finds: found,
  },
  { case: "ports around an @", compose: command("mitmdump --mode reverse:https://example.org:443@8443"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., command: 'a --password h6ujk3'}}", finds: found },
  ...[
    ["mc", "sh -c '/usr/bin/mc alias set m http://minio:9000 app tr0ub4dor9; mc mb m/x'", 1],
    ["mc with variables", "sh -c 'mc alias set m http://minio:9000 $$USER $$PW'", 0],
    ["sqlcmd", "/opt/mssql-tools/bin/sqlcmd -S localhost -U sa -P tr0ub4dor9", 1],
    ["sqlcmd with a variable", "sqlcmd -S localhost -U sa -P $$SA_PASSWORD", 0],
    ["ldapsearch", "ldapsearch -x -D cn=admin -w tr0ub4dor9", 1],
    ["rabbitmqctl", "rabbitmqctl add_user app tr0ub4dor9", 1],
    ["chpasswd", "sh -c \"echo 'root:tr0ub4dor9' | chpasswd && sshd -D\"", 1],
    ["chpasswd with a variable", "sh -c 'echo root:$$PW | chpasswd'", 0],
    ["a header of an API", "\"curl -H 'X-Api-Key: 8f3kd92kfl3mx0' http://localhost\"", 1],
    ["a header with a variable", "\"curl -H 'X-Api-Key: $$KEY' http://localhost\"", 0],
    ["another program's -P", "wget -P /tmp https://x.example/a", 0],
  ].map(([name, line, count]) => ({
    case: String(name),
    compose: command(String(line)),
    finds: count === 1 ? found : [],
  })),
]);
