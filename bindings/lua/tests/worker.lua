-- SPDX-License-Identifier: Apache-2.0
-- The round trip's worker for Lua: bindings/tests/PROTOCOL.md. usage: worker.lua FOLDER FD
local folder, fd = arg[1], math.tointeger(tonumber(arg[2]))
package.cpath = folder .. "/?.so"
local s2n = require("s2n_tls")
io.stdout:setvbuf("line")
local conn

local function slurp(path)
    local file = assert(io.open(path, "rb"))
    local data = file:read("a")
    file:close()
    return data
end

local function hex_of(data)
    return data == "" and "-" or (data:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function from_hex(hex)
    return hex == "-" and "" or (hex:gsub("..", function(pair) return string.char(tonumber(pair, 16)) end))
end

local function config_of(policy)
    local config = s2n.Config()
    config:set_cipher_preferences(policy)
    config:set_serialization_version(s2n.S2N_SERIALIZED_CONN_V1)
    config:set_max_blinding_delay(0)
    return config
end

local function drop()
    if conn then
        conn:close()
        conn = nil
    end
end

local function connect(role, config)
    drop()
    conn = s2n.Connection(role == "server" and s2n.S2N_SERVER or s2n.S2N_CLIENT)
    conn:set_config(config)
    conn:set_fd(fd)
end

local commands = {}

function commands.HANDSHAKE(role, policy, cert, key)
    local config = config_of(policy)
    if role == "server" then
        local chain = s2n.CertChain()
        chain:load_pem_bytes(slurp(cert), slurp(key))
        config:add_cert_chain_and_key_to_store(chain)
    else
        config:add_pem_to_trust_store(slurp(cert))
    end
    connect(role, config)
    if role == "client" then
        conn:set_server_name("localhost")
    end
    repeat
        local waits = conn:negotiate()
    until waits == s2n.S2N_NOT_BLOCKED
end

function commands.SEND(hex)
    local data = from_hex(hex)
    while #data > 0 do
        data = data:sub(conn:send(data) + 1)
    end
end

function commands.RECV(size)
    local parts, wanted = {}, math.tointeger(tonumber(size))
    while wanted > 0 do
        local more = conn:recv(wanted)
        if more == "" then
            break
        end
        parts[#parts + 1] = more
        wanted = wanted - #(more or "")
    end
    return hex_of(table.concat(parts))
end

function commands.SERIALIZE()
    local blob = conn:serialize()
    drop()
    return hex_of(blob)
end

function commands.DESERIALIZE(role, hex)
    connect(role, config_of("default_tls13"))
    conn:deserialize(from_hex(hex))
end

function commands.SOCKET(number)
    drop()
    fd = math.tointeger(tonumber(number))
end

function commands.INFO()
    return conn:get_actual_protocol_version() .. " " .. conn:get_cipher()
end

function commands.BAD(what)
    local victim <close> = s2n.Connection(s2n.S2N_CLIENT)
    if what == "closed" then
        victim:close()
        victim:serialize()
    else
        victim:deserialize(("\xff"):rep(40))
    end
end

function commands.SHUTDOWN()
    conn:shutdown_send()
end

commands.CLOSE = drop

local NEEDS_CONNECTION = { SEND = true, RECV = true, SERIALIZE = true, INFO = true, SHUTDOWN = true }

local function answer(words)
    local command = table.remove(words, 1)
    if NEEDS_CONNECTION[command] and not conn then
        return "error S2N_SCRIPT_STATE no connection"
    end
    local lived, value = pcall(commands[command], table.unpack(words))
    if lived then
        return value and "ok " .. value or "ok"
    elseif getmetatable(value) == s2n.Error then
        return "error " .. value.name .. " " .. value.message
    end
    return "error LUA " .. tostring(value):gsub("\n", " ")
end

for line in io.lines() do
    local words = {}
    for word in line:gmatch("%S+") do
        words[#words + 1] = word
    end
    if words[1] == "QUIT" then
        print("ok")
        break
    end
    print(answer(words))
end
