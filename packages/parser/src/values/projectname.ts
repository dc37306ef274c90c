/** Makes a project name of any text: lower case, only `a-z 0-9 _ -`, no leading `_` or `-`. May be empty. */
export function normalizeProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "")
    .replace(/^[_-]+/, "");
}

/** True for a name that needs no normalising; `-p` and `COMPOSE_PROJECT_NAME` must be one. */
export function isProjectName(text: string): boolean {
  return text !== "" && normalizeProjectName(text) === text;
}
