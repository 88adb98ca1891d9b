-- luassert: the `assert` of specs. Specification: busted.md §7.

local assert = require 'luassert.assert'

require 'luassert.languages.en'
require 'luassert.modifiers'
require 'luassert.array'
require 'luassert.assertions'
require 'luassert.matchers'
require 'luassert.formatters'
require 'luassert.spy'
require 'luassert.stub'

return assert
