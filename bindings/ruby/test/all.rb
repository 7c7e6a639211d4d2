# SPDX-License-Identifier: Apache-2.0
# frozen_string_literal: true

# All tests in one process: ruby -I FOLDER/lib test/all.rb, with S2N_TEST_PKI set.
Dir[File.join(__dir__, "test_*.rb")].sort.each { |file| require file }
