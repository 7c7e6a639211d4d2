# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

require_relative "tls/version"
require_relative "tls/native"

module S2N
  # TLS connections that can be saved, moved and continued. The methods are made from the library's header.
  module TLS
    # What all errors of the library and of this gem are: name, type, code, alert, errno, source.
    class Error
      def inspect
        "#<#{self.class}: #{name}: #{message}>"
      end
    end

    # What all four classes share. Two objects must not own one handle.
    module Handle
      def initialize_copy(_other)
        raise TypeError, "cannot copy a #{self.class}"
      end

      def inspect
        "#<#{self.class}#{" (closed)" if closed?}>"
      end

      def closed?
        is_closed
      end

      # What Class.open adds: the object is closed when the block ends.
      module ClassMethods
        def open(...)
          object = new(...)
          return object unless block_given?

          begin
            yield object
          ensure
            object.close
          end
        end
      end
    end

    [Connection, Config, CertChain, Psk].each do |handle|
      handle.include(Handle)
      handle.extend(Handle::ClassMethods)
    end
  end
end
