/**
 * Digests, encoders, gunzip, big numbers, keys and requests as Lua sees them,
 * beyond what the conformance corpus holds.
 */
import assert from "node:assert/strict";
import { createRuntime, type LuaValue } from "../../../mod.ts";
import "../../support/libraries.ts";

/** A test of a chunk of Lua: its results have to be those expected. */
function test(name: string, source: string, expected: LuaValue[]): void {
  Deno.test(name, async () => {
    await using runtime = await createRuntime({ stderr: () => {} });
    assert.deepEqual(await runtime.eval(source), expected);
  });
}

test(
  "digests and encoders carry every byte",
  `local t = {}
   for i = 0, 255 do t[#t + 1] = string.char(i) end
   local all = table.concat(t)
   return mtev.md5_hex(all), mtev.crc32(all),
     mtev.base64_decode(mtev.base64_encode(all)) == all,
     mtev.base32_decode(mtev.base32_encode(all)) == all,
     mtev.hmac_sha1_encode(all, all), #mtev.hmac_sha256_encode("", "")`,
  [
    "e2c865db4162bed963bfaa9ef6ac18f0",
    0x29058c73,
    true,
    true,
    "gDZGVN5CNR1M0eCFER7aN8saOng=",
    44,
  ],
);

test(
  "digests want one argument, HMACs two",
  `local texts = {}
   for _, name in ipairs{"md5", "sha256_hash", "hmac_sha1_encode"} do
     texts[#texts + 1] = select(2, pcall(mtev[name]))
     texts[#texts + 1] = select(2, pcall(mtev[name], 1, 2, 3))
   end
   return table.concat(texts, "; ")`,
  [
    "bad call to mtev.md5; bad call to mtev.md5; bad call to mtev.sha256_hex; " +
    "bad call to mtev.sha256_hex; bad call to mtev.hmac_sha1_encode; " +
    "bad call to mtev.hmac_sha1_encode",
  ],
);

test(
  "mtev.crc32() goes on from a sum",
  `return mtev.crc32("world", mtev.crc32("hello ")) == mtev.crc32("hello world"),
     mtev.crc32(nil), mtev.crc32()`,
  [true, 0, 0],
);

test(
  "mtev.utf8tohtml() skips a userdata, as a method of one would",
  `return mtev.utf8tohtml(mtev.bignum_new(), "<", true)`,
  ["&lt;"],
);

test(
  "mtev.gunzip() ends in errors after an error",
  `local f = mtev.gunzip()
   local texts = {}
   for _, piece in ipairs{"\\31\\139xyz", "\\31\\139"} do
     texts[#texts + 1] = select(2, pcall(f, piece))
   end
   texts[#texts + 1] = select(2, pcall(mtev.gunzip(), ""))
   return table.concat(texts, "; ")`,
  ["zlib: data error; zlib: stream error; zlib: buffer error"],
);

test(
  "mtev.rand_bytes() draws more than the reference's 1024 bytes",
  `local a, b = mtev.rand_bytes(200000), mtev.rand_bytes(200000)
   return #a, #b, a ~= b, (pcall(mtev.rand_bytes, 2 ^ 40)), (pcall(mtev.rand_bytes, 0 / 0))`,
  [200000, 200000, true, false, false],
);

test(
  "bignum methods store in the receiver and report",
  `local N = function(s) return mtev.bignum_dec2bn(s) end
   local r, q = N("99"), N("99")
   local statuses = {r:add(N("2"), N("3")), r:mod(N("-7"), N("3")),
     r:div(q, N("-7"), N("0")), r:usub(N("3"), N("5"))}
   local texts = {tostring(r), tostring(q), r:div(q, N("-7"), N("2")), tostring(r), tostring(q)}
   r:sqr(r) texts[#texts + 1] = tostring(r)
   r:swap(q) texts[#texts + 1] = tostring(r)
   texts[#texts + 1] = q:div_word(5) texts[#texts + 1] = tostring(q)
   texts[#texts + 1] = r:cmp(q) texts[#texts + 1] = r:ucmp(q)
   texts[#texts + 1] = tostring(r:is_negative())
   r:set_negative(0) texts[#texts + 1] = tostring(r)
   texts[#texts + 1] = q:mod_word(0) texts[#texts + 1] = N("18446744073709551616"):get_word()
   return table.concat(statuses, ","), table.concat(texts, ",")`,
  ["1,1,0,0", "-1,99,1,-3,-1,9,-1,4,1,-1,0,true,1,-1,-1"],
);

test(
  "bignum methods check their arguments",
  `local n = mtev.bignum_new(5)
   local texts = {}
   local function try(f, ...) texts[#texts + 1] = select(2, pcall(f, ...)) end
   try(n.add, n, n) try(n.add, n, n, 5) try(n.add, 5, n, n)
   try(n.set_bit, n, "x") try(n.set_bit, n) try(n.rand, n, 8, {}, 0)
   return table.concat(texts, "; ")`,
  [
    "must be called with 2 arguments; arguments must be crypto.bignum; " +
    "must be called as method; arguments must be integers; " +
    "must be called with 1 arguments; arguments must be integers",
  ],
);

test(
  "bignum operators raise where there is no result",
  `local n, texts = mtev.bignum_new(5), {}
   for _, f in ipairs{function() return n / 0 end, function() return n % 0 end,
     function() return n ^ mtev.bignum_hex2bn(("f"):rep(40)) end, function() return n - -1 end,
     function() return n < 5 end} do
     texts[#texts + 1] = select(2, pcall(f)):gsub("^.-:%d+: ", "")
   end
   return table.concat(texts, "; ")`,
  [
    "bignum.__div failed; bignum.__mod failed; bignum.__pow failed; " +
    "bad argument #2 to '__sub' (crypto.bignum expected, got number); " +
    "attempt to compare userdata with number",
  ],
);

test(
  "keys and requests round-trip, and refuse what is none",
  `local key = mtev.newrsa(1024)
   local request = key:gencsr{subject = {CN = "example.com"}}
   local again = mtev.newreq(request:pem())
   local bad = {}
   for _, text in ipairs{"", "x", request:pem():sub(1, 200), key:pem()} do
     bad[#bad + 1] = tostring(mtev.newreq(text)) .. tostring(mtev.newrsa("x" .. text:sub(2, 100)))
   end
   return again.subject, again:pem() == request:pem(), mtev.newrsa(key:pem()):pem() == key:pem(),
     table.concat(bad, ","), select(2, pcall(key.pem)), mtev.newrsa(100), mtev.newrsa({})`,
  [
    "/CN=example.com",
    true,
    true,
    "nilnil,nilnil,nilnil,nilnil",
    "must be called as method",
    undefined,
    undefined,
  ],
);
