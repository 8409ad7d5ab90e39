// PCRE2's patterns, compiled and owned.
#pragma once

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>

namespace residuum {

struct Pcre2Deleter {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
using Pcre2Code = std::unique_ptr<pcre2_code, Pcre2Deleter>;
using Pcre2Match = std::unique_ptr<pcre2_match_data, Pcre2Deleter>;

/// Throws Error saying what PCRE2 could not do.
[[noreturn]] void throwPcre2(int status);

/// `pattern` over UTF-8, anchored, with Unicode's classes. May be shared between threads. Throws
/// Error.
Pcre2Code compilePcre2(const char* pattern);

/// Room for one match; throws Error.
Pcre2Match makePcre2Match();

} // namespace residuum
