# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require_relative "support"

# Whatever a script does wrong is an error with a name, and the process lives.
class TestBadInput < TLSTest
  def setup
    @its_conn = Connection.new(S2N_CLIENT)
    @its_config = Config.new
    @its_chain = CertChain.new
    @its_psk = Psk.new
  end

  # Would become something else if it were asked.
  class Sly
    def to_str = raise("asked")
    def to_int = raise("asked")
    def to_i = raise("asked")
  end

  def test_wrong_types
    wrong = [[], {}, :symbol, -> {}, $stdout, Object, Sly.new, BasicObject.new, true, 1.0, 2r, 1i, /x/]
    wrong << @its_conn << @its_psk
    wrong.each do |value|
      fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.deserialize(value) }
      fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.set_server_name(value) }
      fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.set_fd(value) }
      fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.set_config(value) }
      fails("S2N_SCRIPT_WRONG_TYPE") { Connection.new(value) }
    end
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.deserialize(5) }
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.set_config("text") }
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.append_psk(@its_chain) }
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_config.add_cert_chain_and_key_to_store(@its_config) }
    fails("S2N_SCRIPT_WRONG_TYPE") { Connection.new("client") }
    refute_predicate @its_conn, :closed?
  end

  def test_wrong_self
    assert_raises(TypeError) { Connection.instance_method(:negotiate).bind(Config.new) }
  end

  def test_number_of_arguments
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.negotiate(1) }
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.set_fd }
    fails("S2N_SCRIPT_WRONG_TYPE") { Connection.new }
    fails("S2N_SCRIPT_WRONG_TYPE") { Connection.new(0, 0) }
    fails("S2N_SCRIPT_WRONG_TYPE") { Config.new(0) }
    fails("S2N_SCRIPT_WRONG_TYPE") { S2N::TLS.live_objects(0) }
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_config.set_verification_ca_location(*["x"] * 1000) }
  end

  def test_nil
    fails("S2N_SCRIPT_NULL") { @its_conn.set_config(nil) }
    fails("S2N_ERR_NULL") { @its_conn.set_server_name(nil) }
    fails("S2N_ERR_NULL") { @its_conn.set_session(nil) }
    fails("S2N_ERR_NULL") { @its_psk.set_identity(nil) }
    fails("S2N_SCRIPT_WRONG_TYPE") { @its_conn.set_fd(nil) }
  end

  def test_numbers
    [2**31, 2**62, 2**63 - 1, -(2**63), -(2**31) - 1].each do |number|
      fails("S2N_SCRIPT_RANGE", number) { @its_conn.set_fd(number) }
    end
    [2**63, -(2**63) - 1, 2**64, 2**64 - 1, -(2**64), 10**1000, 1.5, Float::NAN, Float::INFINITY, "1", ""].each do |odd|
      fails("S2N_SCRIPT_WRONG_TYPE", odd.inspect[0, 30]) { @its_conn.set_fd(odd) }
    end
    fails("S2N_SCRIPT_RANGE") { @its_config.set_max_cert_chain_depth(65_536) }
    fails("S2N_SCRIPT_RANGE") { @its_config.set_max_cert_chain_depth(-1) }
    fails("S2N_SCRIPT_RANGE") { @its_config.set_session_state_lifetime(-1) }
    fails("S2N_SCRIPT_RANGE") { @its_conn.recv(0) }
    fails("S2N_SCRIPT_RANGE") { @its_conn.recv(-1) }
    fails("S2N_SCRIPT_RANGE") { @its_conn.set_blinding(2) }
    fails("S2N_SCRIPT_RANGE") { Connection.new(2) }
    @its_config.set_max_cert_chain_depth(5)
  end

  def test_text_and_lengths
    fails("S2N_SCRIPT_NUL") { @its_conn.set_server_name("local\0host") }
    fails("S2N_SCRIPT_NUL") { @its_config.add_pem_to_trust_store("a\0b") }
    fails("S2N_ERR_SERVER_NAME_TOO_LONG") { @its_conn.set_server_name("x" * (1 << 20)) }
    fails("S2N_SCRIPT_RANGE") { @its_psk.set_identity("x" * 70_000) }
    fails("S2N_SCRIPT_RANGE") { @its_config.append_protocol_preference("x" * 256) }
    @its_conn.set_server_name("localhost")
    assert_equal "localhost", @its_conn.get_server_name
  end

  def test_what_the_library_refuses
    error = fails("S2N_ERR_INVALID_SERIALIZED_CONNECTION") { @its_conn.deserialize("\xff" * 100_000) }
    assert_instance_of UsageError, error
    assert_equal "USAGE", error.type
    assert_operator error.code, :>, 0
    assert_equal 0, error.errno
    assert_nil error.alert
    refute_empty error.source
    assert_includes error.inspect, "S2N_ERR_INVALID_SERIALIZED_CONNECTION: "
    fails("S2N_ERR_INVALID_SERIALIZED_SESSION_STATE") { @its_conn.set_session("\xff" * 100) }
    fails("S2N_ERR_INVALID_SECURITY_POLICY") { @its_config.set_cipher_preferences("nonsense") }
    assert_match(/\AS2N_ERR_/, error_of { @its_chain.load_pem_bytes("garbage", "\0" * 10) }.name)
    assert_match(/\AS2N_ERR_/, error_of { @its_config.add_pem_to_trust_store("garbage") }.name)
    assert_match(/\AS2N_ERR_/, error_of { @its_chain.get_der(0) }.name)
  end

  def test_the_order_of_calls
    fails("S2N_SCRIPT_STATE") { @its_conn.take }
    fails("S2N_SCRIPT_STATE") { @its_conn.feed("x") }
    fails("S2N_ERR_INVALID_STATE") { @its_conn.serialize }
    fails("S2N_ERR_HANDSHAKE_NOT_COMPLETE") { connection(S2N_CLIENT, base_config).serialize }
    fails("S2N_ERR_SERVER_MODE") { Connection.new(S2N_SERVER).set_session("x") }
    fails("S2N_SCRIPT_STATE") { @its_conn.accept_early_data }
    @its_conn.use_memory
    fails("S2N_SCRIPT_STATE") { @its_conn.use_memory }
    @its_conn.feed_eof
    fails("S2N_SCRIPT_STATE") { @its_conn.feed("x") }
    @its_conn.set_config(@its_config)
    fails("S2N_SCRIPT_IN_USE") { @its_config.set_max_cert_chain_depth(3) }
  end

  def test_garbage_from_the_wire
    client = connection(S2N_CLIENT, client_config)
    assert_equal S2N_BLOCKED_ON_READ, client.negotiate
    assert_equal S2N_BLOCKED_ON_READ, client.blocked
    client.feed(ALL_BYTES.reverse)
    assert_instance_of ProtocolError, error_of { client.negotiate }
    error_of { client.negotiate }
  end

  def test_ends_of_streams
    client, server = connected
    assert_nil client.recv(10)
    assert_equal S2N_BLOCKED_ON_READ, client.blocked
    server.shutdown_send
    pump(client, server)
    assert_equal "", client.recv(10)
    assert_equal S2N_NOT_BLOCKED, client.blocked
    cut, = connected
    cut.feed_eof
    assert_instance_of ClosedError, error_of { cut.recv(10) }
  end

  def test_descriptors
    client = Connection.new(S2N_CLIENT)
    client.set_config(client_config)
    client.set_fd(999_999)
    error = error_of { client.negotiate }
    assert_instance_of S2N::TLS::IOError, error
    assert_operator error.errno, :>, 0
  end

  def test_a_peer_that_is_gone_is_no_sigpipe
    left, right = UNIXSocket.pair
    right.close
    was = trap("PIPE", "DEFAULT")
    client = Connection.new(S2N_CLIENT)
    client.set_config(client_config)
    client.set_fd(left.fileno)
    assert_includes %w[IO CLOSED], error_of { client.negotiate }.type
  ensure
    trap("PIPE", was)
    left.close
  end

  def test_every_method_of_a_closed_object
    arguments = {
      set_config: [Config.new], append_psk: [Psk.new], add_cert_chain_and_key_to_store: [CertChain.new]
    }
    wishes = [[], [0], [1], ["0"], [0, 0], %w[0 0], [0, "0"], ["0", "0", 0], [0, 0, 0]]
    [@its_conn, @its_config, @its_chain, @its_psk].each do |object|
      object.close
      methods = object.class.instance_methods(false) - %i[close is_closed]
      assert_operator methods.size, :>=, 4
      methods.each do |method|
        found = [*wishes, arguments[method]].compact.map { |wish| error_of { object.public_send(method, *wish) }.name }
        assert_includes found, "S2N_SCRIPT_CLOSED", "#{object.class}##{method}"
      end
    end
    fails("S2N_SCRIPT_CLOSED") { Connection.new(S2N_CLIENT).set_config(@its_config) }
    fails("S2N_SCRIPT_CLOSED") { Connection.new(S2N_CLIENT).append_psk(@its_psk) }
    fails("S2N_SCRIPT_CLOSED") { Config.new.add_cert_chain_and_key_to_store(@its_chain) }
  end

  def test_fork
    ends = connected
    reader, writer = IO.pipe
    child = fork do
      begin
        ends[0].send("twice the same nonce")
        writer.write("no error")
      rescue S2N::TLS::Error => e
        writer.write(e.name)
      end
      exit!(0)
    end
    writer.close
    assert_equal "S2N_SCRIPT_FORKED", reader.read
    Process.wait(child)
    assert_predicate $?, :success?
    assert_equal "the parent may", pass_on(*ends, "the parent may")
  end
end
