import { describe, expect, test } from "vitest";
import { isSecretName, maskEnvFile, maskSecrets } from "./secrets.js";

describe("isSecretName", () => {
  test.each(["POSTGRES_PASSWORD", "API_KEY", "JWT_SECRET", "token", "requirepass", "N8N_ENCRYPTION_KEY", "AUTHKEY"])(
    "%s",
    (name) => {
      expect(isSecretName(name)).toBe(true);
    },
  );
  test.each(["POSTGRES_PASSWORD_FILE", "KEYCLOAK_URL", "PASSENGER_ENV", "TOKEN_TTL", "MONKEY", "PUBLIC_KEY", "PORT"])(
    "not %s",
    (name) => {
      expect(isSecretName(name)).toBe(false);
    },
  );
});

test.each([
  ["      DB_PASSWORD: hunter2", "      DB_PASSWORD: *******"],
  ["      - DB_PASSWORD=hunter2", "      - DB_PASSWORD=*******"],
  ['      - "DB_PASSWORD=hunter2"', '      - "DB_PASSWORD=*******"'],
  ['  DB_PASSWORD: "hunter2" # note', '  DB_PASSWORD: "*******" # note'],
  ["  environment: {A: 1, API_TOKEN: abc, B: 2}", "  environment: {A: 1, API_TOKEN: ***, B: 2}"],
  ["  DB_PASSWORD: ${DB_PASSWORD}", "  DB_PASSWORD: ${DB_PASSWORD}"],
  ["  DB_PASSWORD: ${DB_PASSWORD:-hunter2}", "  DB_PASSWORD: ${DB_PASSWORD:-*******}"],
  ["  DB_PASSWORD: pre${X}post", "  DB_PASSWORD: ***${X}****"],
  ["  DB_PASSWORD_FILE: /run/secrets/db", "  DB_PASSWORD_FILE: /run/secrets/db"],
  ["  url: postgres://me:hunter2@db:5432/x", "  url: postgres://me:*******@db:5432/x"],
  ["  command: redis-server --requirepass hunter2", "  command: redis-server --requirepass *******"],
  [
    '  command: ["redis-server", "--requirepass", "hunter2"]',
    '  command: ["redis-server", "--requirepass", "*******"]',
  ],
  ["  DB_PASSWORD: a,b]c", "  DB_PASSWORD: *****"],
  ["  - DB_PASSWORD=pass#word", "  - DB_PASSWORD=*********"],
  ["  password: &anchor", "  password: &anchor"],
  ["  image: nginx:1.27", "  image: nginx:1.27"],
])("%s", (line, masked) => {
  expect(maskSecrets(line)).toBe(masked);
});

test("masks the values of an env file, those of several lines too", () => {
  const text = "# note\nA=hunter2 # x\r\nexport B='one\ntwo three'\n\nC=\n";
  expect(maskEnvFile(text)).toBe("# note\nA=***********\r\nexport B=****\n**********\n\nC=\n");
});
