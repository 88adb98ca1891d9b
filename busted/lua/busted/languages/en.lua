-- The English texts of the output handlers. Specification: busted.md §6.

local say = require 'say'

say:set_namespace('en')

say:set('output.pending', 'Pending')
say:set('output.failure', 'Failure')
say:set('output.error', 'Error')
say:set('output.success', 'Success')

say:set('output.pending_plural', 'pending')
say:set('output.failure_plural', 'failures')
say:set('output.error_plural', 'errors')
say:set('output.success_plural', 'successes')

say:set('output.pending_zero', 'pending')
say:set('output.failure_zero', 'failures')
say:set('output.error_zero', 'errors')
say:set('output.success_zero', 'successes')

say:set('output.pending_single', 'pending')
say:set('output.failure_single', 'failure')
say:set('output.error_single', 'error')
say:set('output.success_single', 'success')

say:set('output.seconds', 'seconds')

say:set('output.no_test_files_match', 'No test files found matching Lua pattern: %s')
say:set('output.file_not_found', 'Cannot find file or directory: %s')

return {
  failure_messages = { 'You have failing tests', 'Your tests need some work' },
  success_messages = { 'All tests passed', 'Everything works' },
}
