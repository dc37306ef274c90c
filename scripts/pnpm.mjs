// `npm run pnpm -- ARGUMENTS`: the pinned pnpm, for example `npm run pnpm -- add --filter @compose-harden/parser yaml`.
import { pnpm, say } from "./workspace.mjs";

try {
  pnpm(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
