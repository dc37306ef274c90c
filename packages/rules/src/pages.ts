/** The page of a rule as Markdown, or undefined for an unknown id. Loaded on first use: pages are long and rarely asked for. */
export async function explain(id: string): Promise<string | undefined> {
  const { pages } = await import("./generated/pages.js");
  return pages.get(id);
}
