// Generated from packages/cli/package.json by `npm run generate`. Do not edit.

/** The version of this program. */
export const version: string = "0.0.0";
