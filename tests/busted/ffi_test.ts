/** Spec files that declare the same C types, as files of one suite do. */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

const SPEC = `local ffi = require('ffi')
ffi.cdef('struct point { int x, y; };')
local point = ffi.metatype('struct point', {
  __index = { sum = function(self) return self.x + self.y end },
})
it('adds', function() assert.equal(3, point(1, 2):sum()) end)
`;

Deno.test("files of a suite may declare the same C types", async () => {
  using folder = new TestFolder();
  for (const name of ["a_spec.lua", "b_spec.lua"]) folder.write(name, SPEC);
  const { stdout, code } = await mtevBusted(
    ["-o", "TAP", "a_spec.lua", "b_spec.lua"],
    { cwd: folder.path },
  );
  assert.match(stdout, /^ok 1[^]*^ok 2/m);
  assert.equal(code, 0);
});
