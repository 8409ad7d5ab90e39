#include "analysis/attribution/dla_request.h"

namespace residuum {

DlaRequest DlaRequest::ofPrompt(std::optional<TokenId> target, std::optional<TokenId> versus) {
    DlaRequest request;
    request.target = {target ? TargetRule::Token : TargetRule::Argmax, target};
    request.versus = versus;
    request.position.all = true;
    return request;
}

DlaRequest DlaRequest::ofSet(std::uint64_t seed) {
    DlaRequest request;
    request.target.rule = TargetRule::Correct;
    request.seed = seed; // on the command line the set's generator and the bootstrap share one
    return request;
}

} // namespace residuum
