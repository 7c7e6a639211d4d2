#!/usr/bin/env tclsh
# SPDX-License-Identifier: Apache-2.0
# Connects, sends a line, prints what comes back; in between the connection is saved and continued by a new object.
# The transport is an ordinary Tcl channel. usage: echo_client.tcl FOLDER HOST PORT CA.pem ?LINE?
if {[llength $argv] < 4} {
    puts stderr "usage: echo_client.tcl FOLDER HOST PORT CA.pem ?LINE?"
    exit 2
}
lassign $argv folder host port ca line
lappend auto_path $folder
package require s2n_tls
if {$line eq ""} {
    set line hello
}

set config [s2n_tls::Config]
$config set_cipher_preferences default_tls13
$config set_serialization_version $s2n_tls::S2N_SERIALIZED_CONN_V1
$config set_verification_ca_location $ca ""

set socket [socket $host $port]
fconfigure $socket -translation binary -blocking 0 -buffering none

proc connection {} {
    set conn [s2n_tls::Connection -args $s2n_tls::S2N_CLIENT]
    $conn set_config $::config
    $conn use_memory
    return $conn
}

# Sends what waits; then waits for something from the peer and feeds it.
proc turn {conn} {
    puts -nonewline $::socket [$conn take]
    fileevent $::socket readable {set ::readable 1}
    vwait ::readable
    set data [read $::socket]
    if {$data ne ""} {
        $conn feed $data
    } elseif {[eof $::socket]} {
        $conn feed_eof
        fileevent $::socket readable {}
    }
}

set conn [connection]
$conn set_server_name $host
while {[$conn negotiate] != $s2n_tls::S2N_NOT_BLOCKED} {
    turn $conn
}
puts -nonewline $socket [$conn take]
puts "[$conn get_cipher] with [$conn get_key_exchange_group]"

# Whatever the peer sent meanwhile must be received before.
while {[$conn incoming] > 0} {
    $conn recv 16384
}
set blob [$conn serialize]
$conn -delete
set conn [connection]
$conn deserialize $blob

$conn send "$line\n"
set answer ""
while {[string first "\n" $answer] < 0} {
    turn $conn
    while {[set more [$conn recv 16384]] ne ""} {
        append answer $more
    }
    if {[$conn blocked] == $s2n_tls::S2N_NOT_BLOCKED} {
        break
    }
}
puts -nonewline $answer
$conn shutdown_send
puts -nonewline $socket [$conn take]
close $socket
