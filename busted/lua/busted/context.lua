-- The tree of elements (suite, files, blocks, tests, hooks) and the stack of
-- those that are running. Whatever runs at the moment is the current context,
-- wherever in the source it was written. Specification: busted.md §5.3.

--- Creates the context of one run, with the suite as its root.
return function()
  local root = { descriptor = 'suite', attributes = {}, env = {} }
  local parents = {}
  local children = { [root] = {} }
  local stack, depth, current = {}, 0, root

  local context = {}

  --- The current element, or one of its fields.
  function context.get(key)
    if key == nil then return current end
    return current[key]
  end

  --- Sets a field of the current element.
  function context.set(key, value)
    current[key] = value
  end

  --- Forgets everything but the root and what hangs on it by hooks.
  function context.clear()
    parents, children = {}, { [root] = {} }
    stack, depth, current = {}, 0, root
  end

  --- Makes `child` the last child of the current element.
  function context.attach(child)
    parents[child] = current
    local list = children[current]
    if list == nil then
      list = {}
      children[current] = list
    end
    list[#list + 1] = child
  end

  --- Forgets the children of an element, before its body runs (again).
  function context.detach_children(element)
    local list = children[element]
    if list == nil then return end
    for i = 1, #list do
      local child = list[i]
      element[child.descriptor] = nil
      parents[child] = nil
      children[child] = nil
    end
    children[element] = nil
  end

  --- The children of an element in order. May be reordered in place.
  function context.children(element)
    local list = children[element]
    if list == nil then
      list = {}
      children[element] = list
    end
    return list
  end

  --- The parent of an element; nil for the suite.
  function context.parent(element)
    return parents[element]
  end

  function context.push(element)
    depth = depth + 1
    stack[depth] = current
    current = element
  end

  function context.pop()
    current = stack[depth]
    stack[depth] = nil
    depth = depth - 1
  end


  return context
end
