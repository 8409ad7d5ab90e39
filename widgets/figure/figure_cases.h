// What laying a figure out and painting it share. Internal to figure/.
#pragma once

#include <QFont>

namespace residuum {

/// One function per kind of a panel's content, for std::visit.
template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

inline QFont bold(QFont font) {
    font.setBold(true);
    return font;
}

} // namespace residuum
