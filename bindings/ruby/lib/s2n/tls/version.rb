# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

module S2N
  module TLS
    VERSION = "0.9.0"
  end
end
