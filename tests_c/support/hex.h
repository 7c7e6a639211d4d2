/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from hex text and back, for known answers. Blanks in the text are ignored. */
#ifndef SUPPORT_HEX_H
#define SUPPORT_HEX_H

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

inline int HexDigit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    throw std::invalid_argument("not a hex digit");
}

inline Bytes FromHex(const std::string &text)
{
    std::string digits;
    for (char c : text) {
        if (c != ' ' && c != '\n') {
            digits += c;
        }
    }
    if (digits.size() % 2 != 0) {
        throw std::invalid_argument("half a byte of hex");
    }
    Bytes bytes;
    for (size_t i = 0; i < digits.size(); i += 2) {
        bytes.push_back(static_cast<uint8_t>(HexDigit(digits[i]) << 4 | HexDigit(digits[i + 1])));
    }
    return bytes;
}

inline std::string ToHex(const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    std::string text;
    for (size_t i = 0; i < n; i++) {
        text += digits[p[i] >> 4];
        text += digits[p[i] & 15];
    }
    return text;
}

inline std::string ToHex(const Bytes &bytes)
{
    return ToHex(bytes.data(), bytes.size());
}

#endif
