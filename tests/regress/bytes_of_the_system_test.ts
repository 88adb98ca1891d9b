/**
 * Arguments, variables and names of files that are not UTF-8 reached Lua as
 * U+FFFD or not at all, and `os.getenv` of such a value ended the program with
 * a stack of ours.
 */
import assert from "node:assert/strict";
import { ROOT, run, TestFolder } from "../support/luamtev.ts";

const MODULE = `
local function hex(text)
  return (text:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end
function main()
  print(hex(arg[2]), hex(arg[3]), hex(ENV.QA), hex(os.getenv("QA")))
  print(hex(_NAME:match("[^/]*/[^/]*$")), package.path:find(mtev.getcwd(), 1, true))
  os.exit(0)
end`;

Deno.test("luamtev gives Lua the bytes that the system gives it", async () => {
  using folder = new TestFolder();
  folder.module(MODULE, "m.lua");
  const { code, stdout, stderr } = await run("bash", [
    "-c",
    `cd "$1" && mkdir $'d\\xff' && mv m.lua $'d\\xff' && cd $'d\\xff' &&
     QA=$'\\xff\\xc3\\xa9' "$0" m.lua $'\\xfe' $'\\xc3\\xa9'`,
    `${ROOT}bin/luamtev`,
    folder.path,
  ]);
  assert.deepEqual({ code, stdout, stderr }, {
    code: 0,
    stdout: `fe\tc3a9\tffc3a9\tffc3a9\n64ff2f6d2e6c7561\t1\t${
      folder.path.length + 3
    }\n`,
    stderr: "",
  });
});
