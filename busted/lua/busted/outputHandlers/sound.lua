-- --enable-sound: accepted, and silent. Specification: busted.md §6.7.

return function() end
