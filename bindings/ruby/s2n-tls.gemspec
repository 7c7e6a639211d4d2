# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require_relative "lib/s2n/tls/version"

# The C files in ext/ are collected by "rake gem".
Gem::Specification.new do |spec|
  spec.name = "s2n-tls"
  spec.version = S2N::TLS::VERSION
  spec.summary = "TLS connections that can be saved, moved and continued"
  spec.description = "Ruby bindings, made with SWIG, for a TLS library in C that serializes live connections."
  spec.authors = ["s2n contributors"]
  spec.license = "Apache-2.0"
  spec.required_ruby_version = ">= 3.0"
  spec.files = Dir.chdir(__dir__) { Dir["README.md", "{lib,examples}/**/*.rb", "ext/**/*.{rb,c,h}"] }
  spec.extensions = ["ext/s2n_tls/extconf.rb"]
  spec.metadata = { "rubygems_mfa_required" => "true" }
end
