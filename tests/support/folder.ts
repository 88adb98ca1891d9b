/** A folder for one test, whose path is a binary string, removed at its end. */
export function withFolder(body: (path: string) => void): void {
  const path = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    body(path);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
}
