/**
 * The luamtev program with its code run in one of the ways of
 * lua/compiler/force.ts, which LUAMTEV_VARIANT names. For corpora that are run
 * as commands.
 */
import { runAs, type Variant } from "../../lua/compiler/force.ts";

const variant = Deno.env.get("LUAMTEV_VARIANT") as Variant;
Deno.env.delete("LUAMTEV_VARIANT");
runAs(variant); // to the end of the process
await import("../../cli/luamtev.ts");
