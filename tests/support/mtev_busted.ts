/**
 * Runs the real bin/mtev-busted on specs that a test writes, under a deadline.
 * Not a mock of anything: what is compared is what a user would see.
 */
import {
  type Result,
  ROOT,
  run,
  type RunOptions,
  TestFolder,
} from "./luamtev.ts";

/** Runs bin/mtev-busted, as outside of CI unless told otherwise. */
export function mtevBusted(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Result> {
  const env = { CI: "false", ...options.env };
  return run(`${ROOT}bin/mtev-busted`, args, { ...options, env });
}

/**
 * Writes one spec file and runs it with an output handler.
 *
 * @param spec The Lua source of `a_spec.lua`
 * @param args Further words of the command line
 * @param handler The output handler; TAP by default
 */
export async function runSpec(
  spec: string,
  args: readonly string[] = [],
  handler = "TAP",
): Promise<Result> {
  using folder = new TestFolder();
  folder.write("a_spec.lua", spec);
  return await mtevBusted(["-o", handler, ...args, "a_spec.lua"], {
    cwd: folder.path,
  });
}
