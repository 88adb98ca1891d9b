-- Random bytes, digests, keys, certificate requests, big numbers.
describe('random bytes', function()
  it('are as many as asked for, and others each time', function()
    local a, b = mtev.rand_bytes(32), mtev.rand_bytes(32)
    assert.same({ 32, 32 }, { #a, #b })
    assert.not_equal(a, b)
  end)

  it.each { { 0 }, { -1 }, { 'x' } }('cannot be %s', function(n)
    assert.has_error(function() mtev.rand_bytes(n) end, 'crypto.rand_bytes takes a positive integer argument')
  end)
end)

describe('digests', function()
  -- From RFC 1321, FIPS 180 and the check value that CRC catalogues give.
  it.each {
    { 'md5_hex', '', 'd41d8cd98f00b204e9800998ecf8427e' },
    { 'sha1_hex', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d' },
    { 'sha256_hex', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
    { 'crc32', '123456789', 0xCBF43926 },
  }('%s of %q', function(name, text, digest)
    assert.equal(digest, mtev[name](text))
  end)

  it('have raw bytes, too', function()
    assert.same({ 16, 20, 32 }, { #mtev.md5('x'), #mtev.sha1('x'), #mtev.sha256('x') })
  end)

  it('authenticate with a key', function()
    local signed = mtev.hmac_sha256_encode('message', 'key')
    assert.equal(44, #signed)
    assert.equal(signed, mtev.hmac_sha256_encode('message', 'key'))
    assert.not_equal(signed, mtev.hmac_sha256_encode('message', 'another key'))
  end)
end)

describe('RSA keys', function()
  local key
  setup(function() key = mtev.newrsa(1024) end)

  it('come back from PEM', function()
    local pem = key:pem()
    assert.matches('^%-%-%-%-%-BEGIN PRIVATE KEY%-%-%-%-%-\n', pem)
    assert.equal(pem, mtev.newrsa(pem):pem())
  end)

  it('ask for certificates', function()
    local request = key:gencsr {
      subject = { C = 'US', CN = 'example.com' },
      addext = { subjectAltName = { 'DNS:example.com', 'DNS:www.example.com' } },
    }
    local subject = mtev.newreq(request:pem()).subject
    assert.matches('/C=US', subject)
    assert.matches('/CN=example.com', subject)
  end)

  it('are nil when the text is none', function()
    assert.is_nil(mtev.newrsa('no key'))
    assert.is_nil(mtev.newreq('no request'))
  end)
end)

describe('big numbers', function()
  local function number(text) return mtev.bignum_dec2bn(text) end

  it('have operators', function()
    local a, b = number('123456789012345678901234567890'), number('987654321')
    assert.equal('123456789012345678902222222211', tostring(a + b))
    assert.equal('123456789012345678900246913569', tostring(a - b))
    assert.equal('121932631124828532112482853211126352690', tostring(a * b))
    assert.equal(a, a / b * b + a % b)
    assert.equal('1267650600228229401496703205376', tostring(mtev.bignum_new(2) ^ 100))
    assert.is_true(b < a)
  end)

  it('come back from every form', function()
    local n = number('123456789012345678901234567890')
    assert.equal(n, mtev.bignum_hex2bn(n:tohex()))
    assert.equal(n, mtev.bignum_bin2bn(n:tobin()))
    assert.equal(n, mtev.bignum_mpi2bn(n:tompi()))
  end)

  it('do the arithmetic of residues', function()
    local n = mtev.bignum_new()
    assert.equal(1, n:mod_exp(mtev.bignum_new(3), number('1000000006'), number('1000000007')))
    assert.equal('1', tostring(n)) -- Fermat
    assert.equal(1, n:mod_inverse(mtev.bignum_new(3), mtev.bignum_new(7)))
    assert.equal('5', tostring(n))
    assert.equal(0, n:mod_inverse(mtev.bignum_new(2), mtev.bignum_new(4)))
  end)

  it('are made of words', function()
    local n = mtev.bignum_new(6)
    n:mul_word(7)
    n:add_word(1)
    assert.same({ 43, 6, 1 }, { n:get_word(), n:num_bits(), n:is_bit_set(0) })
  end)

  it('cannot be divided by zero', function()
    assert.error_matches(function() return mtev.bignum_new(1) / mtev.bignum_new(0) end, '__div failed')
  end)
end)
