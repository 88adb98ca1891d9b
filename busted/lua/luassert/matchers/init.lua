-- The matchers that are built in.
require 'luassert.matchers.core'
require 'luassert.matchers.composite'
