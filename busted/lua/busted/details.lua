-- What is known of a problem beyond its message, by the trace it is reported
-- with (and by the failure, until it is caught): `full`, the whole traceback;
-- `expected` and `actual` of a comparison (`compared` is set then), or `difference`, the lines of busted/diff.lua, when
-- another process compared. Handlers may show it; the reports whose format is
-- busted's do not have it.

return setmetatable({}, { __mode = 'k' })
