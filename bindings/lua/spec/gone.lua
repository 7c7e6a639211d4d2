-- SPDX-License-Identifier: Apache-2.0
-- Run by bad_input_spec.lua: descriptor 3 is a pipe without a reader. Prints the error's type.
local s2n = require("s2n_tls")
local config = s2n.Config()
config:set_max_blinding_delay(0)
local conn = s2n.Connection(s2n.S2N_CLIENT)
conn:set_config(config)
conn:set_read_fd(0)
conn:set_write_fd(3)
local lived, problem = pcall(conn.negotiate, conn)
print(not lived and problem.type)
