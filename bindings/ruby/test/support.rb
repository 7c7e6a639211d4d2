# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

# What the tests share: configs, a handshake in memory between two connections, and looking at errors.
require "minitest/autorun"
require "socket"
require "s2n/tls"

class TLSTest < Minitest::Test
  include S2N::TLS

  PKI = ENV.fetch("S2N_TEST_PKI") { abort "S2N_TEST_PKI is not set: use bindings/tests/run" }
  ALL_BYTES = (0..255).to_a.pack("C*").freeze
  TYPES = %w[IO CLOSED BLOCKED ALERT PROTO INTERNAL USAGE].freeze

  # Every test leaves nothing behind. It runs in a thread of its own, because the collector would take an old word on
  # the machine's stack for a reference.
  def run
    before = live
    result = Thread.new { super() }.value
    left = live - before
    result.failures << leak(left) unless left.zero?
    result
  end

  def leak(count)
    Minitest::Assertion.new("#{count} objects are left").tap { |failure| failure.set_backtrace(caller) }
  end

  def teardown
    instance_variables.grep(/\A@its_/) { |name| instance_variable_set(name, nil) }
  end

  def live
    GC.start
    S2N::TLS.live_objects
  end

  def slurp(name)
    File.binread(File.join(PKI, name))
  end

  # The error that the block raises, which must be one of ours.
  def error_of(&block)
    error = assert_raises(S2N::TLS::Error, &block)
    assert_includes TYPES, error.type
    refute_empty error.message
    error
  end

  def fails(name, what = nil, &block)
    error = error_of(&block)
    assert_equal name, error.name, what
    error
  end

  def base_config(policy = "default_tls13")
    config = Config.new
    config.set_cipher_preferences(policy)
    config.set_serialization_version(S2N_SERIALIZED_CONN_V1)
    config.set_max_blinding_delay(0)
    config
  end

  def chain_of(name)
    chain = CertChain.new
    chain.load_pem_bytes(slurp("#{name}.pem"), slurp("#{name}.key"))
    chain
  end

  def server_config(policy = "default_tls13")
    config = base_config(policy)
    config.add_cert_chain_and_key_to_store(chain_of("server"))
    config
  end

  def client_config(policy = "default_tls13")
    config = base_config(policy)
    config.add_pem_to_trust_store(slurp("ca.pem"))
    config
  end

  def connection(mode, config)
    conn = Connection.new(mode)
    conn.set_config(config)
    conn.use_memory
    conn.set_server_name("localhost") if mode == S2N_CLIENT
    conn
  end

  def pump(left, right)
    right.feed(left.take)
    left.feed(right.take)
  end

  # Both ends of a handshake, complete.
  def shake(client, server)
    20.times do
      waits = [client.negotiate, server.negotiate]
      pump(client, server)
      return client, server if waits == [S2N_NOT_BLOCKED, S2N_NOT_BLOCKED]
    end
    flunk "the handshake does not end"
  end

  def connected(client = client_config, server = server_config)
    shake(connection(S2N_CLIENT, client), connection(S2N_SERVER, server))
  end

  # Sends all of it through memory and returns what came out at the other end.
  def pass_on(from, to, data)
    out = String.new(encoding: Encoding::BINARY)
    rest = data.b
    until out.bytesize == data.bytesize
      rest = rest.byteslice(from.send(rest)..) unless rest.empty?
      to.feed(from.take)
      while (more = to.recv(1 << 20))
        return out if more.empty?

        out << more
      end
    end
    out
  end
end
