/** Lua helpers for tests of sockets, and a runtime that runs a test's chunk. */
import { createRuntime, type LuaValue } from "../../mod.ts";

const HELPERS = `
  function listen(family)
    local l = mtev.socket(family or "inet")
    assert(l:bind(family == "inet6" and "::1" or "127.0.0.1", 0) == 0)
    assert(l:listen(128) == 0)
    return l, select(2, l:sock_name())
  end
  function dial(port, family)
    local c = mtev.socket(family or "inet")
    local result, message = c:connect(family == "inet6" and "::1" or "127.0.0.1", port)
    assert(result == 0, message)
    return c
  end
  -- Serves each connection with fn in a coroutine of its own; returns the port.
  function serve(fn)
    local l, port = listen()
    mtev.coroutine_spawn(function()
      local l = l:own()
      while true do
        local c = l:accept()
        if c then mtev.coroutine_spawn(function() fn(c:own()) end) end
      end
    end)
    return port
  end
  -- Starts fn in a coroutine and cancels that once it waits.
  function cancelled(fn)
    local co
    mtev.coroutine_spawn(function()
      co = coroutine.running()
      fn()
      error("it was not cancelled")
    end)
    mtev.sleep(0.01)
    mtev.cancel_coro(co)
  end
  function message(...)
    local ok, text = pcall(...)
    return ok or (tostring(text):gsub("^[^ ]*:%d+: ", ""))
  end
`;

/** Runs a chunk with the helpers, in a runtime of its own, and returns its results. */
export async function evaluateNet(
  source: string,
  globals: Readonly<Record<string, LuaValue>> = {},
): Promise<LuaValue[]> {
  await using runtime = await createRuntime({ stderr: () => {} });
  for (const [name, value] of Object.entries(globals)) {
    runtime.state.globals.set(name, value);
  }
  await runtime.eval(HELPERS);
  return await runtime.eval(source);
}
