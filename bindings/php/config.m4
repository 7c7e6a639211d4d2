dnl SPDX-License-Identifier: Apache-2.0
dnl For phpize, in a folder that "distribute" has filled. libs2n is found by pkg-config.
PHP_ARG_ENABLE([s2n_tls], [whether to enable s2n_tls],
  [AS_HELP_STRING([--enable-s2n_tls], [TLS connections that can be saved, moved and continued])])

if test "$PHP_S2N_TLS" != "no"; then
  PKG_CHECK_MODULES([S2N], [s2n])
  PHP_EVAL_INCLINE([$S2N_CFLAGS])
  PHP_EVAL_LIBLINE([$S2N_LIBS], [S2N_TLS_SHARED_LIBADD])
  PHP_SUBST([S2N_TLS_SHARED_LIBADD])
  s2n_sources=`cd $ext_srcdir && echo src/*.c`
  PHP_NEW_EXTENSION([s2n_tls], [$s2n_sources], [$ext_shared],,
    [-std=gnu11 -fvisibility=hidden -D_GNU_SOURCE -I@ext_srcdir@/src])
  PHP_ADD_BUILD_DIR([$ext_builddir/src])
fi
