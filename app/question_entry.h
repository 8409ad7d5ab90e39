// A question as an entry of the list (app/questions.h), from its description.
#pragma once

#include "app/cli/question_command.h"
#include "app/questions.h"

namespace residuum {

namespace detail {

template <Question Q>
std::optional<std::vector<std::string>>
writeSession(const Session& session, const OpenedModels& opened, ResultCache* cache,
             Progress& progress, const std::filesystem::path& target, bool quiet) {
    auto asked = Q::ofSession(
        session, {opened.infos(), opened.tokenizer(), opened.narrowestConfig(), progress});
    if (!asked)
        return std::nullopt;
    Answering how;
    how.chooser = asked->chooser;
    how.quiet = quiet;
    const auto found =
        answersInto<Q>(target.string(), opened, cache, asked->input, asked->request, progress, how);
    return joined(warningsOf(asked->input), found.warnings);
}

} // namespace detail

/// Without figures and panel.
template <Question Q>
QuestionEntry entryOf() {
    using Settings = typename Q::Settings;
    return {Q::kind,
            Q::panel,
            addQuestionCommand<Q>,
            [](const Session& session) { (void)session.settings<Settings>(Q::panel); },
            detail::writeSession<Q>,
            [](const Session& session) {
                return Q::figureOptions(session.settings<Settings>(Q::panel));
            }};
}

} // namespace residuum
