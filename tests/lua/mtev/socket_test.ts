/** Sockets from Lua: ownership, ends of streams, limits, peers that misbehave. */
import assert from "node:assert/strict";
import net from "node:net";
import { createRuntime } from "../../../mod.ts";
import { luamtev, ROOT, run, TestFolder } from "../../support/luamtev.ts";
import { evaluateNet } from "../../support/lua_net.ts";

/** A server of node's for one test, and what it does with a connection. */
async function nodeServer(
  serve: (socket: net.Socket) => void,
): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

Deno.test("every method insists on its object, its owner and an object that is not empty", async () => {
  const results = await evaluateNet(`
    local l, port = listen()
    local c = dial(port)
    local foreign = {}
    mtev.coroutine_spawn(function()
      for _, name in ipairs{ "read", "write", "accept", "connect", "recv", "close" } do
        foreign[#foreign + 1] = message(c[name], c, 1)
      end
      foreign[#foreign + 1] = message(c.send, c, "x")
      foreign[#foreign + 1] = message(c.sendto, c, "x", "127.0.0.1", 1)
      foreign[#foreign + 1] = message(c.ssl_upgrade_socket, c, {})
      foreign[#foreign + 1] = message(c.setsockopt, c, "TCP_NODELAY", 1)
      foreign[#foreign + 1] = message(c.peer_name, c)
    end)
    local same, other = true, foreign[1]
    for index = 1, 9 do same = same and foreign[index] == other end
    local mine = c:own()
    local empty
    mtev.coroutine_spawn(function() empty = c:own() end)
    return same, other, foreign[10], foreign[11], mine == c, type(empty),
      message(c.read, c, 1), message(c.own, c), message(c.setsockopt, c, "x", 1),
      select("#", c:close()), message(c.read, 5), message(function() c.x = 1 end),
      message(coroutine.wrap(function() return l:sock_name() end))`);
  assert.deepEqual(results, [
    true,
    "cross-coroutine socket call: use event:own()",
    true,
    true,
    true,
    "userdata",
    "invalid event",
    "invalid event",
    "invalid event",
    0,
    "must be called as method",
    "attempt to index upvalue 'c' (a userdata value)",
    "coro terminated",
  ]);
});

Deno.test("an object is empty to others while an operation waits in it", async () => {
  const results = await evaluateNet(`
    local l, port = listen()
    local client
    mtev.coroutine_spawn(function()
      client = dial(port)
      mtev.notify("read", client:read("\\n"))
    end)
    local s = l:accept()
    mtev.sleep(0.01)
    local busy = message(client.sock_name, client)
    local closing = select("#", client:close())
    s:write("line\\n")
    return busy, closing, select(2, mtev.waitfor("read", 10))`);
  assert.deepEqual(results, ["invalid event", 0, "line\n"]);
});

Deno.test("what a coroutine owns is closed when it ends, fails or is cancelled", async () => {
  const results = await evaluateNet(`
    local l, port = listen()
    local function peer_sees(fn)
      mtev.coroutine_spawn(fn)
      local s = l:accept()
      local seen = s:read("\\n")
      s:close()
      return seen
    end
    local kept
    return peer_sees(function() kept = dial(port) end), message(function() return kept:write("x") end),
      peer_sees(function() dial(port):write("some") end)`);
  assert.deepEqual(results, [undefined, "invalid event", "some"]);
});

Deno.test("read() cuts the stream where it is told, however it comes", async () => {
  const results = await evaluateNet(`
    local l, port = listen()
    mtev.coroutine_spawn(function()
      local c = dial(port)
      for byte in ("ab\\r\\ncd\\r\\n\\r\\n0123456789rest"):gmatch(".") do c:write(byte) mtev.sleep(0) end
    end)
    local s = l:accept()
    return s:read("\\r\\n"), s:read("\\r\\n\\r\\n"), s:read("4"), s:read(6.9), s:read(0),
      s:read(""), s:read("x"), s:read(""), s:read(1)`);
  assert.deepEqual(results, [
    "ab\r\n",
    "cd\r\n\r\n",
    "0123",
    "456789",
    "",
    "",
    "rest",
    undefined,
    undefined,
  ]);
});

Deno.test("read() without a stop waits for the end", async () => {
  const results = await evaluateNet(`
    local l, port = listen()
    mtev.coroutine_spawn(function()
      local c = dial(port)
      for _ = 1, 3 do c:write("x") mtev.sleep(0) end
    end)
    return l:accept():read()`);
  assert.deepEqual(results, [undefined]);
});

Deno.test("a read's callback may do anything, and its error is the read's", async () => {
  const results = await evaluateNet(`
    local l, port = listen()
    local c = dial(port)
    local s = l:accept()
    local said
    local a = c:read("\\n", nil, 0.001, function() mtev.sleep(0.001) said = "time is over" end)
    local b = message(c.read, c, "\\n", nil, 0.001, function() error("oops", 0) end)
    s:write("line\\n")
    return a, said, b, c:read("\\n", nil, 5, print)`);
  assert.deepEqual(results, [undefined, "time is over", "oops", "line\n"]);
});

Deno.test("a peer that resets ends reads and writes", async () => {
  await using server = await nodeServer((socket) =>
    socket.once("data", () => socket.resetAndDestroy())
  );
  const results = await evaluateNet(
    `
    local c = dial(PORT)
    c:write("x")
    local first, second = c:read("\\n"), c:read(1)
    local written, message = c:write("y")
    return first, second, written`,
    { PORT: server.port },
  );
  assert.deepEqual(results, [undefined, undefined, -1]);
});

Deno.test("a peer that half-closes still gets what is written", async () => {
  const got = Promise.withResolvers<string>();
  await using server = await nodeServer((socket) => {
    let text = "";
    socket.on("data", (data) => text += data);
    socket.on("end", () => got.resolve(text));
    socket.end("last words\n");
  });
  const results = await evaluateNet(
    `
    local c = dial(PORT)
    return c:read("\\n"), c:read("\\n"), c:write("answer\\n")`,
    { PORT: server.port },
  );
  assert.deepEqual(results, ["last words\n", undefined, 7]);
  assert.equal(await got.promise, "answer\n");
});

Deno.test("a coroutine cancelled in any operation leaves nothing", async () => {
  // What is left would be found by the sanitizer of descriptors.
  await using server = await nodeServer((socket) => socket.pause());
  const results = await evaluateNet(
    `
    local full = listen()  -- a queue that will be full
    assert(full:listen(0) == 0)
    local _, full_port = full:sock_name()
    local stuck = {}
    for _ = 1, 4 do
      mtev.coroutine_spawn(function()
        local c = mtev.socket()
        stuck[#stuck + 1] = coroutine.running()
        c:connect("127.0.0.1", full_port)
        mtev.waitfor("never" .. tostring(c))
      end)
    end
    cancelled(function() mtev.socket():connect("127.0.0.1", full_port, 30) mtev.sleep(30) end)
    cancelled(function() listen():accept() end)
    cancelled(function() dial(PORT):read("\\n") end)
    cancelled(function() dial(PORT):read("\\n", nil, 30, print) end)
    cancelled(function() dial(PORT):write(("x"):rep(50000000)) end)
    cancelled(function() dial(PORT):recv(10) end)
    cancelled(function() mtev.socket("inet", "udp"):recv(10) end)
    cancelled(function() local c = dial(PORT) while c:send(("x"):rep(100000)) do end end)
    cancelled(function() dial(PORT):close() mtev.sleep(30) end)
    for _, co in ipairs(stuck) do mtev.cancel_coro(co) end
    return "all cancelled"`,
    { PORT: server.port },
  );
  assert.deepEqual(results, ["all cancelled"]);
});

Deno.test("connect() tells of a peer that does not answer, and of a wrong family", async () => {
  const results = await evaluateNet(`
    local full = listen()
    assert(full:listen(0) == 0)
    local _, port = full:sock_name()
    local result, message
    local open = {}
    repeat
      open[#open + 1] = mtev.socket()
      result, message = open[#open]:connect("127.0.0.1", port, 0.02)
    until result ~= 0 or #open > 20
    local closed = open[#open]:close()
    local six, why = mtev.socket("inet"):connect("::1", port)
    return result, message, closed, six, type(why),
      select(2, mtev.socket():connect("reverse:x"))`);
  assert.deepEqual(results, [
    -1,
    "timeout",
    undefined,
    -1,
    "string",
    "Reverse connection unavailable",
  ]);
});

Deno.test("local sockets carry streams and datagrams", async () => {
  using folder = new TestFolder();
  const results = await evaluateNet(
    `
    local l = mtev.socket("unix", "tcp")
    assert(l:bind(PATH .. "/stream") == 0 and l:listen(5) == 0)
    mtev.coroutine_spawn(function()
      local c = mtev.socket("unix")
      assert(c:connect(PATH .. "/stream") == 0)
      c:write("stream\\n")
    end)
    local line = l:accept():read("\\n")
    local a, b = mtev.socket("unix", "udp"), mtev.socket("unix", "udp")
    assert(a:bind(PATH .. "/a") == 0 and b:bind(PATH .. "/b") == 0)
    local sent = a:sendto("datagram", PATH .. "/b", 0)
    local count, payload, from = b:recv(100)
    return line, sent, count, payload, from == PATH .. "/a", select("#", a:sock_name()),
      mtev.socket("unix"):connect(PATH .. "/none"),
      select(2, mtev.socket("unix"):connect(("x"):rep(200)))`,
    { PATH: folder.path },
  );
  assert.deepEqual(results.slice(0, 6), [
    "stream\n",
    8,
    8,
    "datagram",
    true,
    0,
  ]);
  assert.equal(results[6], -1);
});

Deno.test("accept() goes on when descriptors are free again", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
    function main()
      local l = mtev.socket()
      l:bind("127.0.0.1", 0)
      l:listen(200)
      local _, port = l:sock_name()
      local clients = {}
      for i = 1, 100 do
        local c = mtev.socket()
        if not c then break end
        clients[i] = c
        assert(c:connect("127.0.0.1", port) == 0)
      end
      print("limit reached", #clients < 100)
      print("refused", l:accept())
      for i = 1, 5 do clients[i]:write("x") clients[i]:close() end
      local got = 0
      for i = 1, 5 do
        local s = l:accept()
        if s and s:read(1) == "x" then got = got + 1 end
        if s then s:close() end
      end
      print("accepted", got)
      os.exit(0)
    end`);
  const result = await run("sh", [
    "-c",
    `ulimit -n 80; exec "$0" "$1"`,
    `${ROOT}bin/luamtev`,
    path,
  ]);
  assert.equal(
    result.stdout,
    "limit reached\ttrue\nrefused\tnil\naccepted\t5\n",
  );
});

Deno.test("100 MB pass through one connection in little memory", async () => {
  using folder = new TestFolder();
  const path = folder.module(`
    function main()
      local l = mtev.socket()
      l:bind("127.0.0.1", 0)
      l:listen(1)
      local _, port = l:sock_name()
      mtev.coroutine_spawn(function()
        local c = mtev.socket()
        c:connect("127.0.0.1", port)
        local piece = ("0123456789abcdef"):rep(65536)
        for i = 1, 100 do assert(c:write(piece) == #piece) end
      end)
      local s, total = l:accept(), 0
      while true do
        local piece = s:read(100000)
        if not piece then break end
        total = total + #piece
      end
      local peak
      for line in io.lines("/proc/self/status") do peak = line:match("VmHWM:%s*(%d+)") or peak end
      print(total, tonumber(peak) < 400000 or peak)
      os.exit(0)
    end`);
  const { stdout } = await luamtev([path], { deadline: 60_000 });
  assert.equal(stdout, "104857600\ttrue\n");
});

Deno.test("an object that nobody names any more is closed", async () => {
  const source = `
    import { createRuntime } from "${new URL(
    "../../../mod.ts",
    import.meta.url,
  )}";
    await using runtime = await createRuntime();
    const results = runtime.eval(\`
      local l = mtev.socket()
      l:bind("127.0.0.1", 0) l:listen(1)
      local _, port = l:sock_name()
      local function dial() mtev.socket():connect("127.0.0.1", port) end
      dial()
      local s = l:accept()
      mtev.notify("ready")
      return s:read("\\\\n") == nil, s:close()\`);
    const timer = setInterval(() => gc(), 5);
    console.log(...await results);
    clearInterval(timer);`;
  const result = await run(Deno.execPath(), [
    "eval",
    "--ext=ts",
    "--v8-flags=--expose-gc",
    `--config=${ROOT}deno.json`,
    source,
  ]);
  assert.equal(result.stdout, "true\n");
});

Deno.test("10,000 idle connections lose no message", async (test) => {
  const limit = Number((await run("sh", ["-c", "ulimit -n"])).stdout);
  await test.step({
    name: "between two processes",
    ignore: limit < 10_100, // two processes with 10,000 descriptors each
    async fn() {
      using folder = new TestFolder();
      const port = Promise.withResolvers<number>();
      await using runtime = await createRuntime({
        stdout: (text) => port.resolve(Number(text)),
        stderr: () => {},
      });
      const served = runtime.eval(`
        local l = mtev.socket()
        l:bind("127.0.0.1", 0)
        l:listen(4096)
        print((select(2, l:sock_name())))
        local lines = 0
        for i = 1, 10000 do
          local c = l:accept()
          mtev.coroutine_spawn(function()
            local c = c:own()
            local line = c:read("\\n")
            c:write(line)
            lines = lines + 1
            if lines == 10000 then mtev.notify("done") end
            c:read("\\n")
          end)
        end
        mtev.waitfor("done", 60)
        mtev.sleep(0.1)
        return lines`);
      const client = folder.module(`
        function main()
          local connections = {}
          for i = 1, 10000 do
            local c = mtev.socket()
            local result, message = c:connect("127.0.0.1", ${await port
        .promise})
            assert(result == 0, message)
            connections[i] = c
          end
          for i = 1, 10000 do connections[i]:write("message " .. i .. "\\n") end
          local right = 0
          for i = 10000, 1, -1 do
            if connections[i]:read("\\n") == "message " .. i .. "\\n" then right = right + 1 end
          end
          print(right)
          os.exit(0)
        end`);
      const result = await luamtev([client], { deadline: 120_000 });
      assert.equal(result.stdout, "10000\n", result.stderr);
      assert.deepEqual(await served, [10000]);
    },
  });
});
