/**
 * Programs of random calls of the standard library for the differential
 * fuzzer: any function with any arguments, most of them plausible, some not.
 * Only functions whose results are the same everywhere: nothing that depends
 * on addresses, clocks, the order of `pairs` or a C library's last digit.
 */
import type { Random } from "./random_program.ts";

/** Calls in a program, each of which is a case. */
export const CALLS = 20;

/** What arguments are wanted: a letter each, `?` for any value. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  "string.find": "spib",
  "string.match": "spi",
  "string.gsub": "spri",
  "(function(s, p) local t = {} for a, b in string.gmatch(s, p) do t[#t + 1] = show(a) .. show(b) if #t > 9 then break end end return table.concat(t, ';') end)":
    "sp",
  "string.format": "f???",
  "string.sub": "sii",
  "string.byte": "sii",
  "string.char": "iii",
  "string.rep": "sk s",
  "string.reverse": "s",
  "string.upper": "s",
  "string.lower": "s",
  "string.len": "s",
  "table.concat": "ltii",
  "(function(t, ...) table.insert(t, ...) return table.concat(t, ',') end)":
    "lj?",
  "(function(t, ...) return table.remove(t, ...), table.concat(t, ',') end)":
    "li",
  "(function(t, f) table.sort(t, f) return table.concat(t, ',') end)": "n",
  "table.maxn": "l",
  "unpack": "lkk",
  "select": "i???",
  "tonumber": "zi",
  "tostring": "z",
  "math.floor": "x",
  "math.ceil": "x",
  "math.abs": "x",
  "math.sqrt": "x",
  "math.fmod": "xx",
  "math.modf": "x",
  "math.frexp": "x",
  "math.ldexp": "xi",
  "math.max": "xxx",
  "math.min": "xxx",
  "bit.band": "xx",
  "bit.bor": "xx",
  "bit.bxor": "xx",
  "bit.lshift": "xi",
  "bit.rshift": "xi",
  "bit.arshift": "xi",
  "bit.rol": "xi",
  "bit.bswap": "x",
  "bit.tohex": "xi",
  "rawequal": "??",
  "rawlen": "l",
  "type": "?",
};

const PRELUDE = String.raw`
local out = {}
function show(v)
  if type(v) == "number" then
    return v ~= v and "nan" or string.format("%.17g", v)
  end
  if type(v) == "string" then
    return (string.format("%q", v):gsub("[\n\r\1]", "_"))
  end
  return type(v) == "table" and "table" or type(v) == "function" and "fn" or tostring(v)
end
local function pack(...) return {n = select("#", ...), ...} end
local function call(f, ...)
  local r = pack(pcall(f, ...))
  for i = 1, r.n do r[i] = show(r[i]) end
  out[#out + 1] = table.concat(r, " ")
end
`;

const STRINGS = [
  "",
  "a",
  "hello world",
  "key = value",
  "aaaaaaab",
  "(a(b)c)",
  "x=1, y=22",
  "\\0\\1\\255",
  "\\n\\t ",
  "%d",
  "12",
  "0x1F",
  "  7  ",
  "1e3",
  "\\228\\246",
];
const PATTERN_PARTS = [
  "a",
  "%a",
  "%w",
  "%s",
  "%d",
  ".",
  "[a-c]",
  "[^%s]",
  "[%w_]",
  "[]]",
  "[^]a]",
  "%%",
  "=",
  "%b()",
  "%f[%w]",
  "%1",
  "%S",
  "%z",
  "-",
  "[",
  "%",
  "$",
  "^",
  "\\0",
];
const NUMBERS = [
  "0",
  "1",
  "-1",
  "2",
  "3",
  "10",
  "0.5",
  "-2.5",
  "1e15",
  "1e300",
  "-1e300",
  "2^31",
  "2^32",
  "-2^31",
  "2^53",
  "2^63",
  "1/0",
  "-1/0",
  "0/0",
  "1/3",
  "123456.789",
  "1e-5",
];

/** A program that returns a line for each call. */
export function randomCalls(random: Random): string {
  const names = Object.keys(FUNCTIONS);
  const lines: string[] = [];
  for (let i = 0; i < CALLS; i++) {
    const name = random.pick(names);
    const list = [...FUNCTIONS[name]!.replace(" ", "")].map((kind) =>
      // Counts and positions stay small: LuaJIT would be busy for minutes.
      argument(
        random,
        !"ijk".includes(kind) && random.below(12) === 0 ? "?" : kind,
      )
    );
    // LuaJIT's math.ceil() reads what the stack happens to hold.
    const least = name.startsWith("math.") ? list.length : 0;
    if (random.below(3) === 0) {
      list.length = least + random.below(list.length - least + 1);
    }
    lines.push(`call(${[name, ...list].join(", ")})`);
  }
  return `${PRELUDE}${lines.join("\n")}\nreturn table.concat(out, "\\n")\n`;
}

function argument(random: Random, kind: string): string {
  switch (kind) {
    case "s":
    case "t":
      return quote(random.pick(STRINGS));
    case "p":
      return quote(pattern(random));
    case "f":
      return quote(format(random));
    case "r":
      return random.pick([
        '"<%0>"',
        '"%1%1"',
        '"%"',
        '"%2"',
        '"x"',
        "{a = 1, b = false, hello = 'bye'}",
        "function(a) return a and #tostring(a) > 1 and tostring(a) .. '!' end",
        "7",
      ]);
    case "i":
      return random.pick(["0", "1", "2", "3", "-1", "-3", "5", "97", "2.7"]);
    case "j": // without a hole, after which the border may be another
      return random.pick(["1", "1.5"]);
    case "k":
      return random.pick(["0", "1", "2", "3", "-1", "nil"]);
    case "b":
      return random.pick(["true", "false", "nil"]);
    case "l":
      return random.pick([
        "{}",
        '{1, "a", 2.5}',
        '{"x", "y", "z"}',
        "{nil}",
        "{{}}",
      ]);
    case "n":
      return random.pick(["{3, 1, 2}", '{"b", "a"}', "{1}", "{}", '{1, "a"}']);
    case "x":
      return random.pick(NUMBERS);
    case "z":
      return random.below(2) === 0
        ? random.pick(NUMBERS)
        : quote(random.pick([...STRINGS, "0b11", "1e", "0x", ".5", "5.", "z"]));
    default:
      return random.pick([
        "nil",
        "true",
        "{}",
        "print",
        ...NUMBERS,
        ...STRINGS.map(quote),
      ]);
  }
}

/** The escapes in it are Lua's. */
function quote(text: string): string {
  return `"${text}"`;
}

function pattern(random: Random): string {
  let text = random.below(5) === 0 ? "^" : "";
  let open = 0;
  for (let count = 1 + random.below(4); count > 0; count--) {
    if (random.below(4) === 0) {
      text += random.below(4) === 0 ? "()" : "(";
      open += text.endsWith("()") ? 0 : 1;
    }
    text += random.pick(PATTERN_PARTS) +
      random.pick(["", "", "*", "+", "-", "?"]);
    if (open > 0 && random.below(2) === 0) {
      text += ")";
      open--;
    }
  }
  if (random.below(8) !== 0) text += ")".repeat(open);
  return random.below(6) === 0 ? text + "$" : text;
}

function format(random: Random): string {
  let text = "";
  for (let count = 1 + random.below(3); count > 0; count--) {
    text += random.pick(["", "a", "%%", " "]) + "%" +
      random.pick(["", "", "-", "+", " ", "#", "0", "-0"]) +
      random.pick(["", "", "5", "12", "99", "100"]) +
      random.pick(["", "", ".0", ".3", ".", ".20"]) +
      random.pick([..."dduxXosqfeEgGaAciz"]);
  }
  return text;
}
