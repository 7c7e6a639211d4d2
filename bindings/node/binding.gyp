# SPDX-License-Identifier: Apache-2.0
# For npm install on a machine with another node than the package was made for: builds from src/ against the libs2n that
# pkg-config finds.
{
    "targets": [
        {
            "target_name": "s2n_tls",
            "sources": ["src/s2n_node_wrap.cc", "<!@(node -p \"require('fs').readdirSync('src').filter(f => f.endsWith('.c')).map(f => 'src/' + f).join(' ')\")"],
            "include_dirs": ["src"],
            "cflags": ["<!@(pkg-config --cflags s2n)", "-fvisibility=hidden", "-w"],
            "cflags_c": ["-std=gnu11"],
            "cflags_cc!": ["-fno-exceptions"],
            "libraries": ["<!@(pkg-config --libs s2n)", "<!@(node -p \"'-Wl,-rpath,' + require('child_process').execSync('pkg-config --variable=libdir s2n').toString().trim()\")"]
        }
    ]
}
