#!/usr/bin/env lua5.4
-- SPDX-License-Identifier: Apache-2.0
-- Connects with LuaSocket, sends a line, prints what comes back; in between the connection is saved and continued by a
-- new object. usage: echo_client.lua HOST PORT CA.pem [LINE]
local socket = require("socket")
local s2n = require("s2n_tls")

local host, port, ca, line = table.unpack(arg)
if not ca then
    io.stderr:write("usage: echo_client.lua HOST PORT CA.pem [LINE]\n")
    os.exit(2)
end

local config = s2n.Config()
config:set_cipher_preferences("default_tls13")
config:set_serialization_version(s2n.S2N_SERIALIZED_CONN_V1)
config:set_verification_ca_location(ca, nil)

-- LuaSocket's descriptors never block, with a timeout or without.
local tcp = assert(socket.connect(host, tonumber(port)))

local function connection()
    local conn = s2n.Connection(s2n.S2N_CLIENT)
    conn:set_config(config)
    conn:set_fd(tcp:getfd())
    return conn
end

-- Until the socket is ready for what the connection waits for.
local function wait(conn)
    if conn:blocked() == s2n.S2N_BLOCKED_ON_WRITE then
        socket.select(nil, { tcp })
    else
        socket.select({ tcp })
    end
end

local conn = connection()
conn:set_server_name(host)
while conn:negotiate() ~= s2n.S2N_NOT_BLOCKED do
    wait(conn)
end
print(conn:get_cipher() .. " with " .. conn:get_key_exchange_group())

local blob = conn:serialize()
conn:close()
conn = connection()
conn:deserialize(blob)

local rest = (line or "hello") .. "\n"
while #rest > 0 do
    local sent = conn:send(rest)
    rest = rest:sub(sent + 1)
    if sent == 0 then
        wait(conn)
    end
end

local answer = ""
while not answer:find("\n") do
    local more = conn:recv(4096)
    if more == "" then
        break
    elseif more then
        answer = answer .. more
    else
        wait(conn)
    end
end
io.write(answer)
conn:shutdown_send()
conn:close()
tcp:close()
