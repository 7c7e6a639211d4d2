-- SPDX-License-Identifier: Apache-2.0
-- Binary strings through everything that takes and gives them; moving a connection; resuming a session; early data.
local s2n = require("s2n_tls")
local support = require("support")
local all_bytes, connection, fails, pass_on = support.all_bytes, support.connection, support.fails, support.pass_on

describe("bytes", function()
    it("go through unchanged", function()
        local client, server = support.connected()
        assert.are.equal(all_bytes, pass_on(client, server, all_bytes))
        assert.are.equal("\0", pass_on(server, client, "\0"))
        local long = all_bytes:rep(16384)
        assert.are.equal(4 << 20, #long)
        assert.is_true(pass_on(client, server, long) == long)
        assert.is_nil(client:recv(1 << 62))
        assert.are.equal(s2n.S2N_BLOCKED_ON_READ, client:blocked())
        assert.are.equal(s2n.S2N_TLS13, client:get_actual_protocol_version())
        assert.is_truthy(client:get_cipher():find("^TLS_"))
        assert.are.equal(32, #server:get_client_random())
        assert.is_nil(client:get_client_hello())
        assert.are.equal("localhost", server:get_server_name())
        assert.is_nil(server:get_application_protocol())
    end)

    it("go in one piece of 4 MiB", function()
        local client, server = support.connected()
        local long = all_bytes:rep(16384)
        local sent = client:send(long)
        assert.is_true(sent > 0)
        server:feed(client:take())
        local out = {}
        for more in function() return server:recv(1 << 20) end do
            out[#out + 1] = more
        end
        assert.is_true(table.concat(out) == long:sub(1, sent))
    end)

    for _, policy in ipairs({ "default_tls13", "20190801" }) do
        it("of a connection continue it elsewhere, " .. policy, function()
            local client, server = support.connected(support.client_config(policy), support.server_config(policy))
            assert.are.equal("before", pass_on(server, client, "before"))
            local suite, blob = server:get_cipher(), server:serialize()
            fails("S2N_ERR_CLOSED", server.recv, server, 1)
            local again = connection(s2n.S2N_SERVER, support.server_config(policy))
            again:deserialize(blob)
            assert.are.equal(suite, again:get_cipher())
            assert.are.equal(all_bytes, pass_on(client, again, all_bytes))
            assert.are.equal(all_bytes, pass_on(again, client, all_bytes))
        end)
    end

    it("of a session resume it", function()
        local server_config, client_config = support.server_config(), support.client_config()
        server_config:set_session_tickets_onoff(true)
        server_config:add_ticket_crypto_key("key\0one", "\0" .. ("k"):rep(31), 0)
        client_config:set_session_tickets_onoff(true)
        local client, server = support.connected(client_config, server_config)
        pass_on(server, client, "and a ticket")
        local session = client:get_session()
        assert.is_true(#session > 50)
        local again = connection(s2n.S2N_CLIENT, client_config)
        again:set_session(session)
        local other = connection(s2n.S2N_SERVER, server_config)
        support.shake(again, other)
        assert.is_true(again:is_session_resumed())
        assert.is_true(other:is_session_resumed())
        assert.is_false(client:is_session_resumed())
    end)

    local function psk(identity)
        local key = s2n.Psk()
        key:set_identity(identity)
        key:set_secret(("\0secret\0"):rep(4))
        key:set_hmac(s2n.S2N_PSK_HMAC_SHA256)
        key:configure_early_data(1000, 0x13, 0x01)
        key:set_early_data_context("con\0text")
        return key
    end

    for answer, expected in pairs({ accept = "ear\0ly", reject = "" }) do
        it("of early data wait for an answer: " .. answer, function()
            local server_config = support.base_config()
            server_config:hold_early_data()
            local client = connection(s2n.S2N_CLIENT, support.base_config())
            local server = connection(s2n.S2N_SERVER, server_config)
            for _, conn in ipairs({ client, server }) do
                conn:set_psk_mode(s2n.S2N_PSK_MODE_EXTERNAL)
                conn:append_psk(psk("id\0" .. all_bytes))
            end
            assert.are.equal(6, client:send_early_data("ear\0ly"))
            server:feed(client:take())
            assert.are.equal("", server:recv_early_data(100))
            assert.are.equal(s2n.S2N_BLOCKED_ON_APPLICATION_INPUT, server:blocked())
            assert.are.equal("con\0text", server:get_early_data_context())
            server[answer .. "_early_data"](server)
            assert.is_nil(server:get_early_data_context())
            local got = ""
            for _ = 1, 5 do
                got = got .. (server:recv_early_data(100) or "")
                if server:blocked() == s2n.S2N_NOT_BLOCKED then
                    break
                end
                support.pump(client, server)
                client:negotiate()
                support.pump(client, server)
            end
            assert.are.equal(expected, got)
            support.shake(client, server)
            assert.are.equal("id\0" .. all_bytes, server:get_negotiated_psk_identity())
            fails("S2N_SCRIPT_STATE", server.accept_early_data, server)
        end)
    end
end)
