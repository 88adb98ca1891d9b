-- The English messages of assertions. Specification: busted.md §7.8.

local say = require 'say'

say:set_namespace('en')

local function passed_and(label) return '\nPassed in:\n%s\n' .. label .. '\n%s' end

local function set(name, positive, negative)
  say:set(('assertion.%s.positive'):format(name), positive)
  say:set(('assertion.%s.negative'):format(name), negative)
end

--- Two values, the second of which is expected or not.
local function set_pair(name, positive, negative)
  set(name, positive .. passed_and('Expected:'), negative .. passed_and('Did not expect:'))
end

set_pair('same', 'Expected objects to be the same.', 'Expected objects to not be the same.')
set_pair('equals', 'Expected objects to be equal.', 'Expected objects to not be equal.')
set_pair('near', 'Expected values to be near.', 'Expected values to not be near.')
set_pair('matches', 'Expected strings to match.', 'Expected strings not to match.')
set('unique', 'Expected object to be unique:\n%s', 'Expected object to not be unique:\n%s')
set('error', 'Expected a different error.\nCaught:\n%s\nExpected:\n%s', 'Expected no error, but caught:\n%s')
set('truthy', 'Expected to be truthy, but value was:\n%s', 'Expected to not be truthy, but value was:\n%s')
set('falsy', 'Expected to be falsy, but value was:\n%s', 'Expected to not be falsy, but value was:\n%s')

set('called', 'Expected to be called %s time(s), but was called %s time(s)',
  'Expected not to be called exactly %s time(s), but it was.')
local function count(comparison)
  return 'Expected to be called ' .. comparison .. ' %s time(s), but was called %s time(s)'
end
set('called_at_least', count 'at least', count 'less than')
set('called_at_most', count 'at most', count 'more than')
set('called_more_than', count 'more than', count 'at most')
set('called_less_than', count 'less than', count 'at least')
set('called_with',
  'Function was never called with matching arguments.\nCalled with (last call if any):\n%s\nExpected:\n%s',
  'Function was called with matching arguments at least once.\nCalled with (last matching call):\n%s\nDid not expect:\n%s')
set('returned_with',
  'Function never returned matching arguments.\nReturned (last call if any):\n%s\nExpected:\n%s',
  'Function returned matching arguments at least once.\nReturned (last matching call):\n%s\nDid not expect:\n%s')
set('returned_arguments', 'Expected %s results(s) to be returned, but got %s',
  'Expected not %s results(s) to be returned, but got %s')
set('array_holes', 'Expected array to have holes, but none were found.\n',
  'Expected array to not have holes, but found a hole at index: %s\n')

say:set('assertion.internal.argtolittle', "the '%s' function requires a minimum of %s arguments, got: %s")
say:set('assertion.internal.badargtype', "bad argument #%s to '%s' (%s expected, got %s)")

return {}
