#include "analysis/neurons/spectrum_file.h"

#include "core/store/hdf5_reader.h"
#include "core/store/hdf5_writer.h"
#include "core/task/error.h"

namespace residuum {

void writeSpectrum(Hdf5Writer& file, const UnembeddingSpectrum& spectrum) {
    const auto direction = file.axis("/direction", spectrum.values.size());
    const auto feature = file.axis("/feature", spectrum.values.size());
    const auto span = [](const auto& numbers) {
        return std::span<const double>(numbers.data(), static_cast<std::size_t>(numbers.size()));
    };
    file.dataset("/values", StoredNumber::Float64, {direction}, span(spectrum.values));
    // Eigen's columns one after the other: a direction a row.
    file.dataset("/vectors", StoredNumber::Float64, {direction, feature}, span(spectrum.vectors));
}

UnembeddingSpectrum readSpectrum(const Hdf5Reader& file) {
    const auto values = file.numbers("/values"), vectors = file.numbers("/vectors");
    const auto count = static_cast<Eigen::Index>(values.values.size());
    if (vectors.values.size() != values.values.size() * values.values.size())
        throw Error("the unembedding's spectrum", "has as many directions as features");
    return {Eigen::Map<const Eigen::VectorXd>(values.values.data(), count),
            Eigen::Map<const Eigen::MatrixXd>(vectors.values.data(), count, count)};
}

} // namespace residuum
