/** What became of the services of one stack in one variant. */
export interface Fate {
  /** Undefined: alive and doing their work. */
  readonly failure: string | undefined;
  readonly services: number;
  /** Settings that the variant added and that `docker inspect` shows. */
  readonly controls: number;
  /** Settings that the variant added and the container does not have. */
  readonly missing: readonly string[];
}

/** The survival table: stacks down, variants across, the number of settings in force in each cell, and why a stack failed. */
export function tableOf(fates: ReadonlyMap<string, ReadonlyMap<string, Fate>>): string {
  const variants = [...fates.keys()];
  const stacks = [...new Set(variants.flatMap((variant) => [...(fates.get(variant)?.keys() ?? [])]))].sort();
  const cell = (fate: Fate | undefined) =>
    fate === undefined ? "" : fate.failure === undefined ? `works, ${fate.controls} controls` : "fails";
  const total = (variant: string) => {
    const all = [...(fates.get(variant)?.values() ?? [])];
    const alive = all.filter(({ failure }) => failure === undefined);
    const controls = alive.reduce((sum, fate) => sum + fate.controls, 0);
    return `${alive.length} of ${all.length} (${Math.round((100 * alive.length) / all.length)} %), ${controls} controls`;
  };
  const rows = [
    ["stack", ...variants],
    ...stacks.map((stack) => [stack, ...variants.map((variant) => cell(fates.get(variant)?.get(stack)))]),
    ["alive and working", ...variants.map(total)],
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const reasons = variants.flatMap((variant) =>
    [...(fates.get(variant) ?? [])].flatMap(([stack, { failure }]) =>
      failure === undefined ? [] : [`${variant}, ${stack}: ${failure.split("\n").at(-1)}`],
    ),
  );
  return [...lines, "", ...reasons].join("\n");
}
