import { readableSecretFile } from "../src/rules/readable-secret-file.js";
import { table } from "./table.js";

// Both rules about files share a table: see `secret-file-in-git.test.ts`.
table(readableSecretFile, [
  {
    case: "nothing is claimed where files cannot be looked at",
    compose: { "compose.yaml": "services: {web: {image: a}}", ".env": "DB_PASSWORD=hunter2\n" },
    finds: [],
  },
]);
