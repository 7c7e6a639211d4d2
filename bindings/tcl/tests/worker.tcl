# SPDX-License-Identifier: Apache-2.0
# The round trip's worker for Tcl: bindings/tests/PROTOCOL.md. usage: worker.tcl FOLDER FD
lassign $argv folder fd
lappend auto_path $folder
package require s2n_tls
fconfigure stdout -buffering line
set conn ""

proc slurp {path} {
    set file [open $path rb]
    try {
        return [read $file]
    } finally {
        close $file
    }
}

# Not with expr, which would take hex digits for a number.
proc hex_of {data} {
    if {$data eq ""} { return "-" }
    return [binary encode hex $data]
}

proc from_hex {hex} {
    if {$hex eq "-"} { return "" }
    return [binary decode hex $hex]
}

proc config {policy} {
    set config [s2n_tls::Config]
    $config set_cipher_preferences $policy
    $config set_serialization_version $s2n_tls::S2N_SERIALIZED_CONN_V1
    $config set_max_blinding_delay 0
    return $config
}

# The connection keeps the config alive, so its command can go.
proc connection {role config} {
    drop
    set new [s2n_tls::Connection -args [expr {$role eq "server" ? $s2n_tls::S2N_SERVER : $s2n_tls::S2N_CLIENT}]]
    set ::conn $new
    $new set_config $config
    $config -delete
    $new set_fd $::fd
}

proc drop {} {
    if {$::conn ne ""} {
        $::conn -delete
        set ::conn ""
    }
}

proc HANDSHAKE {role policy cert key} {
    set config [config $policy]
    if {$role eq "server"} {
        set chain [s2n_tls::CertChain]
        $chain load_pem_bytes [slurp $cert] [slurp $key]
        $config add_cert_chain_and_key_to_store $chain
        $chain -delete
    } else {
        $config add_pem_to_trust_store [slurp $cert]
    }
    connection $role $config
    if {$role eq "client"} {
        $::conn set_server_name localhost
    }
    while {[$::conn negotiate] != $s2n_tls::S2N_NOT_BLOCKED} {}
}

proc SEND {hex} {
    set data [from_hex $hex]
    while {[string length $data] > 0} {
        set data [string range $data [$::conn send $data] end]
    }
}

proc RECV {size} {
    set data ""
    while {[string length $data] < $size} {
        set more [$::conn recv [expr {$size - [string length $data]}]]
        if {$more eq "" && [$::conn blocked] == $s2n_tls::S2N_NOT_BLOCKED} {
            break
        }
        append data $more
    }
    return [hex_of $data]
}

proc SERIALIZE {} {
    set blob [$::conn serialize]
    drop
    return [hex_of $blob]
}

proc DESERIALIZE {role hex} {
    connection $role [config default_tls13]
    $::conn deserialize [from_hex $hex]
    return
}

proc SOCKET {number} {
    drop
    set ::fd $number
    return
}

proc INFO {} { return "[$::conn get_actual_protocol_version] [$::conn get_cipher]" }

proc BAD {what} {
    set victim [s2n_tls::Connection -args $s2n_tls::S2N_CLIENT]
    try {
        if {$what eq "closed"} {
            $victim close
            $victim serialize
        } else {
            $victim deserialize [string repeat \xff 40]
        }
    } finally {
        $victim -delete
    }
}

proc SHUTDOWN {} { $::conn shutdown_send; return }
proc CLOSE {} { drop }

while {[gets stdin line] >= 0} {
    set words [split [string trimright $line] " "]
    set command [lindex $words 0]
    if {$command eq "QUIT"} {
        puts "ok"
        break
    }
    if {$conn eq "" && $command in {SEND RECV SERIALIZE INFO SHUTDOWN}} {
        puts "error S2N_SCRIPT_STATE no connection"
        continue
    }
    try {
        set value [{*}$words]
        puts [string trimright "ok $value"]
    } trap S2N {message options} {
        set name [lindex [dict get $options -errorcode] 2]
        puts "error $name [string range $message [string length "$name: "] end]"
    } on error {message} {
        puts "error TCL [string map {\n { }} $message]"
    }
}
