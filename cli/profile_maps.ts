/**
 * Writes beside a profile (`--cpu-prof`) what tools/profile.ts needs to read
 * it: which lines of the emitted code are which Lua lines. Written while code
 * is compiled, so that nothing is lost however the program ends.
 */
import { mapScripts } from "../lua/engines.ts";

/** The file for the profile of this process; one JSON object a line. */
export function scriptMapsFile(folder: string): string {
  return `${folder}/luamtev.${Deno.pid}.scripts`;
}

/**
 * Begins to write.
 *
 * @param folder The folder, made if it is not there.
 */
export async function writeScriptMaps(folder: string): Promise<void> {
  Deno.mkdirSync(folder, { recursive: true });
  const file = Deno.openSync(scriptMapsFile(folder), {
    create: true,
    write: true,
    truncate: true,
  });
  const encoder = new TextEncoder();
  await mapScripts((script) =>
    file.writeSync(encoder.encode(JSON.stringify(script) + "\n"))
  );
}
