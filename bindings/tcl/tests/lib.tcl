# SPDX-License-Identifier: Apache-2.0
# What the tests share: configs, a handshake in memory between two connections, and looking at errors.

# The constants, without their namespace.
foreach name [info vars ::s2n_tls::S2N_*] {
    set [namespace tail $name] [set $name]
}

proc slurp {name} {
    set file [open [file join $::env(S2N_TEST_PKI) $name] rb]
    try {
        return [read $file]
    } finally {
        close $file
    }
}

# The name in the errorCode of what the script throws, which must be one of ours; else what happened.
proc name_of {script} {
    if {![catch {uplevel 1 $script} result options]} {
        return "no error: [string range $result 0 100]"
    }
    set code [dict get $options -errorcode]
    if {[lindex $code 0] ne "S2N"} {
        return "another error: $result"
    }
    lassign $code - type name
    if {$type ni {IO CLOSED BLOCKED ALERT PROTO INTERNAL USAGE} || ![string match "$name: ?*" $result]} {
        return "an error without type or message: $code $result"
    }
    return $name
}

proc type_of {script} {
    catch {uplevel 1 $script} result options
    return [lindex [dict get $options -errorcode] 1]
}

proc base_config {{policy default_tls13}} {
    set config [s2n_tls::Config]
    $config set_cipher_preferences $policy
    $config set_serialization_version $::S2N_SERIALIZED_CONN_V1
    $config set_max_blinding_delay 0
    return $config
}

proc chain_of {name} {
    set chain [s2n_tls::CertChain]
    $chain load_pem_bytes [slurp $name.pem] [slurp $name.key]
    return $chain
}

proc server_config {{policy default_tls13}} {
    set config [base_config $policy]
    set chain [chain_of server]
    $config add_cert_chain_and_key_to_store $chain
    $chain -delete
    return $config
}

proc client_config {{policy default_tls13}} {
    set config [base_config $policy]
    $config add_pem_to_trust_store [slurp ca.pem]
    return $config
}

# Takes the config over.
proc connection {mode config} {
    set conn [s2n_tls::Connection -args $mode]
    $conn set_config $config
    $config -delete
    $conn use_memory
    if {$mode == $::S2N_CLIENT} {
        $conn set_server_name localhost
    }
    return $conn
}

proc pump {left right} {
    $right feed [$left take]
    $left feed [$right take]
}

proc shake {client server} {
    for {set i 0} {$i < 20} {incr i} {
        set waits [list [$client negotiate] [$server negotiate]]
        pump $client $server
        if {$waits eq [list $::S2N_NOT_BLOCKED $::S2N_NOT_BLOCKED]} {
            return [list $client $server]
        }
    }
    error "the handshake does not end"
}

proc connected {} {
    return [shake [connection $::S2N_CLIENT [client_config]] [connection $::S2N_SERVER [server_config]]]
}

proc drop {args} {
    foreach object $args {
        $object -delete
    }
}

# Sends all of it through memory; what came out at the other end.
proc pass_on {from to data} {
    set out ""
    set size [string length $data]
    while {[string length $out] < $size} {
        if {$data ne ""} {
            set data [string range $data [$from send $data] end]
        }
        $to feed [$from take]
        while {[set more [$to recv 1048576]] ne ""} {
            append out $more
        }
        if {[$to blocked] == $::S2N_NOT_BLOCKED} {
            break
        }
    }
    return $out
}

set all_bytes ""
for {set i 0} {$i < 256} {incr i} {
    append all_bytes [format %c $i]
}
