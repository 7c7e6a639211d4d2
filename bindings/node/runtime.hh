/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Node.js: what SWIG's own run time for V8 lacks, included by the wrapper that it writes. Objects that are recognised by
 * their class and not by having a hidden field (a Buffer has those too); everything per isolate, so that worker threads
 * can load the module; memory that a failed call gives back as well; and the one function that the library may call back.
 */
#ifndef S2N_NODE_RUNTIME_HH
#define S2N_NODE_RUNTIME_HH

#include <dlfcn.h>
#include <math.h>
#include <memory>
#include <mutex>
#include <new>
#include <node.h>
#include <node_buffer.h>

/* The object behind a handle: its ticket, and how V8 tells when nobody needs it any more. All of an isolate's are in a
 * list, for the end of a worker thread, where no collector comes round. */
struct s2n_proxy {
    void *ticket;
    v8::Persistent<v8::Object> object;
    int64_t weight;
    s2n_proxy *next, **link;
};

/* A function to call back. It is held by the config's JavaScript object, and that one by the connection's, so that the
 * collector sees all of it; from here it is only seen. */
struct s2n_function {
    v8::Persistent<v8::Function> code;
    s2n_function *next; /* among those that are not needed any more */
};

struct s2n_class {
    swig_type_info *type;
    v8::Persistent<v8::FunctionTemplate> made_by;
};

/* What one isolate has. There is one isolate per thread. */
struct s2n_isolate {
    s2n_class classes[4];
    size_t class_count;
    v8::Persistent<v8::Object> error_classes;
    v8::Persistent<v8::Object> exports;
    v8::Persistent<v8::Value> cause; /* what a callback threw */
    s2n_proxy *proxies;
    s2n_function *unneeded;
};

static thread_local s2n_isolate *s2n_here;
static std::mutex s2n_loading;

/* The collector may have said so, which is no time to touch V8's handles. */
static void s2n_free_functions(void)
{
    while (s2n_here != nullptr && s2n_here->unneeded != nullptr) {
        s2n_function *gone = s2n_here->unneeded;
        s2n_here->unneeded = gone->next;
        gone->code.Reset();
        delete gone;
    }
}

/* ---- one call ---- */

/* Text is copied out of V8, memory of buffers is held: both as long as the call, however that ends. */
class s2n_call {
public:
    s2n_call() : outer(innermost), copies(nullptr), held_count(0)
    {
        innermost = this;
        s2n_free_functions();
    }
    ~s2n_call()
    {
        while (copies != nullptr) {
            copy *gone = copies;
            copies = gone->next;
            explicit_bzero(gone->bytes(), gone->len);
            free(gone);
        }
        innermost = outer;
    }
    s2n_call(const s2n_call &) = delete;
    s2n_call &operator=(const s2n_call &) = delete;

    /* Room for len bytes and a terminator; NULL without memory, which is noted. */
    static char *room(size_t len)
    {
        copy *made = static_cast<copy *>(malloc(sizeof(copy) + len + 1));
        if (made == nullptr) {
            (void) script_no_memory();
            return nullptr;
        }
        made->len = len;
        made->next = innermost->copies;
        innermost->copies = made;
        made->bytes()[len] = '\0';
        return made->bytes();
    }

    /* Keeps a buffer's memory, even if a callback gives the buffer away. False if there are too many. */
    static bool hold(const std::shared_ptr<v8::BackingStore> &store)
    {
        if (innermost->held_count == sizeof(innermost->held) / sizeof(innermost->held[0])) {
            return false;
        }
        innermost->held[innermost->held_count++] = store;
        return true;
    }

private:
    struct copy {
        copy *next;
        size_t len;
        char *bytes() { return reinterpret_cast<char *>(this + 1); }
    };
    static thread_local s2n_call *innermost;
    s2n_call *outer;
    copy *copies;
    std::shared_ptr<v8::BackingStore> held[4];
    size_t held_count;
};
thread_local s2n_call *s2n_call::innermost;

/* ---- errors ---- */

static v8::Local<v8::String> s2n_js_text(const char *text)
{
    return v8::String::NewFromUtf8(v8::Isolate::GetCurrent(), text).FromMaybe(v8::Local<v8::String>());
}

static void s2n_property(v8::Local<v8::Object> object, const char *name, v8::Local<v8::Value> value)
{
    v8::Local<v8::Context> context = v8::Isolate::GetCurrent()->GetCurrentContext();
    v8::Local<v8::String> key = s2n_js_text(name);
    if (!key.IsEmpty() && !value.IsEmpty()) {
        (void) object->CreateDataProperty(context, key, value);
    }
}

/* The class of the error's type, from index.js. */
static void s2n_set_class(v8::Local<v8::Object> error, const char *type)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Value> prototype;

    if (s2n_here != nullptr && !s2n_here->error_classes.IsEmpty() &&
        s2n_here->error_classes.Get(isolate)->Get(context, s2n_js_text(type)).ToLocal(&prototype) &&
        prototype->IsObject()) {
        (void) error->SetPrototype(context, prototype);
    }
}

static void s2n_raise(void)
{
    struct script_error error;
    v8::Isolate *isolate = v8::Isolate::GetCurrent();

    script_take_error(&error);
    if (isolate->IsExecutionTerminating()) {
        return;
    }
    v8::Local<v8::Object> object = v8::Exception::Error(s2n_js_text(error.message)).As<v8::Object>();
    s2n_set_class(object, error.type);
    s2n_property(object, "name", s2n_js_text(error.name));
    s2n_property(object, "type", s2n_js_text(error.type));
    s2n_property(object, "code", v8::Integer::New(isolate, error.code));
    s2n_property(object, "alert", error.alert >= 0 ? v8::Integer::New(isolate, error.alert).As<v8::Value>()
                                                   : v8::Null(isolate).As<v8::Value>());
    s2n_property(object, "errno", v8::Integer::New(isolate, error.system));
    s2n_property(object, "source", s2n_js_text(error.source));
    if (strcmp(error.name, SCRIPT_CALLBACK) == 0 && !s2n_here->cause.IsEmpty()) {
        s2n_property(object, "cause", s2n_here->cause.Get(isolate));
        s2n_here->cause.Reset();
    }
    isolate->ThrowException(object);
}

/* SWIG's own complaints, about the number of arguments or a wrong `new`. */
static void s2n_complain(const char *text)
{
    script_clear();
    (void) script_misuse(SCRIPT_WRONG_TYPE, "%s", text);
    s2n_raise();
}

/* index.js hands over an object with a prototype for each type of error. */
static void s2n_set_error_classes(const v8::FunctionCallbackInfo<v8::Value> &args)
{
    if (args.Length() == 1 && args[0]->IsObject() && s2n_here != nullptr) {
        s2n_here->error_classes.Reset(args.GetIsolate(), args[0].As<v8::Object>());
    }
}

/* ---- objects ---- */

static s2n_class *s2n_find_class(swig_type_info *type)
{
    for (size_t i = 0; s2n_here != nullptr && i < s2n_here->class_count; i++) {
        if (s2n_here->classes[i].type == type) {
            return &s2n_here->classes[i];
        }
    }
    return nullptr;
}

static void s2n_add_class(swig_type_info *type, v8::Local<v8::FunctionTemplate> made_by)
{
    assert(s2n_here->class_count < sizeof(s2n_here->classes) / sizeof(s2n_here->classes[0]));
    s2n_class *entry = &s2n_here->classes[s2n_here->class_count++];
    entry->type = type;
    entry->made_by.Reset(v8::Isolate::GetCurrent(), made_by);
}

static v8::Local<v8::FunctionTemplate> s2n_class_template(const char *name)
{
    v8::Local<v8::FunctionTemplate> made = v8::FunctionTemplate::New(v8::Isolate::GetCurrent());
    made->SetClassName(s2n_js_text(name));
    made->InstanceTemplate()->SetInternalFieldCount(1);
    return made;
}

/* Whether V8 made it from this class, or one derived from it. */
static bool s2n_is_instance(v8::Local<v8::Value> value, swig_type_info *type)
{
    s2n_class *entry = s2n_find_class(type);
    return entry != nullptr && value->IsObject() &&
        entry->made_by.Get(v8::Isolate::GetCurrent())->HasInstance(value);
}

/* null and undefined are nil. */
static int s2n_handle(v8::Local<v8::Value> value, void **ticket, swig_type_info *type)
{
    *ticket = nullptr;
    if (value->IsNullOrUndefined()) {
        return SWIG_OK;
    }
    if (!s2n_is_instance(value, type)) {
        return SWIG_ERROR;
    }
    s2n_proxy *proxy = static_cast<s2n_proxy *>(value.As<v8::Object>()->GetAlignedPointerFromInternalField(0));
    if (proxy == nullptr) {
        return SWIG_ERROR; /* its constructor has failed */
    }
    *ticket = proxy->ticket;
    return SWIG_OK;
}

/* Lets go of the library's object. May run inside the collector: no V8 but the counter and Reset(). */
static void s2n_end(s2n_proxy *proxy)
{
    *proxy->link = proxy->next;
    if (proxy->next != nullptr) {
        proxy->next->link = proxy->link;
    }
    proxy->object.Reset();
    script_drop(proxy->ticket);
    delete proxy;
}

static void s2n_unreachable(const v8::WeakCallbackInfo<s2n_proxy> &data)
{
    int64_t weight = data.GetParameter()->weight;
    s2n_end(data.GetParameter());
    data.GetIsolate()->AdjustAmountOfExternalAllocatedMemory(-weight);
}

/* About what the library has for one; the collector comes sooner for it. */
static int64_t s2n_weight(swig_type_info *type)
{
    return strstr(type->name, "connection") != nullptr ? 16384 : 4096;
}

/* Makes an empty instance own a ticket. */
static bool s2n_attach(v8::Local<v8::Object> object, void *ticket, swig_type_info *type)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    s2n_proxy *proxy = new (std::nothrow) s2n_proxy();
    if (proxy == nullptr) {
        script_drop(ticket);
        return script_no_memory();
    }
    proxy->ticket = ticket;
    proxy->weight = s2n_weight(type);
    proxy->next = s2n_here->proxies;
    proxy->link = &s2n_here->proxies;
    if (proxy->next != nullptr) {
        proxy->next->link = &proxy->next;
    }
    s2n_here->proxies = proxy;
    object->SetAlignedPointerInInternalField(0, proxy);
    proxy->object.Reset(isolate, object);
    proxy->object.SetWeak(proxy, s2n_unreachable, v8::WeakCallbackType::kParameter);
    isolate->AdjustAmountOfExternalAllocatedMemory(proxy->weight);
    return true;
}

/* A new object of the class for a ticket that a method gave; null for none. Empty if V8 or memory failed. */
static v8::Local<v8::Value> s2n_wrap(void *ticket, swig_type_info *type)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Object> object;
    s2n_class *entry = s2n_find_class(type);

    if (ticket == nullptr) {
        return v8::Null(isolate);
    }
    if (entry == nullptr || !entry->made_by.Get(isolate)->InstanceTemplate()
                                 ->NewInstance(isolate->GetCurrentContext()).ToLocal(&object)) {
        script_drop(ticket);
        return v8::Undefined(isolate); /* V8 has thrown */
    }
    object->SetAlignedPointerInInternalField(0, nullptr);
    if (!s2n_attach(object, ticket, type)) {
        s2n_raise();
    }
    return object;
}

/* Whether a constructor was called as one. */
static bool s2n_begin_object(const v8::FunctionCallbackInfo<v8::Value> &args, swig_type_info *type)
{
    if (!args.IsConstructCall() || !s2n_is_instance(args.This(), type)) {
        s2n_complain("call the constructor with new");
        return false;
    }
    args.This()->SetAlignedPointerInInternalField(0, nullptr);
    return true;
}

/* ---- the isolate's life ---- */

static void s2n_leave(void *state)
{
    s2n_isolate *here = static_cast<s2n_isolate *>(state);
    while (here->proxies != nullptr) {
        s2n_end(here->proxies);
    }
    for (size_t i = 0; i < here->class_count; i++) {
        here->classes[i].made_by.Reset();
    }
    s2n_free_functions();
    here->error_classes.Reset();
    here->exports.Reset();
    here->cause.Reset();
    s2n_here = nullptr;
    delete here;
}

/* A node with an OpenSSL of its own lends it to all that it loads. An older one than libs2n was built for lacks
 * functions, which would then come from another library, on data of this one: better not to begin. */
static bool s2n_crypto_fits(v8::Isolate *isolate)
{
    const char text[] = "this node has an older OpenSSL than libs2n was built for";
    unsigned long (*version)(void) = nullptr;
    *reinterpret_cast<void **>(&version) = dlsym(RTLD_DEFAULT, "OpenSSL_version_num");

    if (version == nullptr || version() >> 20 >= static_cast<unsigned long>(script_get_openssl_version()) >> 20) {
        return true;
    }
    isolate->ThrowException(v8::Exception::Error(s2n_js_text(text)));
    return false;
}

/* The module is loaded for the first time here. */
static void s2n_arrive(v8::Local<v8::Object> exports, v8::Local<v8::Context> context)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Function> setter =
        v8::FunctionTemplate::New(isolate, s2n_set_error_classes)->GetFunction(context).ToLocalChecked();

    s2n_here = new s2n_isolate();
    s2n_here->exports.Reset(isolate, exports);
    node::AddEnvironmentCleanupHook(isolate, s2n_leave, s2n_here);
    exports->Set(context, s2n_js_text("set_error_classes"), setter).Check();
}

/* Loaded once more, because somebody has emptied the cache of modules: gives the same classes again. */
static bool s2n_again(v8::Local<v8::Value> module, v8::Local<v8::Context> context)
{
    if (s2n_here == nullptr) {
        return false;
    }
    v8::Local<v8::Object> exports = s2n_here->exports.Get(v8::Isolate::GetCurrent());
    module.As<v8::Object>()->Set(context, s2n_js_text("exports"), exports).Check();
    return true;
}

/* ---- arguments ---- */

static bool s2n_may_change(const std::shared_ptr<v8::BackingStore> &store)
{
#if V8_MAJOR_VERSION >= 11
    if (store->IsResizableByUserJavaScript()) {
        return true;
    }
#endif
    return store->IsShared();
}

/* An ArrayBuffer's memory stays put as long as it is held. What other threads can change, and what can shrink, is
 * copied. */
static bool s2n_from_memory(std::shared_ptr<v8::BackingStore> store, size_t from, size_t len, struct script_in *in)
{
    static const uint8_t EMPTY[1] = {0};

    in->data = EMPTY;
    in->len = 0;
    if (store->Data() == nullptr || len == 0 || from > store->ByteLength() || len > store->ByteLength() - from) {
        return true;
    }
    in->data = static_cast<const uint8_t *>(store->Data()) + from;
    in->len = len;
    if (s2n_may_change(store) || !s2n_call::hold(store)) {
        char *copy = s2n_call::room(len);
        if (copy == nullptr) {
            return false;
        }
        memcpy(copy, in->data, len);
        in->data = reinterpret_cast<const uint8_t *>(copy);
    }
    return true;
}

static std::shared_ptr<v8::BackingStore> s2n_store(v8::Local<v8::Value> memory)
{
    return memory->IsSharedArrayBuffer() ? memory.As<v8::SharedArrayBuffer>()->GetBackingStore()
                                         : memory.As<v8::ArrayBuffer>()->GetBackingStore();
}

/* Buffer, Uint8Array, any other view, ArrayBuffer, SharedArrayBuffer. Never a string: that has no bytes. */
static bool s2n_from_bytes(v8::Local<v8::Value> value, struct script_in *in)
{
    memset(in, 0, sizeof(*in));
    if (value->IsNullOrUndefined()) {
        return true;
    }
    if (value->IsArrayBufferView()) {
        v8::Local<v8::ArrayBufferView> view = value.As<v8::ArrayBufferView>();
        v8::Local<v8::Value> memory = view->Buffer();
        return s2n_from_memory(s2n_store(memory), view->ByteOffset(), view->ByteLength(), in);
    }
    if (value->IsArrayBuffer() || value->IsSharedArrayBuffer()) {
        std::shared_ptr<v8::BackingStore> store = s2n_store(value);
        size_t len = store->ByteLength();
        return s2n_from_memory(std::move(store), 0, len, in);
    }
    return false;
}

static bool s2n_from_text(v8::Local<v8::Value> value, struct script_chars *in)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();

    memset(in, 0, sizeof(*in));
    if (value->IsNullOrUndefined()) {
        return true;
    }
    if (!value->IsString()) {
        return false;
    }
    v8::Local<v8::String> text = value.As<v8::String>();
    in->len = static_cast<size_t>(text->Utf8Length(isolate));
    char *copy = s2n_call::room(in->len);
    if (copy == nullptr) {
        return false;
    }
    (void) text->WriteUtf8(isolate, copy, static_cast<int>(in->len), nullptr,
                           v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
    in->data = copy;
    return true;
}

/* A number without a fraction, or a BigInt. */
static bool s2n_from_int(v8::Local<v8::Value> value, script_int *out)
{
    if (value->IsBigInt()) {
        bool whole = false;
        *out = value.As<v8::BigInt>()->Int64Value(&whole);
        return whole;
    }
    if (!value->IsNumber()) {
        return false;
    }
    double number = value.As<v8::Number>()->Value();
    if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0) || number != floor(number)) {
        return false;
    }
    *out = static_cast<script_int>(number);
    return true;
}

static bool s2n_from_bool(v8::Local<v8::Value> value, bool *out)
{
    *out = value->BooleanValue(v8::Isolate::GetCurrent());
    return true;
}

/* ---- the callback ---- */

static void s2n_note_throw(v8::Isolate *isolate, v8::TryCatch &attempt)
{
    v8::Local<v8::Message> message = attempt.Message();

    s2n_here->cause.Reset(isolate, attempt.Exception());
    if (message.IsEmpty()) {
        (void) script_misuse(SCRIPT_CALLBACK, "the callback threw");
        return;
    }
    v8::String::Utf8Value text(isolate, message->Get());
    (void) script_misuse(SCRIPT_CALLBACK, "the callback threw: %s", *text != nullptr ? *text : "");
}

/* Nothing but true and false is an answer: a promise would be true for everybody. */
static bool s2n_note_answer(v8::Local<v8::Value> value, bool *answer)
{
    *answer = value->IsTrue();
    return value->IsBoolean() || script_misuse(SCRIPT_CALLBACK, "the callback gave neither true nor false");
}

static bool s2n_ask(void *function, const char *text, size_t len, bool *answer)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::HandleScope scope(isolate);
    v8::TryCatch attempt(isolate);
    v8::Local<v8::Context> context = isolate->GetCurrentContext();
    v8::Local<v8::Function> code = static_cast<s2n_function *>(function)->code.Get(isolate);
    v8::Local<v8::String> name;
    v8::Local<v8::Value> argument, result;

    *answer = false;
    if (code.IsEmpty() ||
        !v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kNormal, static_cast<int>(len)).ToLocal(&name)) {
        return script_misuse(SCRIPT_CALLBACK, "the callback cannot be called");
    }
    argument = name;
    bool done = code->Call(context, v8::Undefined(isolate), 1, &argument).ToLocal(&result);
    script_clear();
    if (done) {
        return s2n_note_answer(result, answer);
    }
    if (attempt.HasTerminated()) { /* the whole thread stops */
        attempt.ReThrow();
        return script_misuse(SCRIPT_CALLBACK, "the callback was stopped");
    }
    s2n_note_throw(isolate, attempt);
    return false;
}

static void s2n_forget(void *function)
{
    s2n_function *gone = static_cast<s2n_function *>(function);
    if (s2n_here != nullptr) { /* else the isolate is gone, and its functions with it */
        gone->next = s2n_here->unneeded;
        s2n_here->unneeded = gone;
    }
}

static bool s2n_from_function(v8::Local<v8::Value> value, struct script_callback *out)
{
    if (value->IsNullOrUndefined()) {
        return true;
    }
    if (!value->IsFunction()) {
        return false;
    }
    s2n_function *made = new (std::nothrow) s2n_function();
    if (made == nullptr) {
        return script_no_memory();
    }
    made->code.Reset(v8::Isolate::GetCurrent(), value.As<v8::Function>());
    made->code.SetWeak();
    out->function = made;
    out->ask = s2n_ask;
    out->forget = s2n_forget;
    return true;
}

/* The object keeps the value, of which there is one, where programs do not see it. */
static void s2n_keep(v8::Local<v8::Object> object, v8::Local<v8::Value> value)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Private> key = v8::Private::ForApi(isolate, s2n_js_text("s2n_keeps"));
    (void) object->SetPrivate(isolate->GetCurrentContext(), key, value);
}

/* ---- results ---- */

static v8::Local<v8::Value> s2n_bytes(const struct script_out *out)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Object> made;

    if (out->none) {
        return v8::Null(isolate);
    }
    if (!node::Buffer::Copy(isolate, reinterpret_cast<const char *>(out->data), out->len).ToLocal(&made)) {
        return v8::Undefined(isolate); /* V8 has thrown */
    }
    return made;
}

static v8::Local<v8::Value> s2n_text(const struct script_text *out)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::String> made;

    if (out->none) {
        return v8::Null(isolate);
    }
    if (!v8::String::NewFromUtf8(isolate, out->data, v8::NewStringType::kNormal, static_cast<int>(out->len))
             .ToLocal(&made)) {
        return v8::Undefined(isolate);
    }
    return made;
}

/* A BigInt only where a number would not be exact. */
static v8::Local<v8::Value> s2n_int(script_int number)
{
    v8::Isolate *isolate = v8::Isolate::GetCurrent();
    const script_int exact = 9007199254740991LL;

    if (number >= -exact && number <= exact) {
        return v8::Number::New(isolate, static_cast<double>(number));
    }
    return v8::BigInt::New(isolate, number);
}

#endif
