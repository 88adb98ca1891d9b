/**
 * Builds the `mtev` table of a Lua state: one line per family, then the parts
 * that are written in Lua. Specification: mtev-lua-api.md §17.2.
 */
import type { LuaState } from "../host.ts";
import type { LuaTable } from "../value.ts";
import type { MtevContext } from "./context.ts";
import { install as installBignum } from "./bignum.ts";
import { install as installBignumArithmetic } from "./bignum_arithmetic.ts";
import { install as installBignumWords } from "./bignum_words.ts";
import { install as installConf } from "./conf.ts";
import { install as installCoroutine } from "./coroutine.ts";
import { install as installDigest } from "./digest.ts";
import { install as installDns } from "./dns.ts";
import { install as installEncode } from "./encode.ts";
import { install as installExec } from "./exec.ts";
import { install as installFiles } from "./files.ts";
import { install as installGunzip } from "./gunzip.ts";
import { install as installHook } from "./hook.ts";
import { install as installHttp } from "./http.ts";
import { install as installJson } from "./json.ts";
import { install as installLog } from "./log.ts";
import { install as installPcre } from "./pcre.ts";
import { loadOnDemand, runPrelude } from "./prelude.ts";
import { install as installProcess } from "./process.ts";
import { install as installRandom } from "./random.ts";
import { install as installReload } from "./reload.ts";
import { install as installRsa } from "./rsa.ts";
import { install as installSemaphore } from "./semaphore.ts";
import { install as installShared } from "./shared.ts";
import { install as installSocket } from "./socket.ts";
import { install as installStats } from "./stats.ts";
import { install as installSystem } from "./system.ts";
import { install as installTime } from "./time.ts";
import { install as installTimezone } from "./timezone.ts";
import { install as installTls } from "./tls.ts";
import { install as installWaitStatus } from "./wait_status.ts";
import { install as installWebsocket } from "./websocket.ts";
import { install as installXml } from "./xml.ts";
import { install as installZipkin } from "./zipkin.ts";

/** Sets the global `mtev`, and the globals that belong to it. */
export function openMtev(context: MtevContext): LuaTable {
  const { state } = context;
  const mtev = state.newTable();
  state.globals.set("mtev", mtev);
  (state.index(state.globals.get("package"), "loaded") as LuaTable)
    .set("mtev", mtev);
  installBignum(context, mtev);
  installBignumArithmetic(context);
  installBignumWords(context);
  installConf(context, mtev);
  installCoroutine(context, mtev);
  installDigest(context, mtev);
  installDns(context, mtev);
  installEncode(context, mtev);
  installExec(context, mtev);
  installFiles(context, mtev);
  installGunzip(context, mtev);
  installHook(context, mtev);
  installHttp(context, mtev);
  installJson(context, mtev);
  installLog(context, mtev);
  installPcre(context, mtev);
  installRandom(context, mtev);
  installProcess(context, mtev);
  installReload(context, mtev);
  installRsa(context, mtev);
  installSemaphore(context, mtev);
  installShared(context, mtev);
  installSocket(context, mtev);
  installStats(context, mtev);
  installSystem(context, mtev);
  installTime(context, mtev);
  installTimezone(context, mtev);
  installTls(context);
  installWaitStatus(context, mtev);
  installWebsocket(context, mtev);
  installXml(context, mtev);
  installZipkin(context, mtev);
  loadOnDemand(state, mtev, {
    Api: "Api",
    ApiResponse: "Api",
    Proc: "Proc",
    extras: "extras",
  });
  runPrelude(state, "lua_init", mtev);
  installFfi(state);
  return mtev;
}

/** The global `ffi`, where the engine has the library. */
function installFfi(state: LuaState): void {
  const packages = state.globals.get("package");
  const open = state.index(state.index(packages, "preload"), "ffi");
  if (open === undefined) return;
  const [ffi] = state.call(open);
  state.globals.set("ffi", ffi);
  state.setIndex(state.index(packages, "loaded"), "ffi", ffi);
}
