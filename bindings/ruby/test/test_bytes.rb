# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require_relative "support"

# Binary strings through everything that takes and gives them; moving a connection; resuming a session; early data.
class TestBytes < TLSTest
  def test_unchanged
    client, server = connected
    assert_equal ALL_BYTES, pass_on(client, server, ALL_BYTES)
    assert_equal "\0", pass_on(server, client, "\0")
    long = ALL_BYTES * 16_384
    assert_equal 4 << 20, long.bytesize
    assert pass_on(client, server, long) == long
    assert_nil client.recv(1 << 62)
    assert_equal S2N_BLOCKED_ON_READ, client.blocked
    assert_equal S2N_TLS13, client.get_actual_protocol_version
    assert_equal 32, server.get_client_random.bytesize
    assert_nil client.get_client_hello
    assert_nil server.get_application_protocol
  end

  def test_encodings
    client, server = connected
    assert_match(/\ATLS_/, client.get_cipher)
    assert_equal Encoding::UTF_8, client.get_cipher.encoding
    assert_equal Encoding::UTF_8, server.get_server_name.encoding
    assert_equal "localhost", server.get_server_name
    assert_equal Encoding::BINARY, server.get_client_random.encoding
    ["\u263a", "\u263a".encode(Encoding::UTF_16BE), "\xff\xfe"].each do |text|
      assert_equal text.b, pass_on(client, server, text)
    end
  end

  # A part of a long string shares its memory and is not terminated there.
  def test_a_part_of_a_string
    names = "localhost.and.a.long.rest.so.that.it.is.not.embedded" * 10
    conn = Connection.new(S2N_CLIENT)
    conn.set_server_name(names[0, 9])
    assert_equal "localhost", conn.get_server_name
    fails("S2N_SCRIPT_NUL") { conn.set_server_name("localhost".encode(Encoding::UTF_16BE)) }
  end

  %w[default_tls13 20190801].each do |policy|
    define_method("test_moving_#{policy}") do
      client, server = connected(client_config(policy), server_config(policy))
      assert_equal "before", pass_on(server, client, "before")
      suite, blob = server.get_cipher, server.serialize
      fails("S2N_ERR_CLOSED") { server.recv(1) }
      again = connection(S2N_SERVER, server_config(policy))
      again.deserialize(blob)
      assert_equal suite, again.get_cipher
      assert_equal ALL_BYTES, pass_on(client, again, ALL_BYTES)
      assert_equal ALL_BYTES, pass_on(again, client, ALL_BYTES)
    end
  end

  def test_a_session
    server_settings, client_settings = server_config, client_config
    server_settings.set_session_tickets_onoff(true)
    server_settings.add_ticket_crypto_key("key\0one", "\0#{"k" * 31}", 0)
    client_settings.set_session_tickets_onoff(true)
    client, server = connected(client_settings, server_settings)
    pass_on(server, client, "and a ticket")
    session = client.get_session
    assert_operator session.bytesize, :>, 50
    again = connection(S2N_CLIENT, client_settings)
    again.set_session(session)
    other = connection(S2N_SERVER, server_settings)
    shake(again, other)
    assert again.is_session_resumed
    assert other.is_session_resumed
    refute client.is_session_resumed
  end

  def psk_of(identity)
    psk = Psk.new
    psk.set_identity(identity)
    psk.set_secret("\0secret\0" * 4)
    psk.set_hmac(S2N_PSK_HMAC_SHA256)
    psk.configure_early_data(1000, 0x13, 0x01)
    psk.set_early_data_context("con\0text")
    psk
  end

  # Early data waits for an answer.
  { accept_early_data: "ear\0ly", reject_early_data: "" }.each do |answer, expected|
    define_method("test_#{answer}") do
      server_settings = base_config
      server_settings.hold_early_data
      client, server = connection(S2N_CLIENT, base_config), connection(S2N_SERVER, server_settings)
      [client, server].each do |conn|
        conn.set_psk_mode(S2N_PSK_MODE_EXTERNAL)
        conn.append_psk(psk_of("id\0".b + ALL_BYTES))
      end
      assert_equal 6, client.send_early_data("ear\0ly")
      server.feed(client.take)
      assert_equal "", server.recv_early_data(100)
      assert_equal S2N_BLOCKED_ON_APPLICATION_INPUT, server.blocked
      assert_equal "con\0text", server.get_early_data_context
      server.public_send(answer)
      assert_nil server.get_early_data_context
      got = +""
      5.times do
        got << server.recv_early_data(100).to_s
        break if server.blocked == S2N_NOT_BLOCKED

        pump(client, server)
        client.negotiate
        pump(client, server)
      end
      assert_equal expected, got
      shake(client, server)
      assert_equal "id\0".b + ALL_BYTES, server.get_negotiated_psk_identity
      fails("S2N_SCRIPT_STATE") { server.accept_early_data }
    end
  end

  # Ruby's sockets do not block; each thread waits for its own.
  def test_sockets_and_threads
    left, right = UNIXSocket.pair
    ends = [[S2N_CLIENT, client_config, left], [S2N_SERVER, server_config, right]].map do |mode, config, socket|
      Thread.new do
        conn = Connection.new(mode)
        conn.set_config(config)
        conn.set_server_name("localhost") if mode == S2N_CLIENT
        conn.set_fd(socket.fileno)
        patiently(socket) { conn.negotiate == S2N_NOT_BLOCKED }
        conn.send("from #{mode}")
        patiently(socket) { conn.recv(100) }
      end
    end
    assert_equal ["from #{S2N_SERVER}", "from #{S2N_CLIENT}"], ends.map(&:value)
  ensure
    [left, right].compact.each(&:close)
  end

  def patiently(socket)
    until (value = yield)
      socket.wait_readable(10) or flunk "nothing comes"
    end
    value
  end
end
