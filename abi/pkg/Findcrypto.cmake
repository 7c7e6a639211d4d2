# SPDX-License-Identifier: Apache-2.0
# Finds libcrypto of OpenSSL 3 and gives it the name AWS::crypto. Used by the build and installed with the package,
# so that projects which find s2n get the same one. OPENSSL_ROOT_DIR and CMAKE_PREFIX_PATH say where to look.

find_package(OpenSSL 3.0 QUIET COMPONENTS Crypto)
if(TARGET OpenSSL::Crypto AND NOT TARGET AWS::crypto)
    add_library(AWS::crypto INTERFACE IMPORTED)
    set_target_properties(AWS::crypto PROPERTIES INTERFACE_LINK_LIBRARIES OpenSSL::Crypto)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(crypto
    REQUIRED_VARS OPENSSL_CRYPTO_LIBRARY OPENSSL_INCLUDE_DIR
    VERSION_VAR OPENSSL_VERSION)
