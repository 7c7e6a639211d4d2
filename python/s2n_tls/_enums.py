# SPDX-License-Identifier: Apache-2.0
# Made by abi/gen/gen.py; do not edit.
"""The constants of the C interface."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = [
    "ERRORS",
    "POLICIES",
    "AlertBehavior",
    "AsyncPkeyOpType",
    "AsyncPkeyValidationMode",
    "Blinding",
    "BlockedStatus",
    "CTSupportLevel",
    "CertAuthType",
    "CertSNIMatch",
    "ClientHelloCbMode",
    "EarlyDataStatus",
    "ErrorType",
    "FipsMode",
    "MaxFragLen",
    "Mode",
    "PSKHmac",
    "PSKMode",
    "PeerKeyUpdate",
    "SerializationVersion",
    "StatusRequestType",
    "TLSExtensionType",
    "TLSHashAlgorithm",
    "TLSSignatureAlgorithm",
    "VerifyAfterSign",
    "Version",
]


class Version(IntEnum):
    """A protocol version."""

    UNKNOWN = 0
    SSLv2 = 20
    SSLv3 = 30
    TLS10 = 31
    TLS11 = 32
    TLS12 = 33
    TLS13 = 34


class ErrorType(IntEnum):
    """Class of an error number, from s2n_error_get_type(). Programs act on the class; numbers are for logs."""

    OK = 0  # No error
    IO = 1  # The transport failed; see the system's errno
    CLOSED = 2  # The peer or this side closed the connection
    BLOCKED = 3  # Not finished; repeat the call when it can go on
    ALERT = 4  # The peer sent an alert; see s2n_connection_get_alert()
    PROTO = 5  # The peer broke the protocol or was refused
    INTERNAL = 6  # Failure inside, or an argument check
    USAGE = 7  # The function was used wrongly


class FipsMode(IntEnum):
    """Whether libcrypto runs in FIPS mode."""

    DISABLED = 0  # It does not
    ENABLED = 1  # It does


class TLSExtensionType(IntEnum):
    """Extension numbers that functions of this header take. Others are valid wire values too."""

    SERVER_NAME = 0
    MAX_FRAG_LEN = 1
    OCSP_STAPLING = 5
    SUPPORTED_GROUPS = 10
    EC_POINT_FORMATS = 11
    SIGNATURE_ALGORITHMS = 13
    ALPN = 16
    CERTIFICATE_TRANSPARENCY = 18
    SUPPORTED_VERSIONS = 43
    RENEGOTIATION_INFO = 65281


class MaxFragLen(IntEnum):
    """Codes of the max_fragment_length extension (RFC 6066 4): plaintext bytes per record."""

    LEN_512 = 1
    LEN_1024 = 2
    LEN_2048 = 3
    LEN_4096 = 4


class VerifyAfterSign(IntEnum):
    """Whether own signatures are checked before they are sent."""

    DISABLED = 0  # Send unchecked (default)
    ENABLED = 1  # Verify with the public key of the leaf


class StatusRequestType(IntEnum):
    """Kind of certificate status that a client asks for."""

    NONE = 0  # None
    OCSP = 1  # A stapled OCSP response


class CTSupportLevel(IntEnum):
    """Whether a client asks for certificate transparency data."""

    NONE = 0  # It does not (default)
    REQUEST = 1  # It does


class AlertBehavior(IntEnum):
    """What happens to warning alerts below TLS 1.3."""

    FAIL_ON_WARNINGS = 0  # They end the connection (default)
    IGNORE_WARNINGS = 1  # They are dropped, except close_notify


class Mode(IntEnum):
    """Which end of a connection this is."""

    SERVER = 0  # The server
    CLIENT = 1  # The client


class ClientHelloCbMode(IntEnum):
    """How the ClientHello callback finishes."""

    BLOCKING = 0  # Its return value decides (default)
    NONBLOCKING = 1  # The handshake waits for a separate call


class Blinding(IntEnum):
    """Who waits after an error whose timing could tell an attacker something."""

    BUILT_IN_BLINDING = 0  # The failing call sleeps (default)
    SELF_SERVICE_BLINDING = 1  # The application waits s2n_connection_get_delay()


class PeerKeyUpdate(IntEnum):
    """Whether a key update also asks the peer to update its keys."""

    NOT_REQUESTED = 0  # It does not
    REQUESTED = 1  # It does; no function accepts this yet


class BlockedStatus(IntEnum):
    """What a call that failed with type S2N_ERR_T_BLOCKED waits for."""

    NOT_BLOCKED = 0  # Nothing
    BLOCKED_ON_READ = 1  # Bytes from the transport
    BLOCKED_ON_WRITE = 2  # Room in the transport
    BLOCKED_ON_APPLICATION_INPUT = 3  # The application must finish a callback's work
    BLOCKED_ON_EARLY_DATA = 4  # The application must read or send early data


class CertAuthType(IntEnum):
    """Client authentication, as seen from either end."""

    NONE = 0  # Not asked for; a client refuses a request
    REQUIRED = 1  # The client must present a valid certificate
    OPTIONAL = 2  # A missing certificate is fine, a bad one is not


class TLSSignatureAlgorithm(IntEnum):
    """Signature algorithms; TLS 1.2 numbers where they exist."""

    ANONYMOUS = 0
    RSA = 1
    ECDSA = 3
    MLDSA = 9
    RSA_PSS_RSAE = 224
    RSA_PSS_PSS = 225


class TLSHashAlgorithm(IntEnum):
    """Hash algorithms; TLS 1.2 numbers where they exist."""

    NONE = 0
    MD5 = 1
    SHA1 = 2
    SHA224 = 3
    SHA256 = 4
    SHA384 = 5
    SHA512 = 6
    MD5_SHA1 = 224


class PSKHmac(IntEnum):
    """Hash that a pre-shared key is used with."""

    SHA256 = 0
    SHA384 = 1


class PSKMode(IntEnum):
    """Where the pre-shared keys of a connection come from."""

    RESUMPTION = 0  # From earlier sessions (default)
    EXTERNAL = 1  # From the application


class CertSNIMatch(IntEnum):
    """How the certificate sent by a server fits the name that the client asked for."""

    NONE = 1  # The client sent no name
    EXACT_MATCH = 2  # A certificate name equals it
    WILDCARD_MATCH = 3  # A wildcard name covers it
    NO_MATCH = 4  # No name fits; a default certificate was used


class AsyncPkeyValidationMode(IntEnum):
    """How signatures made by the application are checked."""

    FAST = 0  # Not at all (default)
    STRICT = 1  # Against the own certificate


class AsyncPkeyOpType(IntEnum):
    """Kind of a private-key operation."""

    DECRYPT = 0  # RSA decryption of a premaster secret
    SIGN = 1  # A signature over a digest


class EarlyDataStatus(IntEnum):
    """State of early data on a connection."""

    OK = 0  # Undecided, or in progress
    NOT_REQUESTED = 1  # The client did not ask
    REJECTED = 2  # The server refused
    END = 3  # All of it was transferred


class SerializationVersion(IntEnum):
    """Formats of a serialized connection."""

    NONE = 0  # Serialization is off (default)
    V1 = 1  # The first format


# Error numbers by name.
ERRORS: Final[dict[str, int]] = {
    "S2N_ERR_OK": 0x00000000,
    "S2N_ERR_IO": 0x04000000,
    "S2N_ERR_CLOSED": 0x08000000,
    "S2N_ERR_IO_BLOCKED": 0x0C000000,
    "S2N_ERR_ASYNC_BLOCKED": 0x0C000001,
    "S2N_ERR_EARLY_DATA_BLOCKED": 0x0C000002,
    "S2N_ERR_APP_DATA_BLOCKED": 0x0C000003,
    "S2N_ERR_ALERT": 0x10000000,
    "S2N_ERR_ENCRYPT": 0x14000000,
    "S2N_ERR_DECRYPT": 0x14000001,
    "S2N_ERR_BAD_MESSAGE": 0x14000002,
    "S2N_ERR_UNEXPECTED_CERT_REQUEST": 0x14000003,
    "S2N_ERR_MISSING_CERT_REQUEST": 0x14000004,
    "S2N_ERR_MISSING_CLIENT_CERT": 0x14000005,
    "S2N_ERR_KEY_INIT": 0x14000006,
    "S2N_ERR_KEY_DESTROY": 0x14000007,
    "S2N_ERR_DH_SERIALIZING": 0x14000008,
    "S2N_ERR_DH_SHARED_SECRET": 0x14000009,
    "S2N_ERR_DH_WRITING_PUBLIC_KEY": 0x1400000A,
    "S2N_ERR_DH_FAILED_SIGNING": 0x1400000B,
    "S2N_ERR_DH_COPYING_PARAMETERS": 0x1400000C,
    "S2N_ERR_DH_GENERATING_PARAMETERS": 0x1400000D,
    "S2N_ERR_CIPHER_NOT_SUPPORTED": 0x1400000E,
    "S2N_ERR_NO_APPLICATION_PROTOCOL": 0x1400000F,
    "S2N_ERR_FALLBACK_DETECTED": 0x14000010,
    "S2N_ERR_HASH_DIGEST_FAILED": 0x14000011,
    "S2N_ERR_HASH_INIT_FAILED": 0x14000012,
    "S2N_ERR_HASH_UPDATE_FAILED": 0x14000013,
    "S2N_ERR_HASH_COPY_FAILED": 0x14000014,
    "S2N_ERR_HASH_WIPE_FAILED": 0x14000015,
    "S2N_ERR_HASH_NOT_READY": 0x14000016,
    "S2N_ERR_ALLOW_MD5_FOR_FIPS_FAILED": 0x14000017,
    "S2N_ERR_DECODE_CERTIFICATE": 0x14000018,
    "S2N_ERR_DECODE_PRIVATE_KEY": 0x14000019,
    "S2N_ERR_INVALID_HELLO_RETRY": 0x1400001A,
    "S2N_ERR_INVALID_SIGNATURE_ALGORITHM": 0x1400001B,
    "S2N_ERR_INVALID_SIGNATURE_SCHEME": 0x1400001C,
    "S2N_ERR_NO_VALID_SIGNATURE_SCHEME": 0x1400001D,
    "S2N_ERR_CBC_VERIFY": 0x1400001E,
    "S2N_ERR_DH_COPYING_PUBLIC_KEY": 0x1400001F,
    "S2N_ERR_SIGN": 0x14000020,
    "S2N_ERR_VERIFY_SIGNATURE": 0x14000021,
    "S2N_ERR_ECDHE_GEN_KEY": 0x14000022,
    "S2N_ERR_ECDHE_SHARED_SECRET": 0x14000023,
    "S2N_ERR_ECDHE_UNSUPPORTED_CURVE": 0x14000024,
    "S2N_ERR_ECDHE_INVALID_PUBLIC_KEY": 0x14000025,
    "S2N_ERR_ECDHE_INVALID_PUBLIC_KEY_FIPS": 0x14000026,
    "S2N_ERR_ECDSA_UNSUPPORTED_CURVE": 0x14000027,
    "S2N_ERR_ECDHE_SERIALIZING": 0x14000028,
    "S2N_ERR_KEM_UNSUPPORTED_PARAMS": 0x14000029,
    "S2N_ERR_SHUTDOWN_RECORD_TYPE": 0x1400002A,
    "S2N_ERR_SHUTDOWN_CLOSED": 0x1400002B,
    "S2N_ERR_NON_EMPTY_RENEGOTIATION_INFO": 0x1400002C,
    "S2N_ERR_RECORD_LIMIT": 0x1400002D,
    "S2N_ERR_CERT_UNTRUSTED": 0x1400002E,
    "S2N_ERR_CERT_INVALID_HOSTNAME": 0x1400002F,
    "S2N_ERR_CERT_REVOKED": 0x14000030,
    "S2N_ERR_CERT_NOT_YET_VALID": 0x14000031,
    "S2N_ERR_CERT_EXPIRED": 0x14000032,
    "S2N_ERR_CERT_TYPE_UNSUPPORTED": 0x14000033,
    "S2N_ERR_CERT_INVALID": 0x14000034,
    "S2N_ERR_CERT_MAX_CHAIN_DEPTH_EXCEEDED": 0x14000035,
    "S2N_ERR_CERT_REJECTED": 0x14000036,
    "S2N_ERR_CERT_UNHANDLED_CRITICAL_EXTENSION": 0x14000037,
    "S2N_ERR_CRL_LOOKUP_FAILED": 0x14000038,
    "S2N_ERR_CRL_SIGNATURE": 0x14000039,
    "S2N_ERR_CRL_ISSUER": 0x1400003A,
    "S2N_ERR_CRL_UNHANDLED_CRITICAL_EXTENSION": 0x1400003B,
    "S2N_ERR_CRL_INVALID_THIS_UPDATE": 0x1400003C,
    "S2N_ERR_CRL_INVALID_NEXT_UPDATE": 0x1400003D,
    "S2N_ERR_CRL_NOT_YET_VALID": 0x1400003E,
    "S2N_ERR_CRL_EXPIRED": 0x1400003F,
    "S2N_ERR_INVALID_MAX_FRAG_LEN": 0x14000040,
    "S2N_ERR_MAX_FRAG_LEN_MISMATCH": 0x14000041,
    "S2N_ERR_PROTOCOL_VERSION_UNSUPPORTED": 0x14000042,
    "S2N_ERR_BAD_KEY_SHARE": 0x14000043,
    "S2N_ERR_CANCELLED": 0x14000044,
    "S2N_ERR_PROTOCOL_DOWNGRADE_DETECTED": 0x14000045,
    "S2N_ERR_MAX_INNER_PLAINTEXT_SIZE": 0x14000046,
    "S2N_ERR_RECORD_STUFFER_SIZE": 0x14000047,
    "S2N_ERR_FRAGMENT_LENGTH_TOO_LARGE": 0x14000048,
    "S2N_ERR_FRAGMENT_LENGTH_TOO_SMALL": 0x14000049,
    "S2N_ERR_RECORD_STUFFER_NEEDS_DRAINING": 0x1400004A,
    "S2N_ERR_MISSING_EXTENSION": 0x1400004B,
    "S2N_ERR_UNSUPPORTED_EXTENSION": 0x1400004C,
    "S2N_ERR_DUPLICATE_EXTENSION": 0x1400004D,
    "S2N_ERR_MAX_EARLY_DATA_SIZE": 0x1400004E,
    "S2N_ERR_EARLY_DATA_TRIAL_DECRYPT": 0x1400004F,
    "S2N_ERR_NO_RENEGOTIATION": 0x14000050,
    "S2N_ERR_KTLS_KEYUPDATE": 0x14000051,
    "S2N_ERR_CERT_INTENT_INVALID": 0x14000052,
    "S2N_ERR_MADVISE": 0x18000000,
    "S2N_ERR_ALLOC": 0x18000001,
    "S2N_ERR_MLOCK": 0x18000002,
    "S2N_ERR_MUNLOCK": 0x18000003,
    "S2N_ERR_FSTAT": 0x18000004,
    "S2N_ERR_OPEN": 0x18000005,
    "S2N_ERR_MMAP": 0x18000006,
    "S2N_ERR_ATEXIT": 0x18000007,
    "S2N_ERR_NOMEM": 0x18000008,
    "S2N_ERR_NULL": 0x18000009,
    "S2N_ERR_SAFETY": 0x1800000A,
    "S2N_ERR_INITIALIZED": 0x1800000B,
    "S2N_ERR_NOT_INITIALIZED": 0x1800000C,
    "S2N_ERR_RANDOM_UNINITIALIZED": 0x1800000D,
    "S2N_ERR_OPEN_RANDOM": 0x1800000E,
    "S2N_ERR_RESIZE_STATIC_STUFFER": 0x1800000F,
    "S2N_ERR_RESIZE_TAINTED_STUFFER": 0x18000010,
    "S2N_ERR_STUFFER_OUT_OF_DATA": 0x18000011,
    "S2N_ERR_STUFFER_IS_FULL": 0x18000012,
    "S2N_ERR_STUFFER_NOT_FOUND": 0x18000013,
    "S2N_ERR_STUFFER_HAS_UNPROCESSED_DATA": 0x18000014,
    "S2N_ERR_HASH_INVALID_ALGORITHM": 0x18000015,
    "S2N_ERR_PRF_INVALID_ALGORITHM": 0x18000016,
    "S2N_ERR_PRF_INVALID_SEED": 0x18000017,
    "S2N_ERR_PRF_DERIVE": 0x18000018,
    "S2N_ERR_P_HASH_INVALID_ALGORITHM": 0x18000019,
    "S2N_ERR_P_HASH_INIT_FAILED": 0x1800001A,
    "S2N_ERR_P_HASH_UPDATE_FAILED": 0x1800001B,
    "S2N_ERR_P_HASH_FINAL_FAILED": 0x1800001C,
    "S2N_ERR_P_HASH_WIPE_FAILED": 0x1800001D,
    "S2N_ERR_HMAC_INVALID_ALGORITHM": 0x1800001E,
    "S2N_ERR_HKDF_OUTPUT_SIZE": 0x1800001F,
    "S2N_ERR_HKDF": 0x18000020,
    "S2N_ERR_ALERT_PRESENT": 0x18000021,
    "S2N_ERR_HANDSHAKE_STATE": 0x18000022,
    "S2N_ERR_SHUTDOWN_PAUSED": 0x18000023,
    "S2N_ERR_SIZE_MISMATCH": 0x18000024,
    "S2N_ERR_RANDOM": 0x18000025,
    "S2N_ERR_KEY_CHECK": 0x18000026,
    "S2N_ERR_CIPHER_TYPE": 0x18000027,
    "S2N_ERR_MAP_DUPLICATE": 0x18000028,
    "S2N_ERR_MAP_IMMUTABLE": 0x18000029,
    "S2N_ERR_MAP_MUTABLE": 0x1800002A,
    "S2N_ERR_MAP_INVALID_MAP_SIZE": 0x1800002B,
    "S2N_ERR_INITIAL_HMAC": 0x1800002C,
    "S2N_ERR_INVALID_NONCE_TYPE": 0x1800002D,
    "S2N_ERR_UNIMPLEMENTED": 0x1800002E,
    "S2N_ERR_HANDSHAKE_UNREACHABLE": 0x1800002F,
    "S2N_ERR_READ": 0x18000030,
    "S2N_ERR_WRITE": 0x18000031,
    "S2N_ERR_BAD_FD": 0x18000032,
    "S2N_ERR_RDRAND_FAILED": 0x18000033,
    "S2N_ERR_FAILED_CACHE_RETRIEVAL": 0x18000034,
    "S2N_ERR_X509_TRUST_STORE": 0x18000035,
    "S2N_ERR_UNKNOWN_PROTOCOL_VERSION": 0x18000036,
    "S2N_ERR_NULL_CN_NAME": 0x18000037,
    "S2N_ERR_NULL_SANS": 0x18000038,
    "S2N_ERR_CLIENT_HELLO_VERSION": 0x18000039,
    "S2N_ERR_CLIENT_PROTOCOL_VERSION": 0x1800003A,
    "S2N_ERR_SERVER_PROTOCOL_VERSION": 0x1800003B,
    "S2N_ERR_ACTUAL_PROTOCOL_VERSION": 0x1800003C,
    "S2N_ERR_POLLING_FROM_SOCKET": 0x1800003D,
    "S2N_ERR_RECV_STUFFER_FROM_CONN": 0x1800003E,
    "S2N_ERR_SEND_STUFFER_TO_CONN": 0x1800003F,
    "S2N_ERR_PRECONDITION_VIOLATION": 0x18000040,
    "S2N_ERR_POSTCONDITION_VIOLATION": 0x18000041,
    "S2N_ERR_INTEGER_OVERFLOW": 0x18000042,
    "S2N_ERR_ARRAY_INDEX_OOB": 0x18000043,
    "S2N_ERR_FREE_STATIC_BLOB": 0x18000044,
    "S2N_ERR_RESIZE_STATIC_BLOB": 0x18000045,
    "S2N_ERR_RECORD_LENGTH_TOO_LARGE": 0x18000046,
    "S2N_ERR_SET_DUPLICATE_VALUE": 0x18000047,
    "S2N_ERR_INVALID_PARSED_EXTENSIONS": 0x18000048,
    "S2N_ERR_ASYNC_CALLBACK_FAILED": 0x18000049,
    "S2N_ERR_ASYNC_MORE_THAN_ONE": 0x1800004A,
    "S2N_ERR_PQ_CRYPTO": 0x1800004B,
    "S2N_ERR_INVALID_CERT_STATE": 0x1800004C,
    "S2N_ERR_INVALID_SUPPORTED_GROUP_STATE": 0x1800004D,
    "S2N_ERR_INVALID_EARLY_DATA_STATE": 0x1800004E,
    "S2N_ERR_PKEY_CTX_INIT": 0x1800004F,
    "S2N_ERR_LIBCRYPTO_VERSION_NUMBER_MISMATCH": 0x18000050,
    "S2N_ERR_LIBCRYPTO_VERSION_NAME_MISMATCH": 0x18000051,
    "S2N_ERR_INTERNAL_LIBCRYPTO_ERROR": 0x18000052,
    "S2N_ERR_OSSL_PROVIDER": 0x18000053,
    "S2N_ERR_BAD_HEX": 0x18000054,
    "S2N_ERR_TEST_ASSERTION": 0x18000055,
    "S2N_ERR_CONFIG_NULL_BEFORE_CH_CALLBACK": 0x18000056,
    "S2N_ERR_ZERO_LIFETIME_TICKET": 0x18000057,
    "S2N_ERR_NO_ALERT": 0x1C000000,
    "S2N_ERR_SERVER_MODE": 0x1C000001,
    "S2N_ERR_CLIENT_MODE": 0x1C000002,
    "S2N_ERR_CLIENT_MODE_DISABLED": 0x1C000003,
    "S2N_ERR_TOO_MANY_CERTIFICATES": 0x1C000004,
    "S2N_ERR_TOO_MANY_SIGNATURE_SCHEMES": 0x1C000005,
    "S2N_ERR_CLIENT_AUTH_NOT_SUPPORTED_IN_FIPS_MODE": 0x1C000006,
    "S2N_ERR_INVALID_BASE64": 0x1C000007,
    "S2N_ERR_INVALID_HEX": 0x1C000008,
    "S2N_ERR_INVALID_PEM": 0x1C000009,
    "S2N_ERR_DH_PARAMS_CREATE": 0x1C00000A,
    "S2N_ERR_DH_TOO_SMALL": 0x1C00000B,
    "S2N_ERR_DH_PARAMETER_CHECK": 0x1C00000C,
    "S2N_ERR_INVALID_PKCS3": 0x1C00000D,
    "S2N_ERR_NO_CERTIFICATE_IN_PEM": 0x1C00000E,
    "S2N_ERR_SERVER_NAME_TOO_LONG": 0x1C00000F,
    "S2N_ERR_NUM_DEFAULT_CERTIFICATES": 0x1C000010,
    "S2N_ERR_MULTIPLE_DEFAULT_CERTIFICATES_PER_AUTH_TYPE": 0x1C000011,
    "S2N_ERR_INVALID_CIPHER_PREFERENCES": 0x1C000012,
    "S2N_ERR_INVALID_APPLICATION_PROTOCOL": 0x1C000013,
    "S2N_ERR_KEY_MISMATCH": 0x1C000014,
    "S2N_ERR_SEND_SIZE": 0x1C000015,
    "S2N_ERR_CORK_SET_ON_UNMANAGED": 0x1C000016,
    "S2N_ERR_UNRECOGNIZED_EXTENSION": 0x1C000017,
    "S2N_ERR_EXTENSION_NOT_RECEIVED": 0x1C000018,
    "S2N_ERR_INVALID_SCT_LIST": 0x1C000019,
    "S2N_ERR_INVALID_OCSP_RESPONSE": 0x1C00001A,
    "S2N_ERR_UPDATING_EXTENSION": 0x1C00001B,
    "S2N_ERR_INVALID_SERIALIZED_SESSION_STATE": 0x1C00001C,
    "S2N_ERR_SERIALIZED_SESSION_STATE_TOO_LONG": 0x1C00001D,
    "S2N_ERR_SESSION_ID_TOO_LONG": 0x1C00001E,
    "S2N_ERR_CLIENT_AUTH_NOT_SUPPORTED_IN_SESSION_RESUMPTION_MODE": 0x1C00001F,
    "S2N_ERR_INVALID_TICKET_KEY_LENGTH": 0x1C000020,
    "S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH": 0x1C000021,
    "S2N_ERR_TICKET_KEY_NOT_UNIQUE": 0x1C000022,
    "S2N_ERR_TICKET_KEY_LIMIT": 0x1C000023,
    "S2N_ERR_NO_TICKET_ENCRYPT_DECRYPT_KEY": 0x1C000024,
    "S2N_ERR_ENCRYPT_DECRYPT_KEY_SELECTION_FAILED": 0x1C000025,
    "S2N_ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND": 0x1C000026,
    "S2N_ERR_SENDING_NST": 0x1C000027,
    "S2N_ERR_INVALID_DYNAMIC_THRESHOLD": 0x1C000028,
    "S2N_ERR_INVALID_ARGUMENT": 0x1C000029,
    "S2N_ERR_NOT_IN_UNIT_TEST": 0x1C00002A,
    "S2N_ERR_NOT_IN_TEST": 0x1C00002B,
    "S2N_ERR_UNSUPPORTED_CPU": 0x1C00002C,
    "S2N_ERR_SESSION_ID_TOO_SHORT": 0x1C00002D,
    "S2N_ERR_CONNECTION_CACHING_DISALLOWED": 0x1C00002E,
    "S2N_ERR_SESSION_TICKET_NOT_SUPPORTED": 0x1C00002F,
    "S2N_ERR_OCSP_NOT_SUPPORTED": 0x1C000030,
    "S2N_ERR_INVALID_SIGNATURE_ALGORITHMS_PREFERENCES": 0x1C000031,
    "S2N_ERR_RSA_PSS_NOT_SUPPORTED": 0x1C000032,
    "S2N_ERR_INVALID_ECC_PREFERENCES": 0x1C000033,
    "S2N_ERR_DEPRECATED_SECURITY_POLICY": 0x1C000034,
    "S2N_ERR_INVALID_SECURITY_POLICY": 0x1C000035,
    "S2N_ERR_INVALID_KEM_PREFERENCES": 0x1C000036,
    "S2N_ERR_ASYNC_ALREADY_PERFORMED": 0x1C000037,
    "S2N_ERR_ASYNC_NOT_PERFORMED": 0x1C000038,
    "S2N_ERR_ASYNC_WRONG_CONNECTION": 0x1C000039,
    "S2N_ERR_ASYNC_ALREADY_APPLIED": 0x1C00003A,
    "S2N_ERR_UNSUPPORTED_WITH_QUIC": 0x1C00003B,
    "S2N_ERR_DUPLICATE_PSK_IDENTITIES": 0x1C00003C,
    "S2N_ERR_OFFERED_PSKS_TOO_LONG": 0x1C00003D,
    "S2N_ERR_INVALID_SESSION_TICKET": 0x1C00003E,
    "S2N_ERR_REENTRANCY": 0x1C00003F,
    "S2N_ERR_INVALID_STATE": 0x1C000040,
    "S2N_ERR_EARLY_DATA_NOT_ALLOWED": 0x1C000041,
    "S2N_ERR_NO_CERT_FOUND": 0x1C000042,
    "S2N_ERR_CERT_NOT_VALIDATED": 0x1C000043,
    "S2N_ERR_NO_PRIVATE_KEY": 0x1C000044,
    "S2N_ERR_PSK_MODE": 0x1C000045,
    "S2N_ERR_X509_EXTENSION_VALUE_NOT_FOUND": 0x1C000046,
    "S2N_ERR_INVALID_X509_EXTENSION_TYPE": 0x1C000047,
    "S2N_ERR_INSUFFICIENT_MEM_SIZE": 0x1C000048,
    "S2N_ERR_KEYING_MATERIAL_EXPIRED": 0x1C000049,
    "S2N_ERR_SECRET_SCHEDULE_STATE": 0x1C00004A,
    "S2N_ERR_CERT_OWNERSHIP": 0x1C00004B,
    "S2N_ERR_HANDSHAKE_NOT_COMPLETE": 0x1C00004C,
    "S2N_ERR_KTLS_MANAGED_IO": 0x1C00004D,
    "S2N_ERR_KTLS_UNSUPPORTED_PLATFORM": 0x1C00004E,
    "S2N_ERR_KTLS_UNSUPPORTED_CONN": 0x1C00004F,
    "S2N_ERR_KTLS_ENABLE": 0x1C000050,
    "S2N_ERR_KTLS_BAD_CMSG": 0x1C000051,
    "S2N_ERR_KTLS_RENEG": 0x1C000052,
    "S2N_ERR_KTLS_SOCKOPT": 0x1C000053,
    "S2N_ERR_ATOMIC": 0x1C000054,
    "S2N_ERR_KTLS_KEY_LIMIT": 0x1C000055,
    "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT": 0x1C000056,
    "S2N_ERR_INVALID_SERIALIZED_CONNECTION": 0x1C000057,
    "S2N_ERR_TOO_MANY_CAS": 0x1C000058,
    "S2N_ERR_API_UNSUPPORTED_BY_LIBCRYPTO": 0x1C000059,
    "S2N_ERR_FIPS_MODE_UNSUPPORTED": 0x1C00005A,
}

# Names of security policies that can be chosen, in the order of the table.
POLICIES: Final[tuple[str, ...]] = (
    "default",
    "default_tls13",
    "default_fips",
    "default_pq",
    "20241106",
    "20240501",
    "20240502",
    "20240503",
    "20230317",
    "20240331",
    "20240417",
    "20240416",
    "20241001",
    "20250512",
    "20250721",
    "20251014",
    "20251015",
    "20241001_pq_mixed",
    "ELBSecurityPolicy-TLS-1-0-2015-04",
    "ELBSecurityPolicy-TLS-1-0-2015-05",
    "ELBSecurityPolicy-2016-08",
    "ELBSecurityPolicy-TLS-1-1-2017-01",
    "ELBSecurityPolicy-TLS-1-2-2017-01",
    "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
    "ELBSecurityPolicy-FS-2018-06",
    "ELBSecurityPolicy-FS-1-2-2019-08",
    "ELBSecurityPolicy-FS-1-1-2019-08",
    "ELBSecurityPolicy-FS-1-2-Res-2019-08",
    "ELBSecurityPolicy-TLS13-1-3-CNSA2-INTEROP1-FIPS-PQ-2026-07",
    "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP2-FIPS-PQ-2026-07",
    "ELBSecurityPolicy-TLS13-1-2-CNSA2-INTEROP3-FIPS-PQ-2026-07",
    "CloudFront-Upstream",
    "CloudFront-Upstream-TLS-1-0",
    "CloudFront-Upstream-TLS-1-1",
    "CloudFront-Upstream-TLS-1-2",
    "CloudFront-Upstream-2025",
    "CloudFront-Upstream-TLS-1-0-2025",
    "CloudFront-Upstream-TLS-1-1-2025",
    "CloudFront-Upstream-TLS-1-2-2025",
    "CloudFront-Upstream-TLS-1-3-2025",
    "CloudFront-Upstream-2025-PQ",
    "CloudFront-Upstream-TLS-1-0-2025-PQ",
    "CloudFront-Upstream-TLS-1-1-2025-PQ",
    "CloudFront-Upstream-TLS-1-2-2025-PQ",
    "CloudFront-Upstream-TLS-1-3-2025-PQ",
    "CloudFront-SSL-v-3",
    "CloudFront-TLS-1-0-2014",
    "CloudFront-TLS-1-0-2014-sha256",
    "CloudFront-TLS-1-0-2016",
    "CloudFront-TLS-1-1-2016",
    "CloudFront-TLS-1-2-2017",
    "CloudFront-TLS-1-2-2018-no-sha1",
    "CloudFront-TLS-1-2-2019-no-sha1",
    "CloudFront-TLS-1-2-2021-no-sha1",
    "CloudFront-TLS-1-2-2025",
    "CloudFront-TLS-1-3-2025",
    "CloudFront-SSL-v-3-no-pq",
    "CloudFront-TLS-1-0-2014-no-pq",
    "CloudFront-TLS-1-0-2014-sha256-no-pq",
    "CloudFront-TLS-1-0-2016-no-pq",
    "CloudFront-TLS-1-1-2016-no-pq",
    "CloudFront-TLS-1-2-2017-no-pq",
    "CloudFront-TLS-1-2-2018-no-sha1-no-pq",
    "CloudFront-TLS-1-2-2019-no-sha1-no-pq",
    "CloudFront-TLS-1-2-2021-no-sha1-no-pq",
    "CloudFront-TLS-1-2-2025-no-pq",
    "CloudFront-TLS-1-3-2025-no-pq",
    "CloudFront-TLS-1-0-2014-PQ-Beta",
    "CloudFront-TLS-1-2-2021-no-sha1-PQ-Beta",
    "CloudFront-TLS-1-2-2018-Beta",
    "CloudFront-TLS-1-2-2021-Chacha20-Boosted",
    "CloudFront-SSL-v-3-Legacy",
    "CloudFront-TLS-1-0-2014-Legacy",
    "CloudFront-TLS-1-0-2016-Legacy",
    "CloudFront-TLS-1-1-2016-Legacy",
    "CloudFront-TLS-1-2-2018-Legacy",
    "CloudFront-TLS-1-2-2019-Legacy",
    "CloudFront-TLS-1-2-2018",
    "CloudFront-TLS-1-2-2019",
    "CloudFront-TLS-1-2-2021",
    "AWS-CRT-SDK-SSLv3.0",
    "AWS-CRT-SDK-TLSv1.0",
    "AWS-CRT-SDK-TLSv1.1",
    "AWS-CRT-SDK-TLSv1.2",
    "AWS-CRT-SDK-TLSv1.3",
    "AWS-CRT-SDK-SSLv3.0-2023",
    "AWS-CRT-SDK-TLSv1.0-2023",
    "AWS-CRT-SDK-TLSv1.0-2025-PQ",
    "AWS-CRT-SDK-TLSv1.1-2023",
    "AWS-CRT-SDK-TLSv1.2-2023",
    "AWS-CRT-SDK-TLSv1.2-2023-PQ",
    "AWS-CRT-SDK-TLSv1.2-2025",
    "AWS-CRT-SDK-TLSv1.2-2025-PQ",
    "AWS-CRT-SDK-TLSv1.3-2023",
    "AWS-CRT-SDK-TLSv1.3-2025-PQ",
    "KMS-TLS-1-0-2018-10",
    "KMS-TLS-1-0-2021-08",
    "KMS-TLS-1-2-2023-06",
    "KMS-FIPS-TLS-1-2-2018-10",
    "KMS-FIPS-TLS-1-2-2021-08",
    "KMS-FIPS-TLS-1-2-2024-10",
    "PQ-TLS-1-2-2024-10-07",
    "PQ-TLS-1-2-2024-10-08",
    "PQ-TLS-1-2-2024-10-08_gcm",
    "PQ-TLS-1-2-2024-10-09",
    "20140601",
    "20141001",
    "20150202",
    "20150214",
    "20150306",
    "20160411",
    "20160804",
    "20160824",
    "20170210",
    "20170328",
    "20170328_gcm",
    "20190214",
    "20190214_gcm",
    "20210825",
    "20210825_gcm",
    "20170405",
    "20170405_gcm",
    "20170718",
    "20170718_gcm",
    "20190120",
    "20190121",
    "20190122",
    "20190801",
    "20190802",
    "20200207",
    "20201021",
    "20210816",
    "20210816_GCM",
    "20240603",
    "20250211",
    "20250414",
    "20250429",
    "20251013",
    "20251113",
    "20251114",
    "20251115",
    "20251116",
    "20251117",
    "20260219",
    "20260220",
    "20260513",
    "20260520",
    "20260520_gcm",
    "20260521",
    "20260521_gcm",
    "20260522",
    "20260522_gcm",
    "20260523",
    "20260523_gcm",
    "20260720",
    "20260722",
    "rfc9151",
    "cnsa_1",
    "cnsa_2",
    "cnsa_1_2_interop",
    "test_all",
    "test_all_fips",
    "test_all_ecdsa",
    "test_all_rsa_kex",
    "test_ecdsa_priority",
    "test_all_tls12",
    "test_all_tls13",
    "test_pq_only",
    "null",
)
