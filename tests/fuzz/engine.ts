/**
 * The parser of Lua, the matcher of patterns and `string.format` as fuzz
 * targets: garbage gives an error of Lua, never a defect of ours or a hang.
 */
import { createCompilerState } from "../../lua/compiler/state.ts";
import { LuaError } from "../../lua/errors.ts";
import type { LuaState } from "../../lua/host.ts";
import { openLibraries } from "../../lua/stdlib/open.ts";
import type { LuaValue } from "../../lua/value.ts";
import type { Target } from "./target.ts";

/** Questions to the interrupt handler after which a search is given up. */
const PATIENCE = 3;
/** A byte that parts a document into arguments. */
const SEPARATOR = "\x1e";

const PROGRAM = `
local a <const>, t = 1, {1; x = 2, ["y"] = [[z]], function(...) return ... end}
for i = 1, #t do local s = ("%d"):rep(i) .. 'x\\x41\\z  y' goto next ::next:: end
while not a do repeat if a then break elseif t.x then t:x() else end until 1e3 end
function t.f.g:h(p, ...) local function l() return l(p) end return -p ^ 2 % 0x1p4, 3LL end
--[==[ comment ]==] return t.x and t["y"] or a == nil, ~= 5`;

const refuses = (error: unknown) => error instanceof LuaError;

/** Makes the targets, which share a state until it is disposed. */
export function engineTargets(): { list: readonly Target[] } & Disposable {
  const state = createCompilerState();
  openLibraries(state, {
    exit: () => {
      throw new Error("The program called os.exit");
    },
    print: () => {},
  });
  const list: readonly Target[] = [
    {
      name: "Lua source",
      seeds: [PROGRAM, 'return function() return "\\u{41}" end'],
      tokens: [..."()[]{};,=~<>#%^\"'\\", "end", "[==[", "--", "0x", "goto "],
      run: (text) => void state.load(text, "=fuzz"),
      refuses,
    },
    {
      name: "Lua pattern",
      seeds: [
        `^(%a+)%s*=%s*"(.-)"$${SEPARATOR}key = "value"`,
        `%f[%w]([^%]%d-z]*)()%b<>%1?${SEPARATOR}a <b <c>> a`,
        `.-.-.-a*a*b${SEPARATOR}${"a".repeat(20)}`,
      ],
      tokens: ["%", "[", "]", "(", ")", "-", "*", "?", "%f", "%b", "%1", "^"],
      run: (text) => search(state, text),
      refuses,
    },
    {
      name: "format",
      seeds: ["%5.2f|%-10s|%q|%+d|%#x|%c|%%|%i|%a|%p", "%099.99d%.20e%g"],
      tokens: ["%", "%%", "0", "99", ".", "-+ #0", "*", "l", "s", "d", "$"],
      run: (text) => {
        for (const value of [0, -1.5e300, NaN, "7", state.newTable()]) {
          call(state, "format", text, value, value, value, value);
        }
      },
      refuses,
    },
  ];
  return { list, [Symbol.dispose]: () => state[Symbol.dispose]() };
}

function call(state: LuaState, name: string, ...args: LuaValue[]): LuaValue[] {
  return state.call(state.index(state.globals.get("string"), name), ...args);
}

function search(state: LuaState, text: string): void {
  const [pattern = "", subject = ""] = text.split(SEPARATOR);
  let asked = 0;
  state.setInterrupt(() => {
    if (++asked > PATIENCE) throw new LuaError("too long");
    return "continue";
  });
  const [start, end] = call(state, "find", subject, pattern);
  const [, count] = call(state, "gsub", subject, pattern, "%0");
  state.setInterrupt(undefined);
  if (start === undefined ? count !== 0 : !(Number(end) >= Number(start) - 1)) {
    throw new Error(`Cannot be: find gives ${start}, gsub ${count}`);
  }
}
