-- mtev.extras: the odds and ends of web programs.
local extras = mtev.extras

describe('extras', function()
  it.each {
    { 'a,b,,c', ',', nil, { 'a', 'b', '', 'c' } },
    { 'a,b,c', ',', 1, { 'a', 'b,c' } },
    { 'a1b22c', '%d+', nil, { 'a', 'b', 'c' } },
  }('split %q at %q', function(text, delimiter, max, pieces)
    assert.same(pieces, extras.split(text, delimiter, max))
  end)

  it('encode and decode the text of URLs', function()
    local text = 'a b&c=ä/%'
    assert.equal(text, (extras.url_decode((extras.url_encode(text)))))
    assert.equal('a%20b', (extras.url_encode('a b')))
  end)

  it('read cookies', function()
    local request = { headers = function(_, name)
      local headers = { cookie = 'session=abc; theme=dark' }
      return name and headers[name:lower()] or headers
    end }
    assert.equal('dark', extras.decode_cookie(request, 'theme'))
  end)

  it('read IP addresses as numbers', function()
    assert.equal(0x01020304, extras.iptonumber('1.2.3.4'))
  end)

  it('compare hosts with certificates', function()
    local check = extras.check_host_header_against_certificate
    assert.is_nil(check('www.example.com', '/O=Example/CN=*.example.com'))
    assert.is_nil(check('b.com', '/CN=a.com', 'b.com, c.com'))
    assert.is_string(check('b.com', '/CN=a.com'))
  end)
end)
