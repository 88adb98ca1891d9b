-- How luassert raises what failed. Under busted that is busted.fail, which
-- tells failures from errors; alone it is a string with a position.

return {
  --- raise.with(message, level [, details]), like `error`; under busted the
  --- details reach the output handler.
  with = function(message, level)
    error(message, level == 0 and 0 or level + 1)
  end,
}
