// What the user has set for all sessions.
#pragma once

#include <QString>

#include <cstdint>
#include <string>

class QSettings;

namespace residuum {

enum class Theme { System, Light, Dark };

struct Preferences {
    int threads = 0;           ///< to compute with; 0: all cores
    std::string memory = "1G"; ///< of a computation beyond the weights, as --memory has it
    Theme theme = Theme::System;
    int fontSize = 0; ///< points; 0: the system's
    bool endOfTextFirst = false;

    /// Values that are none are as usual.
    static Preferences read(const QSettings& settings);
    void write(QSettings& settings) const;
    /// "": they can be used; else why not, in a sentence.
    QString problem() const;
    /// Throws UsageError for a memory that `problem` refuses.
    std::int64_t memoryBytes() const;

    friend bool operator==(const Preferences&, const Preferences&) = default;
};

inline constexpr int leastFontSize = 6, mostFontSize = 32, mostThreads = 4096;

/// Of the system, in points.
int systemFontSize();
/// Colours and type of the whole program, at once.
void showLook(const Preferences& preferences);

} // namespace residuum
