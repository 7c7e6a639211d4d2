-- Built in a folder that ./distribute made: luarocks make S2N_DIR=/where/libs2n/is
rockspec_format = "3.0"
package = "s2n_tls"
version = "0.9.0-1"
source = {
    url = "file://s2n_tls-0.9.0.tar.gz",
}
description = {
    summary = "TLS connections that can be saved, moved and continued",
    license = "Apache-2.0",
}
dependencies = {
    "lua >= 5.4",
}
external_dependencies = {
    S2N = {
        header = "s2n.h",
        library = "s2n",
    },
}
build = {
    type = "builtin",
    modules = {
        s2n_tls = {
            sources = {
                "src/s2n_tls_wrap.c",
                "src/config.c",
                "src/connection.c",
                "src/error.c",
                "src/facts.c",
                "src/handle.c",
                "src/methods.c",
            },
            defines = { "_GNU_SOURCE" },
            libraries = { "s2n", "pthread" },
            incdirs = { "src", "$(S2N_INCDIR)" },
            libdirs = { "$(S2N_LIBDIR)" },
        },
    },
    copy_directories = { "examples" },
}
test = {
    type = "busted",
}
