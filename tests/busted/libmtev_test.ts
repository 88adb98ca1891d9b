/** The command line of libmtev's own runner (busted.md §2). */
import assert from "node:assert/strict";
import { TestFolder } from "../support/luamtev.ts";
import { mtevBusted } from "../support/mtev_busted.ts";

const SPEC = `describe('lib', function()
  setup(function() _G.set_up = true end)
  it('has globals', function()
    assert.is_true(HELPED)
    assert.same({ k = 'v', flag = true }, TEST_OPTIONS)
    assert.equal('data\\n', _file('data.txt'))
    assert.same({ a = { 1, 2 } }, (_filejson('data.json')))
    assert.is_nil((_filejson('none.json')))
    assert.equal('./', sourcedir())
    assert.is_true(set_up)
  end)
  it('fails', function() assert.equal(1, 2) end)
  it('comes after', function() end)
end)
`;

function setUp(folder: TestFolder): void {
  Deno.mkdirSync(`${folder.path}/lua-support`);
  folder.write("lua-support/init.lua", "HELPED = true");
  folder.write("data.txt", "data\n");
  folder.write("data.json", '{"a":[1,2]}');
  folder.write("a_spec.lua", SPEC);
}

Deno.test("the libmtev command line stops at the first problem, with status 2", async () => {
  using folder = new TestFolder();
  setUp(folder);
  const { stdout, code } = await mtevBusted(
    ["-X", "k=v", "-X", "flag", "-file", "a_spec.lua"],
    { cwd: folder.path },
  );
  assert.match(stdout, /^\[ {7}OK \] a_spec\.lua:3: lib has globals /m);
  assert.match(stdout, /^\[ {2}FAILED {2}\] a_spec\.lua:12: lib fails /m);
  assert.doesNotMatch(stdout, /comes after/);
  assert.equal(code, 2);
  assert.match(
    Deno.readTextFileSync(`${folder.path}/test_detail.xml`),
    /<testsuites errors='0' failures='1' skip='0' tests='2'/,
  );
});

Deno.test("-dontskip goes on, and JUNIT_OUTPUT_FILE names the report", async () => {
  using folder = new TestFolder();
  setUp(folder);
  const { stdout, code } = await mtevBusted(
    ["-dontskip", "-X", "k=v", "-X", "flag"],
    { cwd: folder.path, env: { JUNIT_OUTPUT_FILE: "report.xml" } },
  );
  assert.match(stdout, /^\[ {7}OK \] \.\/a_spec\.lua:13: lib comes after /m);
  assert.equal(code, 2);
  assert.match(
    Deno.readTextFileSync(`${folder.path}/report.xml`),
    /tests='3'/,
  );
});

Deno.test("--libmtev chooses that command line, which exits with 0 on success", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", "it('passes', function() end)");
  const { code } = await mtevBusted(["--libmtev"], { cwd: folder.path });
  assert.equal(code, 0);
});

Deno.test("the libmtev command line explains itself with status 2", async () => {
  for (const words of [["-bail", "-h"], ["-bail", "x"], ["-file"]]) {
    const { stderr, code } = await mtevBusted(words);
    assert.match(stderr, /^Usage: mtev-busted \[options\]/m);
    assert.equal(code, 2);
  }
});

Deno.test("a syntax error is a problem too", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", "x x");
  const { code } = await mtevBusted(["-file", "a_spec.lua"], {
    cwd: folder.path,
  });
  assert.equal(code, 2);
});

const HELPERS = `local server, port
setup(function()
  server = mtev.socket('inet')
  assert.equal(0, (server:bind('127.0.0.1', 0)))
  assert.equal(0, (server:listen(5)))
  local _, bound = server:sock_name()
  port = bound
  mtev.coroutine_spawn(function(listener)
    listener = listener:own()
    while true do
      local e = listener:accept()
      local request = e:read('\\r\\n\\r\\n')
      local length = tonumber(request:match('[Cc]ontent%-[Ll]ength: (%d+)')) or 0
      local payload = length > 0 and e:read(length) or ''
      local answer = mtev.tojson({ line = request:match('^[^\\r]*'), key = request:match('[Xx]%-[Kk]ey: (%w+)') or '', payload = payload }):tostring()
      e:write(('HTTP/1.1 201 Created\\r\\nX-Answer: yes\\r\\nContent-Length: %d\\r\\n\\r\\n%s'):format(#answer, answer))
      e:close()
    end
  end, server)
end)
it('speaks HTTP', function()
  local code, document, raw, headers = HTTP('POST', '127.0.0.1', port, '/x', { ['X-Key'] = 'k1' }, { a = 1 })
  assert.same({ 201, 'POST /x HTTP/1.1', 'k1', '{"a":1}', 'yes' },
    { code, document.line, document.key, (document.payload:gsub('%s', '')), headers['x-answer'] })
  assert.equal('string', type(raw))
  local api = API:new('127.0.0.1', port):headers { ['X-KEY'] = 'k2' }
  local ok, api_code, text = api:HTTP_pcall('GET', '/y', nil, function(body) return body:upper() end)
  assert.same({ true, 201, true }, { ok, api_code, text:find('K2') ~= nil })
  local failed, problem = HTTP('GET', '127.0.0.1', 1, '/')
  assert.same({ -1, 'string' }, { failed, type(problem.error) })
end)
it('runs children', function()
  local child = start_child {
    path = '/bin/sh',
    argv = { 'sh', '-c', 'echo up >&2; read x; exit 0' },
    boot_match = 'up',
  }
  assert.is_true(child:pid() > 0)
  kill_child(child)
  local counting = start_child {
    path = '/bin/sh',
    argv = { 'sh', '-c', 'echo item 1 >&2; until [ -e go ]; do sleep 0.02; done; echo item 2 >&2; echo item 3 >&2; exec sleep 1000' },
    boot_match = 'item 1',
  }
  local key = counting:watchfor(function(line) return line:find('item 3') end)
  io.open('go', 'w'):close()
  assert.equal('item 3\\n', counting:waitfor(key, 20))
  counting:watchfor_stop(key)
  kill_child(counting)
  local status, out, err = run_command_synchronously_return_output {
    path = '/bin/sh', argv = { 'sh', '-c', 'echo out; echo err >&2; exit 3' },
  }
  assert.same({ 3, 'out\\n', 'err\\n' }, { mtev.WEXITSTATUS(status), out, err })
end)
it('shares semaphores and the loop', function()
  local s = mtev.semaphore('jobs', 0)
  mtev.coroutine_spawn(function() mtev.sleep(0.001) s:release() end)
  s:acquire()
end)
`;

Deno.test("specs of the reference's kind run: HTTP, children, semaphores", async () => {
  using folder = new TestFolder();
  folder.write("a_spec.lua", HELPERS);
  const { stdout, stderr, code } = await mtevBusted(
    ["-file", "a_spec.lua"],
    { cwd: folder.path },
  );
  assert.match(stdout, /\[ {2}PASSED {2}\] 3 tests/, stdout + stderr);
  assert.equal(code, 0);
});
