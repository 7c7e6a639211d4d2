-- SPDX-License-Identifier: Apache-2.0
-- Whatever a script does wrong is an error with a name, and the process lives.
local s2n = require("s2n_tls")
local support = require("support")
local connection, error_of, fails = support.connection, support.error_of, support.fails

describe("bad input", function()
    local before, conn, config, chain, psk

    before_each(function()
        before = support.live()
        conn, config, chain, psk = s2n.Connection(s2n.S2N_CLIENT), s2n.Config(), s2n.CertChain(), s2n.Psk()
    end)

    after_each(function()
        conn, config, chain, psk = nil, nil, nil, nil
        assert.are.equal(before, support.live())
    end)

    it("of a wrong type", function()
        local fake = setmetatable({}, { __index = conn })
        local wrong = { {}, fake, print, io.stdout, coroutine.create(print), conn, chain, true, false }
        for _, value in ipairs(wrong) do
            fails("S2N_SCRIPT_WRONG_TYPE", conn.deserialize, conn, value)
            fails("S2N_SCRIPT_WRONG_TYPE", conn.set_server_name, conn, value)
            fails("S2N_SCRIPT_WRONG_TYPE", conn.set_fd, conn, value)
            fails("S2N_SCRIPT_WRONG_TYPE", conn.set_config, conn, value)
            fails("S2N_SCRIPT_WRONG_TYPE", s2n.Connection, value)
            if value ~= conn then
                fails("S2N_SCRIPT_WRONG_TYPE", conn.negotiate, value)
                fails("S2N_SCRIPT_WRONG_TYPE", conn.is_closed, value)
            end
        end
        fails("S2N_SCRIPT_WRONG_TYPE", conn.deserialize, conn, 5)
        fails("S2N_SCRIPT_WRONG_TYPE", conn.set_server_name, conn, 5)
        fails("S2N_SCRIPT_WRONG_TYPE", conn.set_config, conn, "text")
        fails("S2N_SCRIPT_WRONG_TYPE", conn.append_psk, conn, chain)
        fails("S2N_SCRIPT_WRONG_TYPE", config.add_cert_chain_and_key_to_store, config, config)
        fails("S2N_SCRIPT_WRONG_TYPE", s2n.Connection, "client")
        assert.is_false(conn:is_closed())
    end)

    it("of a wrong number", function()
        fails("S2N_SCRIPT_WRONG_TYPE", conn.negotiate, conn, 1)
        fails("S2N_SCRIPT_WRONG_TYPE", conn.negotiate)
        fails("S2N_SCRIPT_WRONG_TYPE", conn.set_fd, conn)
        fails("S2N_SCRIPT_WRONG_TYPE", s2n.Connection)
        fails("S2N_SCRIPT_WRONG_TYPE", s2n.Connection, 0, 0)
        fails("S2N_SCRIPT_WRONG_TYPE", s2n.Config, 0)
        fails("S2N_SCRIPT_WRONG_TYPE", s2n.live_objects, 0)
    end)

    it("that is nil", function()
        fails("S2N_SCRIPT_NULL", conn.set_config, conn, nil)
        fails("S2N_SCRIPT_NULL", conn.negotiate, nil)
        fails("S2N_ERR_NULL", conn.set_server_name, conn, nil)
        fails("S2N_ERR_NULL", conn.set_session, conn, nil)
        fails("S2N_ERR_NULL", psk.set_identity, psk, nil)
        fails("S2N_SCRIPT_WRONG_TYPE", conn.set_fd, conn, nil)
    end)

    it("that does not fit", function()
        fails("S2N_SCRIPT_RANGE", conn.set_fd, conn, 1 << 31)
        fails("S2N_SCRIPT_RANGE", conn.set_fd, conn, math.maxinteger)
        fails("S2N_SCRIPT_RANGE", config.set_max_cert_chain_depth, config, 65536)
        fails("S2N_SCRIPT_RANGE", config.set_max_cert_chain_depth, config, -1)
        fails("S2N_SCRIPT_RANGE", config.set_session_state_lifetime, config, -1)
        fails("S2N_SCRIPT_RANGE", conn.recv, conn, 0)
        fails("S2N_SCRIPT_RANGE", conn.recv, conn, -1)
        fails("S2N_SCRIPT_RANGE", conn.set_blinding, conn, 2)
        fails("S2N_SCRIPT_RANGE", s2n.Connection, 2)
        for _, odd in ipairs({ 1.5, math.huge, -math.huge, 0 / 0, 1e30, 2.0 ^ 63, "1", "" }) do
            fails("S2N_SCRIPT_WRONG_TYPE", conn.set_fd, conn, odd)
        end
        config:set_max_cert_chain_depth(5.0)
    end)

    it("of a bad length or with a NUL", function()
        fails("S2N_SCRIPT_NUL", conn.set_server_name, conn, "local\0host")
        fails("S2N_SCRIPT_NUL", config.add_pem_to_trust_store, config, "a\0b")
        fails("S2N_ERR_SERVER_NAME_TOO_LONG", conn.set_server_name, conn, ("x"):rep(1 << 20))
        fails("S2N_SCRIPT_RANGE", psk.set_identity, psk, ("x"):rep(70000))
        fails("S2N_SCRIPT_RANGE", config.append_protocol_preference, config, ("x"):rep(256))
        conn:set_server_name("localhost")
        assert.are.equal("localhost", conn:get_server_name())
    end)

    it("that the library refuses", function()
        local problem = fails("S2N_ERR_INVALID_SERIALIZED_CONNECTION", conn.deserialize, conn, ("\xff"):rep(100000))
        assert.are.equal("USAGE", problem.type)
        assert.is_true(problem.code > 0)
        assert.are.equal(0, problem.errno)
        assert.is_nil(problem.alert)
        assert.is_true(#problem.source > 0)
        fails("S2N_ERR_INVALID_SERIALIZED_SESSION_STATE", conn.set_session, conn, ("\xff"):rep(100))
        fails("S2N_ERR_INVALID_SECURITY_POLICY", config.set_cipher_preferences, config, "nonsense")
        assert.is_truthy(error_of(chain.load_pem_bytes, chain, "garbage", ("\0"):rep(10)).name:find("^S2N_ERR_"))
        assert.is_truthy(error_of(config.add_pem_to_trust_store, config, "garbage").name:find("^S2N_ERR_"))
        assert.is_truthy(error_of(chain.get_der, chain, 0).name:find("^S2N_ERR_"))
    end)

    it("says where it came from", function()
        local problem = error_of(function() conn:deserialize("x") end)
        assert.is_truthy(problem.where:find("bad_input_spec.lua:%d+: "))
        problem = error_of(function() s2n.Connection(7) end)
        assert.is_truthy(problem.where:find("bad_input_spec.lua:%d+: "))
        assert.are.equal(problem.where .. problem.name .. ": " .. problem.message, tostring(problem))
    end)

    it("in the wrong order", function()
        fails("S2N_SCRIPT_STATE", conn.take, conn)
        fails("S2N_SCRIPT_STATE", conn.feed, conn, "x")
        fails("S2N_ERR_INVALID_STATE", conn.serialize, conn)
        local early = connection(s2n.S2N_CLIENT, support.base_config())
        fails("S2N_ERR_HANDSHAKE_NOT_COMPLETE", early.serialize, early)
        local server = s2n.Connection(s2n.S2N_SERVER)
        fails("S2N_ERR_SERVER_MODE", server.set_session, server, "x")
        fails("S2N_SCRIPT_STATE", conn.accept_early_data, conn)
        conn:use_memory()
        fails("S2N_SCRIPT_STATE", conn.use_memory, conn)
        conn:feed_eof()
        fails("S2N_SCRIPT_STATE", conn.feed, conn, "x")
        conn:set_config(config)
        fails("S2N_SCRIPT_IN_USE", config.set_max_cert_chain_depth, config, 3)
    end)

    it("from the wire", function()
        local client = connection(s2n.S2N_CLIENT, support.client_config())
        assert.are.equal(s2n.S2N_BLOCKED_ON_READ, client:negotiate())
        assert.are.equal(s2n.S2N_BLOCKED_ON_READ, client:blocked())
        client:feed(support.all_bytes:reverse())
        assert.are.equal("PROTO", error_of(client.negotiate, client).type)
        error_of(client.negotiate, client)
    end)

    it("at the end of a stream", function()
        local client, server = support.connected()
        assert.is_nil(client:recv(10))
        assert.are.equal(s2n.S2N_BLOCKED_ON_READ, client:blocked())
        server:shutdown_send()
        support.pump(client, server)
        assert.are.equal("", client:recv(10))
        assert.are.equal(s2n.S2N_NOT_BLOCKED, client:blocked())
        local cut = support.connected()
        cut:feed_eof()
        assert.are.equal("CLOSED", error_of(cut.recv, cut, 10).type)
    end)

    it("from a descriptor", function()
        local client = s2n.Connection(s2n.S2N_CLIENT)
        client:set_config(support.client_config())
        client:set_fd(999999)
        local problem = error_of(client.negotiate, client)
        assert.are.equal("IO", problem.type)
        assert.is_true(problem.errno > 0)
    end)

    -- Lua cannot make sockets: a shell makes a pipe that nobody reads any more, and a Lua that writes into it.
    it("of a peer that is gone is no SIGPIPE", function()
        local folder = debug.getinfo(1, "S").source:match("^@(.*)/") or "."
        local name = os.tmpname()
        os.remove(name)
        local shell = io.popen(string.format(
            "mkfifo '%s' && exec 4<>'%s' 3>'%s' 4<&- && rm '%s' && "
                .. "lua5.4 -e 'package.cpath=[[%s]]' '%s/gone.lua' </dev/null; echo $?",
            name, name, name, name, package.cpath, folder))
        local said = shell:read("a")
        shell:close()
        assert.are.equal("IO\n0\n", said)
    end)

    it("of closed objects", function()
        local arguments = {
            set_config = s2n.Config(),
            append_psk = s2n.Psk(),
            add_cert_chain_and_key_to_store = s2n.CertChain(),
        }
        local wishes = {
            { 0 }, { 1 }, { "0" }, { 0, 0 }, { "0", "0" }, { 0, "0" }, { "0", "0", 0 }, { 0, 0, 0 },
        }
        local other = s2n.Connection(s2n.S2N_CLIENT)
        for class, object in pairs({ Connection = conn, Config = config, CertChain = chain, Psk = psk }) do
            object:close()
            local tried = 0
            for method, call in pairs(s2n[class]) do
                if method ~= "close" and method ~= "is_closed" then
                    local found = {}
                    for _, wish in ipairs({ { arguments[method] }, table.unpack(wishes) }) do
                        found[error_of(call, object, table.unpack(wish)).name] = true
                    end
                    assert.is_true(found.S2N_SCRIPT_CLOSED, class .. "." .. method)
                    tried = tried + 1
                end
            end
            assert.is_true(tried >= 4, class)
        end
        fails("S2N_SCRIPT_CLOSED", other.set_config, other, config)
        fails("S2N_SCRIPT_CLOSED", other.append_psk, other, psk)
        fails("S2N_SCRIPT_CLOSED", s2n.Config().add_cert_chain_and_key_to_store, s2n.Config(), chain)
    end)

    it("through other coroutines, and while one is dead", function()
        local worker = coroutine.wrap(function()
            fails("S2N_SCRIPT_STATE", conn.take, conn)
            coroutine.yield(true)
            error("dead")
        end)
        assert.is_true(worker())
        assert.has_error(worker)
        assert.is_false(conn:is_closed())
    end)
end)
