/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Java: how the types of support/script.h look there. Bytes are byte[], text is String, nil is null, numbers are long,
 * or int where every value fits. Methods are in camel case: set_fd is setFd. Errors are S2NException and its nested
 * classes, not checked. A proxy frees what it has by close(), or when a Cleaner finds it unreachable; there are no
 * finalizers. Strings cross JNI as UTF-8 in a byte[], because JNI's own strings are another encoding (Text.java).
 *
 * A failed method leaves its wrapper in the usual way, so that arguments are freed; the exception is pending by then and
 * the empty result is not looked at.
 */
/* Its own name, because handles.i asks for it inside a macro, where it would be replaced by nothing. */
#define S2N_OWN_TYPEMAPS S2N_OWN_TYPEMAPS
#define S2N_NO_INIT
#define S2N_CALLBACKS S2N_CALLBACKS

%include <enumsimple.swg>
%javaconst(1);

%rename("%(lowercamelcase)s", %$isfunction, %$ismember) "";

%{
#include <limits.h>
#include <stdlib.h>

static JavaVM *s2n_vm;

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *reserved)
{
    s2n_vm = vm;
    (void) reserved;
    if (!script_start()) {
        script_clear(); /* every constructor says so again */
    }
    return JNI_VERSION_1_8;
}

/* A copy, terminated: what the collector moves cannot be borrowed. NULL for null; false without memory. */
static bool s2n_copy(JNIEnv *jenv, jbyteArray array, void **data, size_t *len)
{
    jsize size = array != NULL ? (*jenv)->GetArrayLength(jenv, array) : 0;

    *data = NULL;
    *len = (size_t) size;
    if (array == NULL) {
        return true;
    }
    *data = calloc(1, (size_t) size + 1);
    if (*data == NULL) {
        return script_no_memory();
    }
    (*jenv)->GetByteArrayRegion(jenv, array, 0, size, (jbyte *) *data);
    return true;
}

static bool s2n_from_bytes(JNIEnv *jenv, jbyteArray array, struct script_in *in)
{
    bool ok = s2n_copy(jenv, array, &in->copy, &in->len);
    in->data = (const uint8_t *) in->copy;
    return ok;
}

static bool s2n_from_text(JNIEnv *jenv, jbyteArray array, struct script_chars *in)
{
    bool ok = s2n_copy(jenv, array, &in->copy, &in->len);
    in->data = (const char *) in->copy;
    return ok;
}

static jbyteArray s2n_bytes(JNIEnv *jenv, const void *data, size_t len, bool none)
{
    jbyteArray array = NULL;

    if (none || len > INT_MAX || (*jenv)->ExceptionCheck(jenv)) {
        return NULL;
    }
    array = (*jenv)->NewByteArray(jenv, (jsize) len); /* or an OutOfMemoryError is pending */
    if (array != NULL) {
        (*jenv)->SetByteArrayRegion(jenv, array, 0, (jsize) len, (const jbyte *) data);
    }
    return array;
}

/* Takes the error and makes it the pending exception. Whatever fails here leaves Java's own one pending. */
static void s2n_raise(JNIEnv *jenv)
{
    struct script_error error;
    jclass class = NULL;
    jmethodID make = NULL;
    jstring name, type, message, source;
    jthrowable thrown = NULL;

    script_take_error(&error);
    if ((*jenv)->ExceptionCheck(jenv) || (*jenv)->PushLocalFrame(jenv, 8) != 0) {
        return;
    }
    class = (*jenv)->FindClass(jenv, "s2n/tls/S2NException");
    if (class != NULL) {
        make = (*jenv)->GetStaticMethodID(jenv, class, "of",
            "(Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;III)Ls2n/tls/S2NException;");
    }
    /* All of these are plain ASCII. */
    if (make != NULL && (name = (*jenv)->NewStringUTF(jenv, error.name)) != NULL &&
        (type = (*jenv)->NewStringUTF(jenv, error.type)) != NULL &&
        (message = (*jenv)->NewStringUTF(jenv, error.message)) != NULL &&
        (source = (*jenv)->NewStringUTF(jenv, error.source)) != NULL) {
        thrown = (jthrowable) (*jenv)->CallStaticObjectMethod(jenv, class, make, name, type, message, source,
            (jint) error.code, (jint) error.alert, (jint) error.system);
        if (thrown != NULL && !(*jenv)->ExceptionCheck(jenv)) {
            (void) (*jenv)->Throw(jenv, thrown);
        }
    }
    (void) (*jenv)->PopLocalFrame(jenv, NULL);
}

#define S2N_RAISE s2n_raise(jenv)
#define S2N_VALUE(input) jenv, input

/* ---- a function of Java; every thread that gets here is one of Java's ---- */

static JNIEnv *s2n_env(void)
{
    void *env = NULL;
    return (*s2n_vm)->GetEnv(s2n_vm, &env, JNI_VERSION_1_8) == JNI_OK ? (JNIEnv *) env : NULL;
}

/* What Text.ask() gives for what was thrown, or for memory. */
static bool s2n_ask_failed(JNIEnv *jenv, jbyteArray text)
{
    char message[200] = "out of memory";
    jsize len = 0;

    (*jenv)->ExceptionClear(jenv);
    if (text != NULL) {
        len = (*jenv)->GetArrayLength(jenv, text);
        len = len < (jsize) sizeof(message) ? len : (jsize) sizeof(message) - 1;
        (*jenv)->GetByteArrayRegion(jenv, text, 0, len, (jbyte *) message);
        message[len] = '\0';
    }
    return script_misuse(SCRIPT_CALLBACK, "the callback failed: %s", message);
}

static bool s2n_ask(void *function, const char *text, size_t len, bool *answer)
{
    JNIEnv *jenv = s2n_env();
    jclass class = NULL;
    jmethodID ask = NULL;
    jbyteArray name = NULL, said = NULL;
    bool ok = false;

    *answer = false;
    if (jenv == NULL || (*jenv)->PushLocalFrame(jenv, 8) != 0) {
        return jenv != NULL ? s2n_ask_failed(jenv, NULL) : script_no_memory();
    }
    if ((class = (*jenv)->FindClass(jenv, "s2n/tls/Text")) != NULL &&
        (ask = (*jenv)->GetStaticMethodID(jenv, class, "ask", "(Ljava/util/function/Predicate;[B)[B")) != NULL &&
        (name = s2n_bytes(jenv, text, len, false)) != NULL) {
        said = (jbyteArray) (*jenv)->CallStaticObjectMethod(jenv, class, ask, (jobject) function, name);
    }
    script_clear(); /* what the function did with other objects */
    if ((*jenv)->ExceptionCheck(jenv) || said == NULL || (*jenv)->GetArrayLength(jenv, said) > 1) {
        ok = s2n_ask_failed(jenv, (*jenv)->ExceptionCheck(jenv) ? NULL : said);
    } else {
        *answer = (*jenv)->GetArrayLength(jenv, said) == 1;
        ok = true;
    }
    (void) (*jenv)->PopLocalFrame(jenv, NULL);
    return ok;
}

static void s2n_forget(void *function)
{
    JNIEnv *jenv = s2n_env();
    if (jenv != NULL) {
        (*jenv)->DeleteGlobalRef(jenv, (jobject) function);
    }
}

static bool s2n_from_function(JNIEnv *jenv, jobject function, struct script_callback *out)
{
    if (function == NULL) {
        return true;
    }
    *out = (struct script_callback){(*jenv)->NewGlobalRef(jenv, function), s2n_ask, s2n_forget};
    return out->function != NULL || script_no_memory();
}
%}

%typemap(jni) struct script_callback "jobject"
%typemap(jtype) struct script_callback "java.util.function.Predicate<String>"
%typemap(jstype) struct script_callback "java.util.function.Predicate<String>"
%typemap(javain) struct script_callback "$javainput"
/* ---- bytes and text ---- */

%typemap(jni) struct script_in, struct script_out, struct script_chars, struct script_text "jbyteArray"
%typemap(jtype) struct script_in, struct script_out, struct script_chars, struct script_text "byte[]"
%typemap(jstype) struct script_in, struct script_out "byte[]"
%typemap(jstype) struct script_chars, struct script_text "String"

%typemap(in) struct script_in {
    memset(&$1, 0, sizeof($1));
    if (!s2n_from_bytes(jenv, $input, &$1)) {
        S2N_RAISE;
        return $null;
    }
}
%typemap(in) struct script_chars {
    memset(&$1, 0, sizeof($1));
    if (!s2n_from_text(jenv, $input, &$1)) {
        S2N_RAISE;
        return $null;
    }
}
%typemap(freearg) struct script_in "script_in_free(&$1);"
%typemap(freearg) struct script_chars "script_chars_free(&$1);"
%typemap(javain) struct script_in "$javainput"
%typemap(javain) struct script_chars "Text.toUtf8($javainput)"

%typemap(out) struct script_out, struct script_text {
    $result = s2n_bytes(jenv, $1.data, $1.len, $1.none);
}
%typemap(ret) struct script_out "script_out_free(&$1);"
%typemap(ret) struct script_text "script_text_free(&$1);"
%typemap(javaout) struct script_out {
    return $jnicall;
  }
%typemap(javaout) struct script_text {
    return Text.fromUtf8($jnicall);
  }

/* ---- numbers that fit an int, so that they can be switched on and used as sizes ---- */

%define S2N_INT(METHOD)
%typemap(jstype) long long METHOD "int"
%typemap(javaout) long long METHOD {
    return (int) $jnicall;
  }
%enddef
S2N_INT(negotiate)
S2N_INT(shutdown)
S2N_INT(shutdown_send)
S2N_INT(flush)
S2N_INT(blocked)
S2N_INT(send)
S2N_INT(send_early_data)
S2N_INT(peek)
S2N_INT(get_cipher_iana_value)
S2N_INT(get_read_fd)
S2N_INT(get_write_fd)
S2N_INT(get_mode)
S2N_INT(get_alert)
S2N_INT(get_client_auth_type)
S2N_INT(get_actual_protocol_version)
S2N_INT(get_client_protocol_version)
S2N_INT(get_server_protocol_version)
S2N_INT(get_selected_signature_algorithm)
S2N_INT(get_selected_digest_algorithm)
S2N_INT(get_selected_client_cert_signature_algorithm)
S2N_INT(get_selected_client_cert_digest_algorithm)
S2N_INT(get_certificate_match)
S2N_INT(get_early_data_status)
S2N_INT(get_length)

/* ---- handles ---- */

%define S2N_PROXY(KIND, CLASS)
%typemap(javaclassmodifiers) struct KIND "public final class"
%typemap(javainterfaces) struct KIND "AutoCloseable"
%typemap(javabody) struct KIND %{
  private final long swigCPtr; /* a ticket, not an address */
  private final java.lang.ref.Cleaner.Cleanable cleanable;

  CLASS(long ticket, boolean owned) {
    this.swigCPtr = ticket;
    this.cleanable = Native.cleanable(this, owned ? () -> S2NJNI.delete_##CLASS(ticket) : () -> { });
  }

  static long getCPtr(CLASS object) {
    return object == null ? 0 : object.swigCPtr;
  }
%}
%typemap(javadestruct, methodname="release", methodmodifiers="synchronized") struct KIND {
    cleanable.clean();
  }
%typemap(javafinalize) struct KIND ""
%typemap(javadispose) struct KIND ""
%typemap(javadispose_derived) struct KIND ""
%typemap(javaout) struct KIND * {
    long ticket = $jnicall;
    return ticket == 0 ? null : new CLASS(ticket, $owner);
  }
%typemap(javaout) void KIND::close {
    $jnicall;
    cleanable.clean();
  }
%enddef
S2N_PROXY(script_connection, Connection)
S2N_PROXY(script_config, Config)
S2N_PROXY(script_cert, CertChain)
S2N_PROXY(script_psk, Psk)

/* ---- the module's classes ---- */

%pragma(java) jniclassclassmodifiers="final class"
%pragma(java) jniclasscode=%{
  static {
    Native.load();
  }
%}
%pragma(java) moduleclassmodifiers="public final class"
%pragma(java) modulecode=%{
  private S2N() {
  }

  /** Text from an extension's value (a UTF8String in DER). */
  public static String utf8FromExtension(byte[] value) {
    return Text.fromUtf8(utf8_from_extension(value));
  }

  /** The version number of libcrypto's headers that the library was built with. */
  public static long getOpensslVersion() {
    return get_openssl_version();
  }

  /** Whether libcrypto was in FIPS mode when the library was started. */
  public static boolean getFipsMode() {
    return get_fips_mode() != 0;
  }

  /** For tests: how many objects of the library are alive. */
  public static long liveObjects() {
    return live_objects();
  }
%}
%javamethodmodifiers script_live "private";
%javamethodmodifiers script_utf8_from_extension "private";
%javamethodmodifiers script_get_openssl_version "private";
%javamethodmodifiers script_get_fips_mode "private";
