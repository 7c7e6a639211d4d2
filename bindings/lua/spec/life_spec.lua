-- SPDX-License-Identifier: Apache-2.0
-- Lives and deaths of handles, in every order, and very many of them.
local s2n = require("s2n_tls")
local support = require("support")
local fails = support.fails

describe("life", function()
    local before

    before_each(function()
        before = support.live()
    end)

    after_each(function()
        assert.are.equal(before, support.live())
    end)

    it("is closed twice, and says so", function()
        for _, make in ipairs({
            function() return s2n.Connection(s2n.S2N_CLIENT) end,
            s2n.Config,
            s2n.CertChain,
            s2n.Psk,
        }) do
            local object = make()
            assert.is_false(object:is_closed())
            object:close()
            object:close()
            assert.is_true(object:is_closed())
        end
    end)

    it("ends with its scope", function()
        local kept
        do
            local conn <close> = s2n.Connection(s2n.S2N_SERVER)
            kept = conn
            assert.is_false(kept:is_closed())
        end
        assert.is_true(kept:is_closed())
        fails("S2N_SCRIPT_CLOSED", kept.negotiate, kept)
    end)

    it("keeps what it needs, in every order", function()
        local client_config, server_config = support.client_config(), support.server_config()
        local client = support.connection(s2n.S2N_CLIENT, client_config)
        local server = support.connection(s2n.S2N_SERVER, server_config)
        server_config:close()
        client_config = nil -- luacheck: ignore
        collectgarbage()
        support.shake(client, server)
        assert.are.equal(("x"):rep(1000), support.pass_on(client, server, ("x"):rep(1000)))

        local chosen, peer = server:get_selected_cert(), client:get_peer_cert_chain()
        assert.is_nil(client:get_selected_cert())
        local der = chosen:get_der(0)
        client, server, server_config = nil, nil, nil -- luacheck: ignore
        assert.are.equal(before + 2, support.live())
        assert.are.equal(2, peer:get_length())
        assert.are.equal(der, peer:get_der(0))
        assert.are.equal(der, chosen:get_der(0))
    end)

    it("keeps a chain that was closed below its config", function()
        local config, chain = support.base_config(), support.chain("server")
        config:add_cert_chain_and_key_to_store(chain)
        chain:close()
        local client, server = support.connected(nil, config)
        fails("S2N_SCRIPT_CLOSED", chain.get_length, chain)
        assert.are.equal("still works", support.pass_on(client, server, "still works"))
    end)

    it("hides its destructor", function()
        local conn = s2n.Connection(s2n.S2N_CLIENT)
        assert.are.equal("s2n_tls.Connection", getmetatable(conn))
        assert.has_error(function() setmetatable(s2n.Connection, {}) end)
        assert.is_nil(conn.__gc)
        assert.is_nil(conn.__disown)
        assert.is_nil(swig_type)
        assert.is_nil(swig_equals)
        assert.is_truthy(tostring(conn):find("^s2n_tls%.Connection: "))
    end)

    it("survives the destructor that the debug library finds", function()
        local conn = s2n.Connection(s2n.S2N_CLIENT)
        local finalize = debug.getmetatable(conn).__gc
        finalize(conn)
        finalize(conn)
        fails("S2N_SCRIPT_CLOSED", conn.negotiate, conn)
        local other = s2n.Connection(s2n.S2N_CLIENT)
        finalize(conn)
        finalize(io.stdout)
        finalize(s2n.Config())
        finalize()
        fails("S2N_SCRIPT_CLOSED", conn.negotiate, conn)
        assert.is_false(other:is_closed())
    end)

    -- bindings/tests/run caps the address space; ten thousand of these would not fit.
    it("makes and drops 100,000 connections with a config each", function()
        for _ = 1, 100000 do
            s2n.Connection(s2n.S2N_SERVER):set_config(s2n.Config())
        end
    end)

    it("makes and drops 100,000 configs with a chain", function()
        local chain = support.chain("server")
        for _ = 1, 100000 do
            s2n.Config():add_cert_chain_and_key_to_store(chain)
        end
    end)

    it("makes and drops 100,000 chains and keys", function()
        for _ = 1, 100000 do
            s2n.CertChain()
            s2n.Psk()
        end
    end)
end)
