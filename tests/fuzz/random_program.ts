/**
 * Random Lua programs for the differential fuzzer: always terminating, always
 * valid, deterministic on every Lua 5.1, and rich in the constructs that the
 * compiler treats differently (closures, multiple results, metamethods,
 * coroutines, goto, errors). Not a grammar fuzzer: garbage is made elsewhere.
 */

/** A small seeded generator (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to `limit - 1`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  /** One of `choices`. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}

const FIELDS = ["x", "y", "name", "n"];
const BINARY = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "..",
  "==",
  "~=",
  "<",
  "<=",
  ">",
  ">=",
  "and",
  "or",
];
/** Values with every metamethod, whose results show the operands. */
const PRELUDE = `
local function show(v)
  if type(v) == "table" then return rawget(v, "tag") and "obj" or "tbl" end
  if type(v) == "function" or type(v) == "thread" then return type(v) end
  if v ~= v then return "nan" end
  return tostring(v)
end
local mt = {}
for _, e in ipairs{"add", "sub", "mul", "div", "mod", "concat", "unm"} do
  mt["__" .. e] = function(a, b) YIELD() return e .. show(a) .. show(b) end
end
mt.__eq = function() YIELD() return true end
mt.__lt = function(a, b) YIELD() return false end
mt.__le = function(a, b) YIELD() return true end
mt.__index = function(t, k) YIELD() return show(k) .. "?" end
mt.__newindex = function(t, k, v) YIELD() rawset(t, k, v) end
mt.__call = function(self, ...) YIELD() return "called", select("#", ...), ... end
local function obj() return setmetatable({tag = true}, mt) end
-- Where nil stands between values, engines differ in the border they find.
local function border(t)
  local n = #t
  for i = 1, n + 8 do
    if (rawget(t, i) == nil) == (i <= n) then return "hole" end
  end
  return n
end
local out = {}
local function log(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = show((select(i, ...))) end
  out[#out + 1] = table.concat(t, " ")
end
`;

/** A program that returns one line per thing it saw, joined by newlines. */
export function randomProgram(random: Random): string {
  return new Generator(random).program();
}

class Generator {
  readonly #random: Random;
  readonly #locals: string[] = [];
  readonly #lines: string[] = [];
  #depth = 0;
  #names = 0;
  #inLoop = false;
  #isVararg = true;

  constructor(random: Random) {
    this.#random = random;
  }

  program(): string {
    this.#block(6 + this.#random.below(6));
    return PRELUDE +
      "local ok, e = pcall(function(...)\n" + this.#lines.join("\n") +
      '\nend, 1, "two", nil, 4)\nlog(ok, e)\nreturn table.concat(out, "\\n")\n';
  }

  #write(line: string): void {
    this.#lines.push(line);
  }

  #name(): string {
    return `v${this.#names++}`;
  }

  #block(statements: number): void {
    const scope = this.#locals.length;
    this.#depth++;
    for (let i = 0; i < statements; i++) this.#statement();
    this.#depth--;
    this.#locals.length = scope;
  }

  #statement(): void {
    const random = this.#random;
    const deep = this.#depth > 4;
    switch (random.below(deep ? 6 : 18)) {
      case 0:
      case 1: {
        const name = this.#name();
        this.#write(`local ${name} = ${this.#expression(3)}`);
        this.#locals.push(name);
        return;
      }
      case 2: {
        const names = [this.#name(), this.#name()];
        this.#write(
          `local ${names.join(", ")} = ${this.#list(1 + random.below(3))}`,
        );
        this.#locals.push(...names);
        return;
      }
      case 3:
        this.#write(`log(${this.#list(1 + random.below(3))})`);
        return;
      case 4:
        if (this.#locals.length === 0) return;
        this.#write(`${random.pick(this.#locals)} = ${this.#expression(3)}`);
        return;
      case 5: {
        const name = this.#name();
        this.#write(`local ${name} = ${this.#table()}`);
        this.#locals.push(name);
        this.#write(
          `${name}[${
            random.pick(["1", "2", '"x"', "0", "-1", "5", "1.5"])
          }] = ${this.#expression(2)}`,
        );
        this.#write(`${name}.${random.pick(FIELDS)} = ${this.#expression(2)}`);
        this.#write(`log(${name}.x, ${name}[1], border(${name}))`);
        return;
      }
      case 6:
        this.#write(`if ${this.#expression(3)} then`);
        this.#block(2);
        if (random.below(2)) {
          this.#write("else");
          this.#block(2);
        }
        this.#write("end");
        return;
      case 7:
        return this.#numericFor();
      case 8:
        return this.#whileLoop();
      case 9:
        return this.#function();
      case 10: {
        const k = this.#name();
        const v = this.#name();
        this.#write(
          `for ${k}, ${v} in ${random.pick(["pairs", "ipairs"])}({${
            this.#list(3)
          }}) do`,
        );
        this.#body([k, v]);
        return;
      }
      case 11: {
        this.#write("log(pcall(function(...)");
        this.#closureBody(true);
        this.#write(`end, ${this.#list(2)}))`);
        return;
      }
      case 12:
        return this.#coroutine();
      case 13: {
        const name = this.#name();
        this.#write(`local ${name} = obj()`);
        this.#locals.push(name);
        this.#write(
          `log(${name} + ${this.#expression(1)}, ${name}.foo, ${name}(${
            this.#list(2)
          }))`,
        );
        this.#write(`${name}.bar = ${this.#expression(2)} log(${name}.bar)`);
        return;
      }
      case 14: {
        const label = this.#name();
        this.#write("do");
        this.#write(`local n = 0`);
        this.#write(`::${label}::`);
        this.#write(`n = n + 1 log(n)`);
        this.#write(`local c = function() return n end`);
        this.#write(`if n < 3 then goto ${label} end log(c())`);
        this.#write("end");
        return;
      }
      case 15: {
        if (this.#locals.length < 2) return;
        const [a, b] = [random.pick(this.#locals), random.pick(this.#locals)];
        this.#write(`${a}, ${b} = ${b}, ${this.#expression(2)}`);
        return;
      }
      case 16:
        if (random.below(3) === 0) {
          this.#write(
            `if ${this.#expression(2)} then error(${this.#expression(1)}) end`,
          );
        }
        return;
      case 17: {
        const local = this.#name();
        this.#write("repeat");
        this.#write(`local ${local} = ${this.#expression(2)}`);
        this.#write(`until ${local} or true`);
        return;
      }
    }
  }

  #body(variables: string[]): void {
    const scope = this.#locals.length;
    this.#locals.push(...variables);
    const before = this.#inLoop;
    this.#inLoop = true;
    const label = this.#random.below(3) === 0 ? this.#name() : undefined;
    if (label !== undefined) {
      this.#write(`if ${this.#expression(2)} then goto ${label} end`);
      this.#write("do");
    }
    this.#block(2);
    if (label !== undefined) this.#write(`end ::${label}::`);
    else if (this.#random.below(4) === 0) {
      this.#write(`if ${this.#expression(1)} then break end`);
    }
    this.#inLoop = before;
    this.#locals.length = scope;
    this.#write("end");
  }

  #numericFor(): void {
    const name = this.#name();
    const [from, to, step] = this.#random.pick([
      ["1", "3", ""],
      ["3", "1", ", -1"],
      ["0", "1", ", 0.25"],
      ["1", "#{1, 2}", ""],
      ["2", "1", ""],
    ]);
    this.#write(`for ${name} = ${from}, ${to}${step} do`);
    this.#body([name]);
  }

  #whileLoop(): void {
    const name = this.#name();
    this.#write(`local ${name} = 0`);
    this.#write(`while ${name} < 3 do ${name} = ${name} + 1`);
    this.#body([]);
  }

  #closureBody(vararg: boolean): void {
    const before = this.#isVararg;
    const inLoop = this.#inLoop;
    this.#isVararg = vararg;
    this.#inLoop = false;
    const scope = this.#locals.length;
    this.#block(2);
    this.#write(`do return ${this.#list(this.#random.below(3))} end`);
    this.#locals.length = scope;
    this.#isVararg = before;
    this.#inLoop = inLoop;
  }

  #function(): void {
    const name = this.#name();
    const parameter = this.#name();
    const vararg = this.#random.below(2) === 0;
    this.#write(`local function ${name}(${parameter}${vararg ? ", ..." : ""})`);
    this.#locals.push(parameter);
    this.#closureBody(vararg);
    this.#locals.pop();
    this.#write("end");
    this.#write(`log(${name}(${this.#list(2)}))`);
    this.#locals.push(name);
  }

  #coroutine(): void {
    const name = this.#name();
    this.#write(`local ${name} = coroutine.create(function(...)`);
    this.#block(1);
    this.#write(`log(coroutine.yield(${this.#list(2)}))`);
    this.#closureBody(true);
    this.#write("end)");
    for (let i = 0; i < 3; i++) {
      this.#write(`log(coroutine.resume(${name}, ${this.#list(1)}))`);
    }
    this.#write(`log(coroutine.status(${name}))`);
    this.#locals.push(name);
  }

  #list(count: number): string {
    const parts: string[] = [];
    for (let i = 0; i < count; i++) parts.push(this.#expression(2));
    if (this.#isVararg && this.#random.below(4) === 0) parts.push("...");
    return parts.join(", ");
  }

  #table(): string {
    const parts: string[] = [];
    const count = this.#random.below(4);
    for (let i = 0; i < count; i++) {
      const value = this.#expression(1);
      parts.push(
        this.#random.below(2) ? value : `${FIELDS[i]} = ${value}`,
      );
    }
    return `{${parts.join(", ")}}`;
  }

  #expression(depth: number): string {
    const random = this.#random;
    if (depth === 0 || random.below(4) === 0) return this.#leaf();
    switch (random.below(9)) {
      case 0:
        return `(${random.pick(["not ", "-", "#"])}${this.#leaf()})`;
      case 1:
        return `select(${random.pick(["1", "2", "-1", '"#"'])}, ${
          this.#list(2)
        })`;
      case 2:
        return this.#immediate(depth);
      case 3:
        return `(${this.#table()}).${random.pick(FIELDS)}`;
      case 4:
        return `tostring(${this.#expression(depth - 1)})`;
      default:
        return `(${this.#expression(depth - 1)} ${random.pick(BINARY)} ${
          this.#expression(depth - 1)
        })`;
    }
  }

  /** A function that is called where it stands. */
  #immediate(depth: number): string {
    const before = this.#isVararg;
    this.#isVararg = false;
    const code = `(function() return ${this.#expression(depth - 1)} end)()`;
    this.#isVararg = before;
    return code;
  }

  #leaf(): string {
    const random = this.#random;
    if (this.#locals.length > 0 && random.below(2)) {
      return random.pick(this.#locals);
    }
    return random.pick([
      "0",
      "1",
      "2.5",
      "-3",
      "1e15",
      "0/0",
      "nil",
      "true",
      "false",
      '"a"',
      '"10"',
      '""',
      "obj()",
      this.#isVararg ? "(...)" : "7",
    ]);
  }
}
