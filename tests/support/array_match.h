// Comparison of arrays of numbers that prints the first and the worst differing index.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace residuum::test {

inline std::string indexText(std::size_t flat, const std::vector<std::int64_t>& shape) {
    std::string text;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        const auto length = static_cast<std::size_t>(shape[axis]);
        text = std::to_string(flat % length) + (text.empty() ? "" : ", " + text);
        flat /= length;
    }
    return "[" + text + "]";
}

/// Succeeds where |actual - expected| ≤ tolerance everywhere (NaN equals NaN only).
inline ::testing::AssertionResult near(const std::vector<double>& actual,
                                       const std::vector<double>& expected,
                                       const std::vector<std::int64_t>& shape, double tolerance) {
    if (actual.size() != expected.size())
        return ::testing::AssertionFailure()
               << actual.size() << " numbers instead of " << expected.size();
    std::size_t first = actual.size(), worst = 0;
    double largest = 0.0;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        if (std::isnan(actual[i]) && std::isnan(expected[i]))
            continue;
        const double difference = std::abs(actual[i] - expected[i]);
        if (difference <= tolerance)
            continue;
        if (first == actual.size())
            first = i;
        if (!(difference <= largest)) {
            largest = difference;
            worst = i;
        }
    }
    if (first == actual.size())
        return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << "first difference at " << indexText(first, shape) << ": " << actual[first]
           << " instead of " << expected[first] << "; worst at " << indexText(worst, shape) << ": "
           << actual[worst] << " instead of " << expected[worst] << " (tolerance " << tolerance
           << ")";
}

inline double largestMagnitude(const std::vector<double>& values) {
    double largest = 0.0;
    for (const double value : values)
        largest = std::max(largest, std::abs(value));
    return largest;
}

} // namespace residuum::test
