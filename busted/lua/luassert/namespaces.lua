-- What is registered, by namespace and name: assertions, modifiers, matchers.

return { assertion = {}, modifier = {}, matcher = {} }
