/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lua 5.4: how the types of support/script.h look there. Bytes and text are strings, nothing is turned into one; nil is
 * NULL. Errors are tables with name, type, message, code, alert, errno, source and where; their metatable is the
 * module's Error. SWIG's own objects trust any userdata to be theirs and its metatables can be reached by scripts; so
 * objects are made here, with metatables that are found by address and hidden from getmetatable().
 */
%{
#if LUA_VERSION_NUM < 504
#error "Lua 5.4 or later is needed"
#endif

/* A Lua string stays where it is as long as it is on the stack, and is terminated. Numbers are not strings here:
 * lua_tolstring() would change the caller's value. */
static bool s2n_string(lua_State *L, int at, const char **data, size_t *len)
{
    *data = NULL;
    *len = 0;
    if (lua_type(L, at) == LUA_TSTRING) {
        *data = lua_tolstring(L, at, len);
        return true;
    }
    return lua_isnoneornil(L, at);
}

static bool s2n_from_bytes(lua_State *L, int at, struct script_in *in)
{
    const char *data = NULL;
    bool ok = s2n_string(L, at, &data, &in->len);
    in->data = (const uint8_t *) data;
    return ok;
}

static bool s2n_from_text(lua_State *L, int at, struct script_chars *in)
{
    return s2n_string(L, at, &in->data, &in->len);
}

/* 3.0 is a whole number in Lua; "3" is text. */
static bool s2n_from_int(lua_State *L, int at, script_int *out)
{
    int whole = 0;
    if (lua_type(L, at) != LUA_TNUMBER) {
        return false;
    }
    *out = (script_int) lua_tointegerx(L, at, &whole);
    return whole != 0;
}

static bool s2n_from_bool(lua_State *L, int at, bool *out)
{
    *out = lua_toboolean(L, at) != 0;
    return true;
}

/* ---- errors ---- */

static const char s2n_error_key; /* its address is the place of the metatable in the registry */

static void s2n_put(lua_State *L, const char *key, const char *text)
{
    (void) lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

static void s2n_raise(lua_State *L)
{
    struct script_error error;

    script_take_error(&error);
    lua_createtable(L, 0, 8);
    s2n_put(L, "name", error.name);
    s2n_put(L, "type", error.type);
    s2n_put(L, "message", error.message);
    s2n_put(L, "source", error.source);
    lua_pushinteger(L, error.code);
    lua_setfield(L, -2, "code");
    lua_pushinteger(L, error.system);
    lua_setfield(L, -2, "errno");
    if (error.alert >= 0) {
        lua_pushinteger(L, error.alert);
        lua_setfield(L, -2, "alert");
    }
    luaL_where(L, 1);
    if (lua_rawlen(L, -1) == 0) { /* a constructor is called by the class, in C */
        lua_pop(L, 1);
        luaL_where(L, 2);
    }
    lua_setfield(L, -2, "where");
    (void) lua_rawgetp(L, LUA_REGISTRYINDEX, &s2n_error_key);
    (void) lua_setmetatable(L, -2);
}

static int s2n_error_text(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    (void) lua_getfield(L, 1, "where");
    (void) lua_getfield(L, 1, "name");
    (void) lua_getfield(L, 1, "message");
    (void) lua_pushfstring(L, "%s%s: %s", luaL_optstring(L, 2, ""), luaL_optstring(L, 3, "?"),
                           luaL_optstring(L, 4, ""));
    return 1;
}

/* SWIG's own complaint, about the number of arguments, gets a name too. */
static void s2n_count(lua_State *L, const char *name, int wanted)
{
    const char *method = strstr(name, "::");
    script_clear();
    (void) script_misuse(SCRIPT_WRONG_TYPE, "%s needs %d arguments (an object before the colon counts), not %d",
                         method != NULL ? method + 2 : name, wanted, lua_gettop(L));
    s2n_raise(L);
}
#undef SWIG_check_num_args
#define SWIG_check_num_args(name, least, most)               \
    if (lua_gettop(L) < (least) || lua_gettop(L) > (most)) { \
        s2n_count(L, name, most);                            \
        SWIG_fail;                                           \
    }

/* ---- values for Lua: making one can fail for want of memory, and then the C side must still be freed ---- */

static int s2n_make_bytes(lua_State *L)
{
    const struct script_out *out = lua_touserdata(L, 1);
    (void) lua_pushlstring(L, (const char *) out->data, out->len);
    return 1;
}

static void s2n_push_bytes(lua_State *L, struct script_out *out)
{
    if (out->none) {
        lua_pushnil(L);
        return;
    }
    lua_pushcfunction(L, s2n_make_bytes);
    lua_pushlightuserdata(L, out);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        script_out_free(out);
        (void) lua_error(L);
    }
}

static void s2n_push_text(lua_State *L, struct script_text *text)
{
    struct script_out out = {.data = (uint8_t *) text->data, .len = text->len, .none = text->none};
    s2n_push_bytes(L, &out);
}

/* ---- objects ---- */

struct s2n_proxy {
    void *ticket;
    swig_type_info *type;
};

/* The address of its type is where an object's metatable is in the registry. NULL if it is no object of ours. */
static struct s2n_proxy *s2n_proxy_at(lua_State *L, int at, swig_type_info *type)
{
    bool same = false;
    if (lua_type(L, at) != LUA_TUSERDATA || !lua_getmetatable(L, at)) {
        return NULL;
    }
    (void) lua_rawgetp(L, LUA_REGISTRYINDEX, type);
    same = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return same ? lua_touserdata(L, at) : NULL;
}

static int s2n_handle(lua_State *L, int at, void **ticket, swig_type_info *type)
{
    const struct s2n_proxy *proxy = NULL;

    *ticket = NULL;
    if (lua_isnil(L, at)) {
        return SWIG_OK;
    }
    proxy = s2n_proxy_at(L, at, type);
    if (proxy == NULL) {
        return SWIG_TypeError;
    }
    *ticket = proxy->ticket;
    return SWIG_OK;
}

/* __gc and __close. The type is the upvalue. */
static int s2n_drop(lua_State *L)
{
    const struct s2n_proxy *proxy = s2n_proxy_at(L, 1, lua_touserdata(L, lua_upvalueindex(1)));
    if (proxy != NULL) {
        script_drop(proxy->ticket);
    }
    return 0;
}

static int s2n_object_text(lua_State *L)
{
    const struct s2n_proxy *proxy = s2n_proxy_at(L, 1, lua_touserdata(L, lua_upvalueindex(1)));
    const swig_lua_class *class = ((swig_type_info *) lua_touserdata(L, lua_upvalueindex(1)))->clientdata;
    (void) lua_pushfstring(L, "s2n_tls.%s: %p", class->name, (const void *) proxy);
    return 1;
}

static int s2n_make_object(lua_State *L)
{
    const struct s2n_proxy *wanted = lua_touserdata(L, 1);
    struct s2n_proxy *proxy = lua_newuserdatauv(L, sizeof(*proxy), 0);
    *proxy = *wanted;
    (void) lua_rawgetp(L, LUA_REGISTRYINDEX, wanted->type);
    (void) lua_setmetatable(L, -2);
    return 1;
}

/* What an object is outside of Lua, in KiB. Told to the collector, which sees small userdata only. */
#define S2N_CONNECTION_SIZE 3
#define S2N_OTHER_SIZE 1

static void s2n_push_object(lua_State *L, void *ticket, swig_type_info *type)
{
    struct s2n_proxy wanted = {.ticket = ticket, .type = type};
    const swig_lua_class *class = type->clientdata;

    if (ticket == NULL) {
        lua_pushnil(L);
        return;
    }
    lua_pushcfunction(L, s2n_make_object);
    lua_pushlightuserdata(L, &wanted);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        script_drop(ticket);
        (void) lua_error(L);
    }
    if (lua_gc(L, LUA_GCISRUNNING)) {
        (void) lua_gc(L, LUA_GCSTEP, strcmp(class->name, "Connection") == 0 ? S2N_CONNECTION_SIZE : S2N_OTHER_SIZE);
    }
}
#undef SWIG_NewPointerObj
#define SWIG_NewPointerObj(L, ticket, type, own) s2n_push_object(L, (void *) (ticket), type)

/* Calling a class: the class itself is not an argument of the constructor, SWIG's function knows that. */
static void s2n_class(lua_State *L, swig_type_info *type)
{
    const swig_lua_class *class = type->clientdata;

    lua_newtable(L); /* the class, which is also where objects find their methods */
    luaL_setfuncs(L, class->methods, 0);
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, class->constructor);
    lua_setfield(L, -2, "__call");
    s2n_put(L, "__metatable", "s2n_tls class");
    (void) lua_setmetatable(L, -2);

    lua_createtable(L, 0, 6);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, "__index");
    (void) lua_pushfstring(L, "s2n_tls.%s", class->name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__name");
    lua_setfield(L, -2, "__metatable");
    lua_pushlightuserdata(L, type);
    lua_pushcclosure(L, s2n_drop, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__gc");
    lua_setfield(L, -2, "__close");
    lua_pushlightuserdata(L, type);
    lua_pushcclosure(L, s2n_object_text, 1);
    lua_setfield(L, -2, "__tostring");
    lua_rawsetp(L, LUA_REGISTRYINDEX, type);

    (void) lua_pushstring(L, class->name);
    lua_insert(L, -2);
    lua_rawset(L, -3); /* into the module */
}

/* The module is at the top of the stack. SWIG's global functions would take any userdata for theirs: they go. */
static void s2n_start(lua_State *L)
{
    lua_newtable(L);
    s2n_put(L, "__name", "s2n_tls.Error");
    lua_pushcfunction(L, s2n_error_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &s2n_error_key);
    (void) lua_pushstring(L, "Error");
    lua_insert(L, -2);
    lua_rawset(L, -3);
    (void) lua_pushstring(L, "_VERSION");
    (void) lua_pushstring(L, "0.9.0");
    lua_rawset(L, -3);

    lua_pushnil(L);
    lua_setglobal(L, "swig_type");
    lua_pushnil(L);
    lua_setglobal(L, "swig_equals");
}

#define S2N_VALUE(input) L, input
#define S2N_CONVERT_HANDLE(input, ticket, type, flags) s2n_handle(L, input, ticket, type)
#define S2N_RAISE     \
    do {              \
        s2n_raise(L); \
        SWIG_fail;    \
    } while (0)
%}

%define S2N_RETURN_BYTES(out) s2n_push_bytes(L, &out); SWIG_arg++ %enddef
%define S2N_RETURN_TEXT(out) s2n_push_text(L, &out); SWIG_arg++ %enddef
%define S2N_RETURN_INT(n) lua_pushinteger(L, (lua_Integer) n); SWIG_arg++ %enddef
%define S2N_RETURN_BOOL(b) lua_pushboolean(L, b ? 1 : 0); SWIG_arg++ %enddef

%init %{
    s2n_start(L);
    s2n_class(L, SWIGTYPE_p_script_connection);
    s2n_class(L, SWIGTYPE_p_script_config);
    s2n_class(L, SWIGTYPE_p_script_cert);
    s2n_class(L, SWIGTYPE_p_script_psk);
%}
