# SPDX-License-Identifier: Apache-2.0
package ifneeded s2n_tls 0.9.0 [list load [file join $dir s2n_tls[info sharedlibextension]] S2n_tls]
