/**
 * A TLS connection that still had to send when its program ended left a timer behind the runtime,
 * although the runtime's end had been waited for.
 */
import assert from "node:assert/strict";
import { createRuntime } from "../../mod.ts";
import { hasOpenssl, Pki } from "../support/pki.ts";

/** Watches the timers of JavaScript until it is disposed. */
class LiveTimers implements Disposable {
  readonly live = new Set<unknown>();
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;

  constructor() {
    globalThis.setTimeout = ((callback: () => void, delay?: number) => {
      const timer = this.#setTimeout(() => {
        this.live.delete(timer);
        callback();
      }, delay);
      this.live.add(timer);
      return timer;
    }) as typeof setTimeout;
    globalThis.clearTimeout = (timer) => {
      this.live.delete(timer);
      this.#clearTimeout(timer);
    };
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
  }
}

Deno.test({
  name:
    "a disposed runtime leaves no timer of a TLS connection that still sends",
  ignore: !hasOpenssl, // no openssl to make certificates with
  async fn() {
    using pki = await Pki.make();
    const runtime = await createRuntime({ stderr: () => {} });
    runtime.state.globals.set("PKI", `${pki.path}/`);
    using timers = new LiveTimers();
    await runtime.eval(`
      local l = mtev.socket("inet")
      assert(l:bind("127.0.0.1", 0) == 0)
      assert(l:listen(16) == 0)
      local _, port = l:sock_name()
      mtev.coroutine_spawn(function()
        local l = l:own()
        local c = l:accept()
        c:ssl_upgrade_socket({
          mode = "server",
          certificate_file = PKI .. "server.crt", key_file = PKI .. "server.key",
        })
        mtev.waitfor("never")
      end)
      local c = mtev.socket("inet")
      assert(c:connect("127.0.0.1", port) == 0)
      assert(c:ssl_upgrade_socket({}) == 0)
      assert(c:write(("x"):rep(500000)) == 500000)`);
    await runtime[Symbol.asyncDispose]();
    assert.equal(timers.live.size, 0);
  },
});
