# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

# The round trip's worker for Ruby: bindings/tests/PROTOCOL.md. usage: ruby -I FOLDER/lib worker.rb FD
require "s2n/tls"

# One command, one method, one connection.
class Worker
  include S2N::TLS

  NEED_CONNECTION = %w[SEND RECV SERIALIZE INFO SHUTDOWN].freeze

  def initialize(number)
    @fd = number
    @conn = nil
  end

  def answer(command, *words)
    return "error S2N_SCRIPT_STATE no connection" if @conn.nil? && NEED_CONNECTION.include?(command)

    value = public_send(:"do_#{command.downcase}", *words)
    value.is_a?(String) ? "ok #{value}" : "ok"
  rescue S2N::TLS::Error => e
    "error #{e.name} #{e.message}"
  rescue StandardError => e
    "error RUBY #{e.message.tr("\n", " ")}"
  end

  def do_handshake(role, policy, cert, key)
    config = config_of(policy)
    if role == "server"
      chain = CertChain.new
      chain.load_pem_bytes(File.binread(cert), File.binread(key))
      config.add_cert_chain_and_key_to_store(chain)
    else
      config.add_pem_to_trust_store(File.binread(cert))
    end
    connect(role, config)
    @conn.set_server_name("localhost") if role == "client"
    nil until @conn.negotiate == S2N_NOT_BLOCKED
  end

  def do_send(hex)
    data = from_hex(hex)
    data = data.byteslice(@conn.send(data)..) until data.empty?
  end

  def do_recv(size)
    data = String.new(encoding: Encoding::BINARY)
    while data.bytesize < size.to_i
      more = @conn.recv(size.to_i - data.bytesize)
      break if more == ""

      data << more if more
    end
    hex_of(data)
  end

  def do_serialize
    blob = @conn.serialize
    do_close
    hex_of(blob)
  end

  def do_deserialize(role, hex)
    connect(role, config_of("default_tls13"))
    @conn.deserialize(from_hex(hex))
    nil
  end

  def do_socket(number)
    do_close
    @fd = number.to_i
  end

  def do_info
    "#{@conn.get_actual_protocol_version} #{@conn.get_cipher}"
  end

  def do_bad(what)
    Connection.open(S2N_CLIENT) do |victim|
      next victim.deserialize("\xff".b * 40) unless what == "closed"

      victim.close
      victim.serialize
    end
  end

  def do_shutdown
    @conn.shutdown_send
  end

  def do_close
    @conn&.close
    @conn = nil
  end

  private

  def config_of(policy)
    config = Config.new
    config.set_cipher_preferences(policy)
    config.set_serialization_version(S2N_SERIALIZED_CONN_V1)
    config.set_max_blinding_delay(0)
    config
  end

  def connect(role, config)
    do_close
    @conn = Connection.new(role == "server" ? S2N_SERVER : S2N_CLIENT)
    @conn.set_config(config)
    @conn.set_fd(@fd)
  end

  def hex_of(data)
    data.empty? ? "-" : data.unpack1("H*")
  end

  def from_hex(hex)
    hex == "-" ? "".b : [hex].pack("H*")
  end
end

$stdout.sync = true
worker = Worker.new(Integer(ARGV.last))
$stdin.each_line do |line|
  words = line.split
  if words == ["QUIT"]
    puts "ok"
    break
  end
  puts worker.answer(*words)
end
