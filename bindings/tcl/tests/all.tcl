# SPDX-License-Identifier: Apache-2.0
# The Tcl tests: every *.test of this folder, in one process. usage: all.tcl FOLDER, with S2N_TEST_PKI set
lappend auto_path [lindex $argv 0]
set argv {}
package require tcltest
package require s2n_tls
namespace import tcltest::*
configure -verbose {body error skip}
source [file join [file dirname [info script]] lib.tcl]
foreach file [lsort [glob -directory [file dirname [info script]] *.test]] {
    source $file
}
set failed $tcltest::numTests(Failed)
puts "$tcltest::numTests(Total) tests, $tcltest::numTests(Passed) passed, $failed failed"
exit [expr {$failed > 0 || $tcltest::numTests(Total) == 0 || $tcltest::numTests(Skipped) > 0}]
