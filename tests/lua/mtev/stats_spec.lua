-- mtev.stats, mtev.zipkin and mtev.hook, as a program uses them.

describe("mtev.stats", function()
  local function problem(...)
    local _, message = pcall(...)
    return (tostring(message):gsub("^.-:%d+: ", ""))
  end

  it("has namespaces, in which a name is one metric", function()
    local app = mtev.stats:ns("app")
    local requests = app:ns("web"):register("requests", mtev.stats.COUNTER)
    requests:record(1)
    requests:record(2, 3)
    mtev.stats:ns("app"):ns("web"):register("requests", app.COUNTER):record(nil)
    requests:add_tag("kind", "http")
    app:add_tag("zone", "a")
    requests:tagged_name("r")
    requests:tagged_suppress()
  end)

  it("records values of every kind", function()
    local ns = mtev.stats:ns("kinds")
    for name, kind in pairs { s = ns.STRING, i = ns.INT32, u = ns.UINT32, l = ns.INT64,
      m = ns.UINT64, c = ns.COUNTER, d = ns.DOUBLE, h = ns.HISTOGRAM, f = ns.HISTOGRAM_FAST } do
      local handle = ns:register(name, kind, true)
      handle:record(12)
      handle:record("13")
      handle:record(nil)
    end
    ns:register("h", ns.HISTOGRAM):record({ 12, -1 }, 5)
  end)

  it("says what is wrong", function()
    local ns = mtev.stats:ns("wrong")
    local handle = ns:register("x", 5)
    assert.equal("unknown field nope in libcircmetrics.recorder",
      problem(function() return mtev.stats.nope end))
    assert.equal("unknown field nope in libcircmetrics.ns", problem(function() return ns.nope end))
    assert.equal("unknown field nope in libcircmetrics.handle",
      problem(function() return handle.nope end))
    assert.equal("libcircmetrics.recorder.ns must be called with two arguments",
      problem(mtev.stats.ns, mtev.stats))
    assert.equal("must be called as method", problem(mtev.stats.ns, "a", "b"))
    assert.equal("first argument must be a string", problem(ns.ns, ns, {}))
    assert.equal("second argument must be a string", problem(ns.add_tag, ns, "a", {}))
    assert.equal("libcircmetrics.ns.register(self,name,type[,fanout])", problem(ns.register, ns, "a"))
    assert.equal("third argument must be valid stats type", problem(ns.register, ns, "a", 9))
    assert.equal("libcircmetrics.handle.record(self,value[,cnt])", problem(handle.record, handle))
    assert.equal("record(hist,val[,cnt])", problem(handle.record, handle, "many"))
    assert.equal("record(hist,val[,cnt])", problem(handle.record, handle, { 1 }))
  end)
end)

describe("mtev.zipkin", function()
  it("has no spans", function()
    assert.equal(zipkin, mtev.zipkin)
    assert.is_nil(zipkin.active())
  end)
end)

describe("mtev.hook", function()
  it("knows which hooks there are", function()
    assert.is_true(mtev.hook("eventer_started"))
    assert.is_false(mtev.hook("no_such_hook"))
    assert.same({ 0, 1, 2 }, { MTEV_HOOK_CONTINUE, MTEV_HOOK_DONE, MTEV_HOOK_ABORT })
  end)

  it("takes functions for those alone", function()
    assert.is_true(mtev.hook("http_request_log", "some.module", "some.module.log"))
    assert.has_error(function() mtev.hook("no_such_hook", "m", "f") end, "hook not valid")
    assert.has_error(function() mtev.hook("eventer_started", "m") end,
      'mtev.hook(name,["func_name"])')
  end)
end)
