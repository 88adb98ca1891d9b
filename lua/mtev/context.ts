/**
 * What the families of the mtev API are installed with: the Lua state they
 * serve, its loop and coroutines, and what all states of the process share.
 */
import type { Eventer } from "../../runtime/eventer/eventer.ts";
import type { ConfigurationSource } from "../../runtime/conf/configuration_source.ts";
import type { Logs } from "../../runtime/log/logs.ts";
import type { Recorder } from "../../runtime/stats/recorder.ts";
import type { SharedWaits } from "../../runtime/sync/shared_waits.ts";
import type { Coroutines } from "../coroutines.ts";
import type { LuaState } from "../host.ts";
import type { Libraries } from "../stdlib/open.ts";
import type { Hooks } from "./hook.ts";

/** What the Lua states of a process have in common. */
export interface ProcessContext {
  readonly logs: Logs;
  readonly configuration: ConfigurationSource;
  readonly hooks: Hooks;
  readonly stats: Recorder;
  /** The number of event loops, as `-n` sets it. */
  readonly concurrency: number;
  /** The log stream that `print` writes to. */
  printFacility: string;
  /** What the states share; opened when it is first asked for. */
  readonly shared: () => SharedWaits;
  /** Counts the calls of `mtev.runtime_reload`. */
  generation: number;
  /** Starts a fresh state in place of each older one. */
  reload(): void;
}

/** What a family holds for a state beyond its coroutines, ended with the state. */
export interface StateResource extends Disposable {
  /** Called before `os.exit` ends the process. */
  beforeExit?(): void;
}

/** What one Lua state works with. */
export interface MtevContext {
  readonly process: ProcessContext;
  readonly state: LuaState;
  /** What the standard library holds open for the state. */
  readonly libraries: Libraries;
  /** What the families hold; each adds its own when it is first needed. */
  readonly resources: Set<StateResource>;
  readonly eventer: Eventer;
  readonly coroutines: Coroutines;
  /** The index of the event loop that drives the state. */
  readonly loop: number;
  /** The process generation in which the state was made. */
  readonly generation: number;
}
