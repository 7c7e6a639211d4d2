# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require_relative "support"

# Lives and deaths of handles, in every order, and very many of them.
class TestLife < TLSTest
  def test_closed_twice_and_said_so
    [Connection.new(S2N_CLIENT), Config.new, CertChain.new, Psk.new].each do |object|
      refute_predicate object, :closed?
      2.times { object.close }
      assert_predicate object, :closed?
      assert object.is_closed
      assert_match(/ \(closed\)>\z/, object.inspect)
    end
  end

  def test_open_closes
    kept = nil
    answer = Connection.open(S2N_SERVER) do |conn|
      kept = conn
      refute_predicate conn, :closed?
      42
    end
    assert_equal 42, answer
    assert_predicate kept, :closed?
    assert_raises(RuntimeError) { Config.open { |config| kept = config and raise "out" } }
    assert_predicate kept, :closed?
    assert_kind_of Psk, Psk.open
  end

  def test_each_keeps_what_it_needs
    client_config, server_config = client_config(), server_config()
    client, server = connection(S2N_CLIENT, client_config), connection(S2N_SERVER, server_config)
    server_config.close
    client_config = nil
    GC.start
    shake(client, server)
    assert_equal "x" * 1000, pass_on(client, server, "x" * 1000)

    chosen, peer = server.get_selected_cert, client.get_peer_cert_chain
    assert_nil client.get_selected_cert
    der = chosen.get_der(0)
    [client, server].each(&:close)
    client = server = nil
    GC.start
    assert_equal 2, peer.get_length
    assert_equal der, peer.get_der(0)
    assert_equal der, chosen.get_der(0)
    assert_nil client_config || client || server
  end

  def test_a_chain_closed_below_its_config
    config, chain = base_config, chain_of("server")
    config.add_cert_chain_and_key_to_store(chain)
    chain.close
    ends = connected(client_config, config)
    fails("S2N_SCRIPT_CLOSED") { chain.get_length }
    assert_equal "still works", pass_on(*ends, "still works")
  end

  def test_no_copies_and_no_second_beginning
    conn = Connection.new(S2N_CLIENT)
    assert_raises(TypeError) { conn.dup }
    assert_raises(TypeError) { conn.clone }
    assert_raises(TypeError) { Marshal.dump(conn) }
    fails("S2N_SCRIPT_STATE") { conn.__send__(:initialize, S2N_SERVER) }
    assert_equal S2N_CLIENT, conn.get_mode
    conn.close
    fails("S2N_SCRIPT_STATE") { conn.__send__(:initialize, S2N_SERVER) }
  end

  def test_allocated_only
    fails("S2N_SCRIPT_CLOSED") { Connection.allocate.negotiate }
    fails("S2N_SCRIPT_CLOSED") { Connection.new(S2N_CLIENT).set_config(Config.allocate) }
    assert_predicate Psk.allocate, :closed?
    fails("S2N_SCRIPT_RANGE") { Connection.new(7) }
  end

  def test_subclasses
    kind = Class.new(Config)
    Connection.new(S2N_CLIENT).set_config(kind.new)
    lazy = Class.new(Config) { def initialize; end } # rubocop:disable Lint/MissingSuper
    fails("S2N_SCRIPT_CLOSED") { lazy.new.get_client_auth_type }
  end

  def vm_rss
    File.read("/proc/self/status")[/VmRSS:\s*(\d+)/, 1].to_i
  end

  # bindings/tests/run caps the address space; forty thousand of these would not fit.
  def test_100_000_connections_with_a_config_each
    100_000.times { Connection.new(S2N_SERVER).set_config(Config.new) }
    assert_operator vm_rss, :<, 120_000
  end

  def test_100_000_configs_with_a_chain
    chain = chain_of("server")
    100_000.times { Config.new.add_cert_chain_and_key_to_store(chain) }
    assert_operator vm_rss, :<, 120_000
  end

  def test_100_000_chains_and_keys
    100_000.times do
      CertChain.new
      Psk.new
    end
    assert_operator vm_rss, :<, 120_000
  end

  def test_collections_at_every_moment
    GC.stress = true
    config = base_config
    conn = Connection.new(S2N_SERVER)
    conn.set_config(config)
    fails("S2N_SCRIPT_NUL") { config.set_verification_ca_location("a", "b\0") }
    fails("S2N_ERR_INVALID_SERIALIZED_CONNECTION") { conn.deserialize("x" * 40) }
  ensure
    GC.stress = false
  end
end
