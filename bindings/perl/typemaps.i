/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Perl: how the types of support/script.h look there. Bytes are byte strings; a string with characters above 255 is a
 * wrong type. nil is undef. Errors are objects of S2N::TLS::Error::Io, ::Closed, ...: a hash with name, type, message,
 * code, alert, errno and source, a method for each, and text.
 */
%{
/* Works on a copy, which shares the bytes: the caller's scalar is not changed, and may change while other arguments are
 * looked at (tied ones run code). */
static bool s2n_string(pTHX_ SV *sv, const char **data, STRLEN *len, bool bytes)
{
    SvGETMAGIC(sv);
    *data = NULL;
    *len = 0;
    if (!SvOK(sv)) {
        return true;
    }
    if (SvROK(sv)) { /* an object passes as what it says it is, nothing else does */
        sv = SvAMAGIC(sv) ? AMG_CALLunary(sv, string_amg) : NULL;
        if (sv == NULL || SvROK(sv) || !SvOK(sv)) {
            return false;
        }
    }
    sv = sv_mortalcopy_flags(sv, 0);
    if (bytes && SvUTF8(sv) && !sv_utf8_downgrade(sv, 1)) {
        return false;
    }
    *data = SvPV(sv, *len);
    return true;
}

static bool s2n_from_bytes(pTHX_ SV *sv, struct script_in *in)
{
    STRLEN len = 0;
    const char *data = NULL;
    bool ok = s2n_string(aTHX_ sv, &data, &len, true);
    in->data = (const uint8_t *) data;
    in->len = len;
    return ok;
}

static bool s2n_from_text(pTHX_ SV *sv, struct script_chars *in)
{
    STRLEN len = 0;
    bool ok = s2n_string(aTHX_ sv, &in->data, &len, false);
    in->len = len;
    return ok;
}

static bool s2n_from_int(pTHX_ SV *sv, script_int *out)
{
    UV number = 0;
    int kind = 0;
    STRLEN len = 0;
    const char *text = NULL;

    SvGETMAGIC(sv);
    if (!SvOK(sv) || SvROK(sv)) {
        return false;
    }
    if (SvIOK(sv)) {
        *out = (script_int) SvIV_nomg(sv);
        return !SvIsUV(sv) || SvUV_nomg(sv) <= (UV) IV_MAX;
    }
    if (SvNOK(sv)) {
        NV value = SvNV_nomg(sv);
        *out = value > -9.2e18 && value < 9.2e18 ? (script_int) value : 0;
        return value == (NV) *out;
    }
    text = SvPV_nomg(sv, len);
    kind = grok_number(text, len, &number);
    if ((kind & IS_NUMBER_IN_UV) == 0 || (kind & (IS_NUMBER_NOT_INT | IS_NUMBER_GREATER_THAN_UV_MAX)) != 0 ||
        number > (UV) IV_MAX) {
        return false;
    }
    *out = (kind & IS_NUMBER_NEG) != 0 ? -(script_int) number : (script_int) number;
    return true;
}

static bool s2n_from_bool(pTHX_ SV *sv, bool *out)
{
    *out = SvTRUE(sv);
    return true;
}

static void s2n_raise(pTHX)
{
    struct script_error error;
    char package[64] = "S2N::TLS::Error::";
    size_t at = strlen(package);
    HV *hash = newHV();
    SV *object = sv_2mortal(newRV_noinc((SV *) hash));

    script_take_error(&error);
    for (size_t i = 0; error.type[i] != '\0' && at + 1 < sizeof(package); i++) {
        package[at++] = (char) (i == 0 ? error.type[i] : toLOWER(error.type[i]));
    }
    package[at] = '\0';
    (void) hv_stores(hash, "name", newSVpv(error.name, 0));
    (void) hv_stores(hash, "type", newSVpv(error.type, 0));
    (void) hv_stores(hash, "message", newSVpv(error.message, 0));
    (void) hv_stores(hash, "source", newSVpv(error.source, 0));
    (void) hv_stores(hash, "code", newSViv(error.code));
    (void) hv_stores(hash, "errno", newSViv(error.system));
    (void) hv_stores(hash, "alert", error.alert >= 0 ? newSViv(error.alert) : newSV(0));
    sv_bless(object, gv_stashpv(package, GV_ADD));
    sv_setsv(ERRSV, object);
}

/* What is called is the code itself, so a variable that held it may change. */
static bool s2n_ask(void *function, const char *text, size_t len, bool *answer)
{
    dTHX;
    dSP;
    bool ok = true;

    ENTER;
    SAVETMPS;
    PUSHMARK(SP);
    XPUSHs(sv_2mortal(newSVpvn(text, len)));
    PUTBACK;
    (void) call_sv((SV *) function, G_SCALAR | G_EVAL);
    SPAGAIN;
    SV *result = POPs;
    if (SvROK(ERRSV) || SvTRUE(ERRSV)) {
        script_clear();
        ok = script_misuse(SCRIPT_CALLBACK, "the callback died: %s", SvPV_nolen(ERRSV));
    } else {
        *answer = SvTRUE(result);
    }
    PUTBACK;
    FREETMPS;
    LEAVE;
    return ok;
}

static void s2n_forget(void *function)
{
    dTHX;
    SvREFCNT_dec((SV *) function);
}

static bool s2n_from_function(pTHX_ SV *sv, struct script_callback *out)
{
    SvGETMAGIC(sv);
    if (!SvOK(sv)) {
        return true;
    }
    if (!SvROK(sv) || SvTYPE(SvRV(sv)) != SVt_PVCV) {
        return false;
    }
    out->function = SvREFCNT_inc(SvRV(sv));
    out->ask = s2n_ask;
    out->forget = s2n_forget;
    return true;
}

static SV *s2n_bytes(pTHX_ const struct script_out *out)
{
    return out->none ? &PL_sv_undef : newSVpvn_flags((const char *) out->data, out->len, SVs_TEMP);
}

static SV *s2n_text(pTHX_ const struct script_text *out)
{
    if (out->none) {
        return &PL_sv_undef;
    }
    SV *sv = newSVpvn_flags(out->data, out->len, SVs_TEMP);
    sv_utf8_decode(sv);
    return sv;
}

/* SWIG's own complaints, about the number of arguments or a wrong self, get a name too. */
#undef SWIG_Error
#define SWIG_Error(code, text) \
    ((void) script_misuse(SCRIPT_WRONG_TYPE, "%s", (const char *) (text)), s2n_raise(aTHX))
%}

#define S2N_CALLBACKS
%define S2N_RETURN_BYTES(out) $result = s2n_bytes(aTHX_ &out); argvi++ %enddef
%define S2N_RETURN_TEXT(out) $result = s2n_text(aTHX_ &out); argvi++ %enddef
%define S2N_RETURN_INT(n) $result = sv_2mortal(newSViv((IV) n)); argvi++ %enddef
%define S2N_RETURN_BOOL(b) $result = boolSV(b); argvi++ %enddef

%{
#define S2N_VALUE(input) aTHX_ input
#define S2N_CONVERT_HANDLE(input, ticket, type, flags) SWIG_ConvertPtr(input, ticket, type, flags)
#define S2N_RAISE    \
    do {             \
        s2n_raise(aTHX); \
        SWIG_fail;   \
    } while (0)
%}

%perlcode %{
our $VERSION = '0.9.0';

# What C throws. Sees to it that "$@" reads well.
package S2N::TLS::Error;
use overload '""' => sub { "$_[0]{name}: $_[0]{message}" }, 'bool' => sub { 1 }, fallback => 1;
for my $field (qw(name type message code alert errno source)) {
    no strict 'refs';
    *$field = sub { $_[0]{$field} };
}
for my $type (qw(Io Closed Blocked Alert Proto Internal Usage)) {
    no strict 'refs';
    @{"S2N::TLS::Error::${type}::ISA"} = ('S2N::TLS::Error');
}

# A new interpreter thread gets no copies: two of them would own one object.
for my $class (qw(Connection Config CertChain Psk)) {
    no strict 'refs';
    *{"S2N::TLS::${class}::CLONE_SKIP"} = sub { 1 };
}

package S2N::TLS;
@EXPORT_OK = grep { /^S2N_[A-Za-z0-9_]+$/ } keys %S2N::TLS::;
%EXPORT_TAGS = (constants => [@EXPORT_OK]);
%}
