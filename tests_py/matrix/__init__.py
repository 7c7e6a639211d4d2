# SPDX-License-Identifier: Apache-2.0
"""The matrices: this library against everybody else's, and against its own and the reference's other releases."""
