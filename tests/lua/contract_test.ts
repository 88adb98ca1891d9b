/**
 * The contract between engines and host functions (lua/host.ts), clause by
 * clause, on every engine. What only one engine does is tested beside it.
 */
import assert from "node:assert/strict";
import { createState, ENGINE_NAMES } from "../../lua/engines.ts";
import { LuaError } from "../../lua/errors.ts";
import {
  call,
  type HostFunction,
  type LuaState,
  Multi,
  multi,
  NOTHING,
  type Outcome,
  Suspension,
  type Waker,
} from "../../lua/host.ts";
import { openLibraries } from "../../lua/stdlib/open.ts";
import {
  entries,
  type LuaFunction,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
} from "../../lua/value.ts";

/** A state under test, with shorthands. */
class Lua implements Disposable {
  constructor(readonly state: LuaState) {
    openLibraries(state, {
      exit(code) {
        throw new Error(`The program called os.exit(${code})`);
      },
    });
  }

  load(source: string): LuaFunction {
    return this.state.load(source, "=t");
  }

  /** Runs a chunk on the main thread. */
  run(source: string, ...args: LuaValue[]): LuaValue[] {
    return this.state.call(this.load(source), ...args);
  }

  define(name: string, fn: HostFunction): void {
    this.state.globals.set(name, this.state.newFunction(name, fn));
  }

  /** Starts a chunk as a coroutine. */
  start(source: string, ...args: LuaValue[]) {
    const thread = this.state.newThread(this.load(source));
    return { thread, outcome: this.state.resume(thread, args) };
  }

  /** The message of the error that a chunk raises. */
  error(source: string): LuaValue {
    try {
      this.run(source);
    } catch (error) {
      assert.ok(error instanceof LuaError, String(error));
      return error.value;
    }
    return assert.fail("The chunk raised no error");
  }

  [Symbol.dispose](): void {
    this.state[Symbol.dispose]();
  }
}

for (const engine of ENGINE_NAMES) {
  const make = await createState(engine);
  const test = (name: string, body: (lua: Lua) => void) =>
    Deno.test(`${engine}: ${name}`, () => {
      using lua = new Lua(make());
      body(lua);
    });

  const suspended = (outcome: Outcome): Suspension => {
    assert.equal(outcome.kind, "suspended");
    return (outcome as { suspension: Suspension }).suspension;
  };
  const ended = (outcome: Outcome): LuaValue[] => {
    assert.equal(outcome.kind, "ended");
    return (outcome as { values: LuaValue[] }).values;
  };
  const failed = (outcome: Outcome): LuaValue => {
    assert.equal(outcome.kind, "failed");
    return (outcome as { error: LuaError }).error.value;
  };

  test("values cross unchanged in both directions", ({ state, load }) => {
    const echo = load.call({ state } as Lua, "return ...");
    const table = state.newTable();
    const userdata = new LuaUserdata(undefined);
    const thread = state.newThread(echo);
    const values: LuaValue[] = [
      undefined,
      true,
      false,
      0,
      -0,
      NaN,
      1e308,
      "",
      "a\0b\xff",
      "\x80".repeat(1000),
      table,
      userdata,
      thread,
      echo,
      undefined,
    ];
    assert.deepEqual(state.call(echo, ...values), values);
    const returned = state.call(echo, table, userdata, thread, echo);
    assert.ok(returned[0] === table);
    assert.ok(returned[1] === userdata);
    assert.ok(returned[2] === thread);
    assert.ok(returned[3] === echo);
  });

  test("a table is accessed raw", (lua) => {
    const [table] = lua.run(`
      return setmetatable({1, 2, x = "y"}, {
        __index = function() error("not raw") end,
        __newindex = function() error("not raw") end })`) as [LuaTable];
    assert.equal(table.get("x"), "y");
    assert.equal(table.get("absent"), undefined);
    assert.equal(table.get(undefined), undefined);
    assert.equal(table.get(NaN), undefined);
    table.set("new", 1);
    table.set(3, 3);
    assert.equal(table.length(), 3);
    table.set(3, undefined);
    assert.equal(table.length(), 2);
    assert.ok(table.metatable !== undefined);
    assert.throws(() => table.set(undefined, 1), /table index is nil/);
    assert.throws(() => table.set(NaN, 1), /table index is NaN/);
  });

  test("a table is traversed in order, also while it is emptied", (lua) => {
    const [table] = lua.run("return {10, 20, 30, [0] = 0}") as [LuaTable];
    assert.deepEqual([...entries(table)], [[1, 10], [2, 20], [3, 30], [0, 0]]);
    for (const [key] of entries(table)) table.set(key, undefined);
    assert.equal(table.next(undefined), undefined);
    const [other] = lua.run("return {1, x = 1}") as [LuaTable];
    assert.throws(() => other.next("absent"), LuaError);
  });

  test("a host function gets its arguments and their number", (lua) => {
    const seen: LuaValue[][] = [];
    lua.define("f", (...args) => {
      seen.push(args);
      return NOTHING;
    });
    lua.run("f() f(nil) f(1, nil) f(1, 2, 3, 4, 5, nil)");
    assert.deepEqual(seen, [
      [],
      [undefined],
      [1, undefined],
      [1, 2, 3, 4, 5, undefined],
    ]);
  });

  test("a host function returns one nil, nothing, or several values", (lua) => {
    lua.define("none", () => NOTHING);
    lua.define("one", () => undefined);
    lua.define(
      "many",
      () => new Multi(Array.from({ length: 300 }, (_, i) => i)),
    );
    assert.deepEqual(
      lua.run(`return select("#", none()), select("#", one()),
        select("#", many()), (select(300, many()))`),
      [0, 1, 300, 299],
    );
  });

  test("a LuaError of a host function is caught by pcall, any value", (lua) => {
    const value = lua.state.newTable();
    lua.define("fail", () => {
      throw new LuaError(value);
    });
    const [ok, caught] = lua.run("return pcall(fail)");
    assert.equal(ok, false);
    assert.ok(caught === value);
    assert.throws(() => lua.run("fail()"), { value });
  });

  test("a defect of a host function passes pcall and leaves resume and call", (lua) => {
    const defect = new TypeError("defect");
    lua.define("broken", () => {
      throw defect;
    });
    const chunk = "pcall(pcall, broken) reached = true";
    assert.throws(() => lua.run(chunk), (error) => error === defect);
    assert.throws(() => lua.start(chunk), (error) => error === defect);
    assert.throws(
      () => lua.start("coroutine.wrap(function() pcall(broken) end)()"),
      (error) => error === defect,
    );
    assert.equal(lua.state.globals.get("reached"), undefined);
    assert.deepEqual(lua.run("return pcall(error, true)"), [false, true]);
  });

  test("the end of the JavaScript stack is the error 'stack overflow'", (lua) => {
    lua.define("deep", () => {
      const recurse = (): number => 1 + recurse();
      return recurse();
    });
    const [ok, message] = lua.run("return pcall(deep)");
    assert.equal(ok, false);
    assert.match(String(message), /stack overflow$/);
    for (
      const endless of [
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. 1] end return t.x",
        "local function f() return 1 + f() end return f()",
        "local function f() return coroutine.wrap(f)() end f()",
        "local function f() string.gsub('x', 'x', f) end f()",
      ]
    ) {
      lua.state.globals.set("endless", lua.load(endless));
      const results = [
        lua.run("return pcall(endless)"),
        ended(lua.start("return pcall(endless)").outcome),
        lua.run("return xpcall(endless, function(m) return m end)"),
      ];
      for (const [ok, message] of results) {
        assert.equal(ok, false);
        assert.match(String(message), /stack overflow/, endless);
      }
    }
    assert.deepEqual(lua.run("return 1"), [1]);
  });

  test("50,000 Lua frames fit", (lua) => {
    const source =
      "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(50000)";
    assert.deepEqual(lua.run(source), [50000]);
    assert.deepEqual(ended(lua.start(source).outcome), [50000]);
  });

  test("a suspension leaves resume, and values wake the coroutine", (lua) => {
    const suspension = new Suspension(() => {
      throw new Error("The engine called start");
    });
    lua.define("wait", () => suspension);
    const { thread, outcome } = lua.start(
      "local a, b = wait() return b, a, ...",
      7,
    );
    assert.equal(suspended(outcome), suspension);
    assert.equal(thread.status, "suspended");
    assert.deepEqual(ended(lua.state.resume(thread, [1, 2])), [2, 1, 7]);
    assert.equal(thread.status, "dead");
    assert.throws(() => lua.state.resume(thread, []), LuaError);
  });

  test("a coroutine is woken with many values, and with none", (lua) => {
    lua.define("wait", () => new Suspension(() => {}));
    const source = "return select('#', wait())";
    const many = lua.start(source).thread;
    assert.deepEqual(
      ended(lua.state.resume(many, new Array(500).fill(undefined))),
      [500],
    );
    const none = lua.start(source).thread;
    assert.deepEqual(ended(lua.state.resume(none, [])), [0]);
  });

  test("a suspension works below pcall, metamethods, iterators and wrap", (lua) => {
    lua.define("wait", () => new Suspension(() => {}));
    const { thread, outcome } = lua.start(`
      local t = setmetatable({}, {__index = function(_, k) return wait() .. k end})
      local ok, v = pcall(function() return t.x end)
      local w
      for x in function() if not w then return wait() end end do w = x end
      return ok, v, w`);
    suspended(outcome);
    suspended(lua.state.resume(thread, ["a"]));
    assert.deepEqual(ended(lua.state.resume(thread, ["b"])), [true, "ax", "b"]);
  });

  test("resumeWithError raises where the coroutine waits", (lua) => {
    lua.define("wait", () => new Suspension(() => {}));
    const error = new LuaError("woken badly");
    const waiting = "local ok, e = pcall(wait) wait() return ok, e";
    const { thread } = lua.start(waiting);
    suspended(lua.state.resumeWithError(thread, error));
    assert.deepEqual(ended(lua.state.resume(thread, [])), [
      false,
      "woken badly",
    ]);

    const yielding = lua.start("return pcall(coroutine.yield, 1)");
    assert.deepEqual(yielding.outcome, { kind: "yielded", values: [1] });
    assert.deepEqual(
      ended(lua.state.resumeWithError(yielding.thread, error)),
      [false, "woken badly"],
    );

    const fresh = lua.state.newThread(lua.load("reached = true"));
    assert.equal(
      failed(lua.state.resumeWithError(fresh, error)),
      "woken badly",
    );
    assert.equal(fresh.status, "dead");
    assert.equal(lua.state.globals.get("reached"), undefined);
  });

  test("an attempt to suspend where none can is an error", (lua) => {
    let started = 0;
    lua.define("wait", () =>
      new Suspension(() => {
        started++;
      }));
    lua.define("yieldable", () => lua.state.isYieldable);
    assert.deepEqual(lua.run("return pcall(wait)"), [
      false,
      "attempt to yield from outside a coroutine",
    ]);
    assert.deepEqual(
      ended(
        lua.start("return pcall(string.gsub, 'x', 'x', function() wait() end)")
          .outcome,
      ),
      [false, "t:1: attempt to yield across C-call boundary"],
    );
    assert.equal(started, 0);
    assert.deepEqual(lua.run("return yieldable()"), [false]);
    assert.deepEqual(ended(lua.start("return yieldable()").outcome), [true]);
  });

  test("a generator calls Lua functions that suspend and raise", (lua) => {
    lua.define("wait", () => new Suspension(() => {}));
    const log: LuaValue[] = [];
    lua.define("each", function* (f) {
      try {
        for (let i = 1; i <= 3; i++) log.push(...(yield call(f, i)));
        return multi(1, 2);
      } finally {
        log.push("finally");
      }
    });
    const { thread, outcome } = lua.start(
      "return each(function(i) return wait() * i end)",
    );
    suspended(outcome);
    suspended(lua.state.resume(thread, [10]));
    suspended(lua.state.resume(thread, [10]));
    assert.deepEqual(ended(lua.state.resume(thread, [10])), [1, 2]);
    assert.deepEqual(log, [10, 20, 30, "finally"]);

    for (const chunk of ["", "wait() "]) {
      log.length = 0;
      const raising = lua.start(
        `return pcall(each, function(i) ${chunk}error({i}) end)`,
      );
      const last = chunk === ""
        ? raising.outcome
        : lua.state.resume(raising.thread, []);
      const [ok, value] = ended(last);
      assert.equal(ok, false);
      assert.equal((value as LuaTable).get(1), 1);
      assert.deepEqual(log, ["finally"]);
    }
    log.length = 0;
    assert.deepEqual(lua.run("return each(function(i) return i end)"), [1, 2]);
    assert.deepEqual(log, [1, 2, 3, "finally"]);
  });

  test("a generator may catch an error of its callee and of its wait", (lua) => {
    lua.define("attempt", function* (f) {
      try {
        return multi(...(yield call(f)));
      } catch (error) {
        return multi("caught", (error as LuaError).value);
      }
    });
    lua.define("attemptWait", function* () {
      try {
        return multi("woken", ...(yield new Suspension(() => {})));
      } catch (error) {
        return multi("caught", (error as LuaError).value);
      }
    });
    assert.deepEqual(lua.run("return attempt(function() error('x', 0) end)"), [
      "caught",
      "x",
    ]);
    assert.deepEqual(lua.run("return attempt(nil)"), [
      "caught",
      "attempt to call a nil value",
    ]);
    assert.deepEqual(lua.run("local a, b = attemptWait() return a, b"), [
      "caught",
      "t:1: attempt to yield from outside a coroutine",
    ]);
    const woken = lua.start("return attemptWait()").thread;
    assert.deepEqual(ended(lua.state.resume(woken, [1, 2])), ["woken", 1, 2]);
    const failing = lua.start("return attemptWait()").thread;
    assert.deepEqual(
      ended(lua.state.resumeWithError(failing, new LuaError("bad"))),
      ["caught", "bad"],
    );
  });

  test("call runs Lua code to its end, in coroutines too", (lua) => {
    lua.define("now", (f, ...args) => multi(...lua.state.call(f, ...args)));
    assert.deepEqual(
      lua.run("return now(function(...) return ... end, 1, nil)"),
      [
        1,
        undefined,
      ],
    );
    assert.deepEqual(
      ended(lua.start("return pcall(now, coroutine.yield, 1)").outcome),
      [false, "attempt to yield across C-call boundary"],
    );
    assert.deepEqual(lua.run("return pcall(now, error, 'x', 0)"), [false, "x"]);
  });

  test("index, setIndex, tostring and metatable honour metatables", ({ state, run, load }) => {
    const lua = { state, load } as Lua;
    const [object] = run.call(
      lua,
      `log = {} return setmetatable({}, {
        __index = function(_, k) return k .. "!" end,
        __newindex = function(_, k, v) log[k] = v end,
        __tostring = function() return "object" end })`,
    );
    assert.equal(state.index(object, "a"), "a!");
    state.setIndex(object, "k", 5);
    assert.equal((state.globals.get("log") as LuaTable).get("k"), 5);
    assert.equal(state.tostring(object), "object");
    assert.match(state.tostring(state.newTable()), /^table: 0x[0-9a-f]{8}$/);
    assert.equal(state.tostring(undefined), "nil");
    assert.equal(state.tostring(-0), "-0");
    assert.equal(
      state.index("abc", "len"),
      state.index(state.globals.get("string"), "len"),
    );
    assert.equal(state.metatable("x"), state.stringMetatable);
    assert.equal(state.metatable(1), undefined);
    assert.throws(() => state.index(undefined, "x"), LuaError);
  });

  test("userdata have operators and methods, and equality by identity", (lua) => {
    const [metatable] = lua.run(
      "local m = {} m.__index = m m.__add = function() return 'sum' end function m:get() return self end return m",
    ) as [LuaTable];
    const a = new LuaUserdata(metatable);
    const b = new LuaUserdata(metatable);
    assert.deepEqual(
      lua.run(
        "local a, b = ... return a + b, a:get() == a, a == b, type(a), getmetatable(a) ~= nil",
        a,
        b,
      ),
      ["sum", true, false, "userdata", true],
    );
  });

  test("currentThread and coroutine.running tell the running coroutine", (lua) => {
    lua.define("current", () => lua.state.currentThread);
    assert.deepEqual(lua.run("return current(), coroutine.running()"), [
      undefined,
      undefined,
    ]);
    const { thread, outcome } = lua.start(
      "return current() == coroutine.running(), current()",
    );
    assert.deepEqual(ended(outcome), [true, thread]);
    assert.equal(lua.state.currentThread, undefined);
  });

  test("a coroutine resumed by Lua code tells onSuspend, and resume returns true", (lua) => {
    const suspension = new Suspension(() => {});
    lua.define("wait", () => suspension);
    const told: unknown[] = [];
    lua.state.onSuspend = (thread, what) =>
      told.push(thread, what, thread.status);
    const results = lua.run(`
      co = coroutine.create(function() return "got", wait() end)
      return coroutine.resume(co)`);
    assert.deepEqual(results, [true]);
    const co = lua.state.globals.get("co");
    assert.ok(told[0] === co);
    assert.ok(told[1] === suspension);
    assert.equal(told[2], "suspended");
    assert.deepEqual(
      ended(lua.state.resume(co as ReturnType<LuaState["newThread"]>, [5])),
      ["got", 5],
    );
    assert.deepEqual(lua.run("return coroutine.status(co)"), ["dead"]);
  });

  test("where, calledAs and frames describe the caller", (lua) => {
    const seen: LuaValue[] = [];
    lua.define("look", () => {
      const { name, method } = lua.state.calledAs();
      seen.push(lua.state.where(1), name, method, lua.state.where(9));
      return NOTHING;
    });
    lua.run("\nlook()");
    lua.run("local f = look f()");
    lua.run("local t = {m = look} t:m()");
    lua.run("pcall(look)");
    assert.deepEqual(seen, [
      ...["t:2: ", "look", false, ""],
      ...["t:1: ", "f", false, ""],
      ...["t:1: ", "m", true, ""],
      ...["", undefined, false, ""],
    ]);
  });

  test("frames shows a failed coroutine as it was when it failed", (lua) => {
    const { thread, outcome } = lua.start(
      "local function inner()\n error('x') end\nlocal function outer() inner() end\nouter()",
    );
    assert.equal(failed(outcome), "t:2: x");
    assert.deepEqual(
      lua.state.frames(thread, 0).map((frame) => [
        frame.what,
        frame.source,
        frame.currentLine,
        frame.name,
      ]),
      [
        ["C", "[C]", -1, "error"],
        ["Lua", "t", 2, "inner"],
        ["Lua", "t", 3, "outer"],
        ["main", "t", 4, undefined],
      ],
    );
  });

  test("environments belong to functions, as in Lua 5.1", (lua) => {
    assert.deepEqual(
      lua.run(`
        local function f() return x end
        local function g() return x end
        local env = {x = 1}
        setfenv(f, env)
        return f(), g(), getfenv(f) == env, getfenv(g) == _G, getfenv(print) == _G`),
      [1, undefined, true, true, true],
    );
    assert.deepEqual(
      lua.run(`
        local made = {}
        for i = 1, 2 do made[i] = function() return x end end
        setfenv(made[1], {x = "one"})
        return made[1](), made[2](), made[1] == made[2]`),
      ["one", undefined, false],
    );
    assert.deepEqual(
      lua.run(
        "setfenv(1, {x = 5, y = 6}) local function inner() return y end return x, inner()",
      ),
      [5, 6],
    );
    assert.equal(lua.state.globals.get("y"), undefined);
    assert.match(
      String(lua.error("setfenv(print, {})")),
      /cannot change environment/,
    );
  });

  test("load reports syntax errors with the chunk's name", (lua) => {
    assert.throws(
      () => lua.state.load("x = = 1", "@dir/a.lua"),
      { value: "dir/a.lua:1: unexpected symbol near '='" },
    );
    assert.throws(
      () => lua.state.load("\n\nif x then", "if x then"),
      { value: "[string \"if x then\"]:3: 'end' expected near '<eof>'" },
    );
    assert.throws(
      () => lua.state.load("return " + "(".repeat(1e5), "=deep"),
      LuaError,
    );
    assert.throws(() => lua.state.load("\x1bLuaX", "=bytes"), LuaError);
    const [dumped] = lua.run(
      "return string.dump(function(...) return print, ... end)",
    );
    const again = lua.state.load(dumped as string, "=dump");
    assert.deepEqual(lua.state.call(again, 1), [
      lua.state.globals.get("print"),
      1,
    ]);
  });

  test("the interrupt handler runs in busy loops, of older coroutines too", (lua) => {
    lua.define("wait", () => new Suspension(() => {}));
    const older = lua.start("pcall(error) wait() while true do end").thread;
    let calls = 0;
    lua.state.setInterrupt(() => {
      if (++calls < 3) return "continue";
      throw new LuaError(lua.state.where(1) + "interrupted");
    });
    assert.equal(failed(lua.state.resume(older, [])), "t:1: interrupted");
    assert.deepEqual(
      lua.run("return pcall(function() while true do end end)"),
      [
        false,
        "t:1: interrupted",
      ],
    );
    assert.equal(
      lua.error(
        "local co = coroutine.wrap(function() while true do end end) co()",
      ),
      "t:1: t:1: interrupted",
    );
    lua.state.setInterrupt(undefined);
    assert.ok(calls >= 5);
  });

  test("a handler set by a nested coroutine reaches those that wait for it", (lua) => {
    lua.define("arm", () => {
      lua.state.setInterrupt(() => {
        throw new LuaError("interrupted");
      });
      return NOTHING;
    });
    const { outcome } = lua.start(`
      coroutine.wrap(function()
        coroutine.wrap(arm)()
        while true do end
      end)()`);
    assert.match(String(failed(outcome)), /interrupted$/);
  });

  test("a coroutine woken by an error is interrupted like any other", (lua) => {
    lua.define("wait", () => new Suspension(() => {}));
    const { thread } = lua.start("pcall(wait) while true do end");
    lua.state.setInterrupt(() => {
      throw new LuaError("interrupted");
    });
    const outcome = lua.state.resumeWithError(thread, new LuaError("woken"));
    assert.equal(failed(outcome), "interrupted");
  });

  test("an interrupt suspends a coroutine without a wait, and it goes on", (lua) => {
    let yields = 0;
    lua.state.setInterrupt(() => yields < 3 ? (yields++, "yield") : "continue");
    const source = "local s = 0 for i = 1, 20000 do s = s + i end return s";
    const { thread, outcome } = lua.start(source);
    let last = outcome;
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(last, { kind: "suspended", suspension: undefined });
      last = lua.state.resume(thread, []);
    }
    assert.deepEqual(ended(last), [200010000]);
    assert.deepEqual(lua.run(source), [200010000]); // "yield" means nothing here

    yields = 0;
    const cancelled = lua.start(
      "return pcall(function() while true do end end)",
    );
    assert.equal(cancelled.outcome.kind, "suspended");
    assert.deepEqual(
      ended(lua.state.resumeWithError(cancelled.thread, new LuaError("stop"))),
      [false, "stop"],
    );
  });

  test("a waker's contract is the driver's: start gets it once suspended", (lua) => {
    let waker: Waker | undefined;
    lua.define("wait", () =>
      new Suspension((given) => {
        waker = given;
      }));
    const { thread, outcome } = lua.start("return wait()");
    const woken: LuaValue[] = [];
    suspended(outcome).start({
      wake: (...values) => woken.push(...values),
      fail: () => assert.fail("failed"),
    });
    waker!.wake("up");
    assert.deepEqual(ended(lua.state.resume(thread, woken)), ["up"]);
  });

  test("memoryInUse is a number of bytes", ({ state }) => {
    assert.ok(state.memoryInUse() > 1e5);
  });
}
