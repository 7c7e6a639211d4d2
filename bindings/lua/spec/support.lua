-- SPDX-License-Identifier: Apache-2.0
-- What the tests share: configs, a handshake in memory between two connections, and looking at errors.
local s2n = require("s2n_tls")
local assert = require("luassert")

local support = {}

local PKI = os.getenv("S2N_TEST_PKI") or error("S2N_TEST_PKI is not set: use bindings/tests/run")

local bytes = {}
for i = 0, 255 do
    bytes[#bytes + 1] = string.char(i)
end
support.all_bytes = table.concat(bytes)

function support.slurp(name)
    local file = assert(io.open(PKI .. "/" .. name, "rb"))
    local data = file:read("a")
    file:close()
    return data
end

local TYPES = { IO = true, CLOSED = true, BLOCKED = true, ALERT = true, PROTO = true, INTERNAL = true, USAGE = true }

-- The error that the function raises, which must be one of ours.
function support.error_of(what, ...)
    local lived, problem = pcall(what, ...)
    assert.is_false(lived, "no error")
    assert.are.equal(s2n.Error, getmetatable(problem), tostring(problem))
    assert.is_truthy(TYPES[problem.type], "a type")
    assert.is_truthy(#problem.message > 0, "a message")
    assert.is_truthy(tostring(problem):find(problem.name .. ": " .. problem.message, 1, true), "as text")
    return problem
end

function support.fails(name, what, ...)
    local problem = support.error_of(what, ...)
    assert.are.equal(name, problem.name)
    return problem
end

function support.base_config(policy)
    local config = s2n.Config()
    config:set_cipher_preferences(policy or "default_tls13")
    config:set_serialization_version(s2n.S2N_SERIALIZED_CONN_V1)
    config:set_max_blinding_delay(0)
    return config
end

function support.chain(name)
    local chain = s2n.CertChain()
    chain:load_pem_bytes(support.slurp(name .. ".pem"), support.slurp(name .. ".key"))
    return chain
end

function support.server_config(policy)
    local config = support.base_config(policy)
    config:add_cert_chain_and_key_to_store(support.chain("server"))
    return config
end

function support.client_config(policy)
    local config = support.base_config(policy)
    config:add_pem_to_trust_store(support.slurp("ca.pem"))
    return config
end

function support.connection(mode, config)
    local conn = s2n.Connection(mode)
    conn:set_config(config)
    conn:use_memory()
    if mode == s2n.S2N_CLIENT then
        conn:set_server_name("localhost")
    end
    return conn
end

function support.pump(left, right)
    right:feed(left:take())
    left:feed(right:take())
end

-- Both ends of a handshake, complete.
function support.shake(client, server)
    for _ = 1, 20 do
        local here, there = client:negotiate(), server:negotiate()
        support.pump(client, server)
        if here == s2n.S2N_NOT_BLOCKED and there == s2n.S2N_NOT_BLOCKED then
            return client, server
        end
    end
    error("the handshake does not end")
end

function support.connected(client, server)
    return support.shake(
        support.connection(s2n.S2N_CLIENT, client or support.client_config()),
        support.connection(s2n.S2N_SERVER, server or support.server_config())
    )
end

-- Sends all of it through memory and returns what came out at the other end.
function support.pass_on(from, to, data)
    local out, size, sent = {}, 0, 0
    while size < #data do
        if sent < #data then
            sent = sent + from:send(data:sub(sent + 1, sent + (1 << 18)))
        end
        to:feed(from:take())
        local more = to:recv(1 << 20)
        while more do
            if more == "" then
                return table.concat(out)
            end
            out[#out + 1] = more
            size = size + #more
            more = to:recv(1 << 20)
        end
    end
    return table.concat(out)
end

-- How many objects are alive once everything unreachable is gone.
function support.live()
    collectgarbage()
    collectgarbage()
    return s2n.live_objects()
end

return support
