#include "core/tokenizer/pcre2_code.h"

#include "core/task/error.h"

#include <array>
#include <string>

namespace residuum {

void throwPcre2(int status) {
    std::array<unsigned char, 160> message{};
    pcre2_get_error_message(status, message.data(), message.size());
    throw Error("PCRE2", "cannot run GPT-2's pre-tokenizer pattern: " +
                             std::string(reinterpret_cast<const char*>(message.data())) +
                             "; expected PCRE2 10.3 or later, built with Unicode support");
}

Pcre2Code compilePcre2(const char* pattern) {
    int status = 0;
    PCRE2_SIZE offset = 0;
    Pcre2Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED,
                                 PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED, &status, &offset,
                                 nullptr));
    if (!code)
        throwPcre2(status);
    // Where the platform forbids generated code this fails and pcre2_match interprets instead.
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
    return code;
}

Pcre2Match makePcre2Match() {
    Pcre2Match match(pcre2_match_data_create(1, nullptr));
    if (!match)
        throwPcre2(PCRE2_ERROR_NOMEMORY);
    return match;
}

} // namespace residuum
