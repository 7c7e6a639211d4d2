# SPDX-License-Identifier: Apache-2.0
# For an npm install elsewhere than where the package was made: builds src/ against the libs2n that pkg-config finds.
{
    "targets": [
        {
            "target_name": "s2n_tls",
            "sources": [
                "src/s2n_node_wrap.cc",
                "src/config.c",
                "src/connection.c",
                "src/error.c",
                "src/facts.c",
                "src/handle.c",
                "src/methods.c"
            ],
            "include_dirs": ["src"],
            "cflags": ["<!@(pkg-config --cflags s2n)", "-fvisibility=hidden", "-w"],
            "cflags_c": ["-std=gnu11"],
            "libraries": ["<!@(pkg-config --libs s2n)"],
            "ldflags": ["-Wl,-rpath,<!(pkg-config --variable=libdir s2n)"]
        }
    ]
}
