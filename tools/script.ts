/**
 * What the project's scripts share. Not part of the program: nothing outside
 * tools/ and tests/ imports it.
 */

/**
 * Runs a function with a temporary folder that is gone afterwards.
 *
 * @param use Gets the folder's real path
 * @returns What `use` resolves to
 */
export async function withTempFolder<T>(
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = Deno.realPathSync(
    Deno.makeTempDirSync({ prefix: "luamtev-" }),
  );
  try {
    return await use(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/**
 * Runs a function over items, a few at a time.
 *
 * @param jobs How many run at once
 * @param items The items, taken in order
 * @param work Runs for each; the first rejection is passed on
 */
export async function pool<T>(
  jobs: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: jobs }, lane));
}
