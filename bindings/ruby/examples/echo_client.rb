#!/usr/bin/env ruby
# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

# Connects, sends a line, prints what comes back; in between the connection is saved and continued by a new object.
# usage: echo_client.rb HOST PORT CA.pem [LINE]
require "io/wait"
require "socket"
require "s2n/tls"

host, port, ca, line = ARGV
abort "usage: #{$PROGRAM_NAME} HOST PORT CA.pem [LINE]" unless ca

CONFIG = S2N::TLS::Config.new
CONFIG.set_cipher_preferences("default_tls13")
CONFIG.set_serialization_version(S2N::TLS::S2N_SERIALIZED_CONN_V1)
CONFIG.set_verification_ca_location(ca, nil)

SOCKET = TCPSocket.new(host, port)

def connection
  conn = S2N::TLS::Connection.new(S2N::TLS::S2N_CLIENT)
  conn.set_config(CONFIG)
  conn.set_fd(SOCKET.fileno)
  conn
end

# Ruby's sockets do not block: until this one is ready for what the connection waits for.
def wait(conn)
  conn.blocked == S2N::TLS::S2N_BLOCKED_ON_WRITE ? SOCKET.wait_writable : SOCKET.wait_readable
end

conn = connection
conn.set_server_name(host)
wait(conn) until conn.negotiate == S2N::TLS::S2N_NOT_BLOCKED
puts "#{conn.get_cipher} with #{conn.get_key_exchange_group}"

blob = conn.serialize
conn.close
conn = connection
conn.deserialize(blob)

rest = "#{line || "hello"}\n".b
until rest.empty?
  sent = conn.send(rest)
  rest = rest.byteslice(sent..)
  wait(conn) if sent.zero?
end

answer = "".b
until answer.include?("\n")
  more = conn.recv(4096)
  break if more == ""

  more ? answer << more : wait(conn)
end
print answer
conn.shutdown_send
conn.close
SOCKET.close
