/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes that SWIG pours the wrappers into, in place of its own. What is different: the errors have names, a
 * constructor must be called as one, `this` is checked before its hidden field is read, results are instances of the
 * classes that are exported, and nothing is kept per process but what never changes. Uses runtime.hh.
 */
%fragment("js_ctor", "templates") %{
static SwigV8ReturnValue $jswrapper(const SwigV8Arguments &args) {
  SWIGV8_HANDLESCOPE();
  s2n_call call;
  SWIGV8_OBJECT self = args.This();
  $jslocals
  if (!s2n_begin_object(args, SWIGTYPE_$jsmangledtype)) goto fail;
  if (args.Length() != $jsargcount) {
    s2n_complain("the constructor has another number of arguments");
    goto fail;
  }
  $jscode
  if (!s2n_attach(self, result, SWIGTYPE_$jsmangledtype)) s2n_raise();
  goto fail;
fail:
  return;
}
%}

%fragment("js_function", "templates") %{
static SwigV8ReturnValue $jswrapper(const SwigV8Arguments &args) {
  SWIGV8_HANDLESCOPE();
  s2n_call call;
  SWIGV8_VALUE jsresult;
  $jslocals
  if (args.Length() != $jsargcount) {
    s2n_complain("the function has another number of arguments");
    goto fail;
  }
  $jscode
  SWIGV8_RETURN(jsresult);
  goto fail;
fail:
  return;
}
%}

/* All proxies end the same way, in runtime.hh. */
%fragment("js_dtor", "templates") %{
%}
%fragment("js_dtoroverride", "templates") %{
%}

%fragment("jsv8_declare_class_template", "templates") %{
%}
%fragment("jsv8_define_class_template", "templates") %{
  SWIGV8_FUNCTION_TEMPLATE $jsmangledname_class = s2n_class_template("$jsmangledname" + sizeof("_exports"));
  s2n_add_class(SWIGTYPE_$jsmangledtype, $jsmangledname_class);
%}
%fragment("jsv8_create_class_instance", "templates") %{
  $jsmangledname_class->SetCallHandler($jsctor);
  v8::Local<v8::Object> $jsmangledname_obj = $jsmangledname_class->GetFunction(context).ToLocalChecked();
%}

%fragment("js_initializer_define", "templates") %{
#define SWIGV8_INIT s2n_initialize_locked
%}
%fragment("js_initializer", "templates") %{
  s2n_arrive(exports_obj, context);
  $jsv8nspaces
  $jsv8classtemplates
  $jsv8wrappers
  $jsv8inheritance
  $jsv8classinstances
  $jsv8staticwrappers
  $jsv8registerclasses
  $jsv8registernspaces
}

static void s2n_initialize(v8::Local<v8::Object> exports, v8::Local<v8::Value> module, v8::Local<v8::Context> context,
                           void *nothing) {
  std::lock_guard<std::mutex> alone(s2n_loading);
  if (!s2n_again(module, context) && s2n_crypto_fits(v8::Isolate::GetCurrent())) {
    s2n_initialize_locked(exports, module, context, nothing);
  }
}
NODE_MODULE_CONTEXT_AWARE($jsname, s2n_initialize)
%}
