#include "core/checkpoint/conversion.h"

#include "core/checkpoint/converted_config.h"
#include "core/checkpoint/float_conversion.h"
#include "core/checkpoint/float_text.h"
#include "core/checkpoint/model_files.h"
#include "core/checkpoint/raw_tensor.h"
#include "core/checkpoint/site_names.h"
#include "core/checkpoint/weight_files.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace residuum::checkpoint {

namespace {

constexpr std::array storageTypes{StoredType::Float32, StoredType::Float16, StoredType::BFloat16};
constexpr char preRmsNormName[] = "pre-rmsnorm";
/// Numbers that are converted at a time.
constexpr std::size_t blockNumbers = 64U << 10U;

bool writesToStream(const std::string& canonical) {
    return canonical == "wte.weight" || canonical == "wpe.weight" ||
           canonical.find(".c_proj.") != std::string::npos;
}

/// One tensor on its way into another type, block by block.
class TensorConversion {
  public:
    TensorConversion(const Checkpoint& source, std::string name, const StoredTensor& tensor,
                     bool centred, StoredType type, Converted& account)
        : source_(source), name_(std::move(name)), tensor_(tensor), centred_(centred), type_(type),
          account_(account) {}

    void write(const ByteSink& sink) const {
        const auto width = static_cast<std::size_t>(
            tensor_.shape.empty() ? 1 : std::max<std::int64_t>(tensor_.shape.back(), 1));
        const auto whole = std::max<std::size_t>(blockNumbers / width, 1) * width; // rows
        const auto size = byteSize(tensor_.type);
        const auto count = tensor_.bytes.size() / size;
        std::vector<double> values, stored;
        std::vector<std::byte> bytes;
        for (std::size_t first = 0; first < count; first += whole) {
            values.resize(std::min(whole, count - first));
            const auto read = tensor_.bytes.subspan(first * size, values.size() * size);
            if (!centred_ && tensor_.type == type_) {
                sink(read);
                continue;
            }
            decode(tensor_.type, read, values);
            if (centred_)
                centreRows(values, width);
            bytes.resize(values.size() * byteSize(type_));
            encode(type_, values, bytes);
            stored.resize(values.size());
            decode(type_, bytes, stored);
            compare(values, stored, first);
            sink(bytes);
        }
    }

  private:
    static void centreRows(std::vector<double>& values, std::size_t width) {
        for (auto row = values.begin(); row != values.end();
             row += static_cast<std::ptrdiff_t>(width)) {
            const auto end = row + static_cast<std::ptrdiff_t>(width);
            double sum = 0.0;
            std::for_each(row, end, [&](double value) { sum += value; });
            const double mean = sum / static_cast<double>(width);
            std::for_each(row, end, [&](double& value) { value -= mean; });
        }
    }

    void compare(const std::vector<double>& values, const std::vector<double>& stored,
                 std::size_t first) const {
        const double normal = smallestNormalNumber(type_);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double off = std::fabs(stored[i] - values[i]);
            if (off == 0.0)
                continue;
            const double size = std::fabs(values[i]);
            if (!std::isfinite(stored[i]))
                refuse(first + i, values[i]);
            if (size < normal) {
                ++account_.belowNormal;
                account_.belowNormalDifference = std::max(account_.belowNormalDifference, off);
            } else if (off / size > account_.relativeDifference) {
                account_.relativeDifference = off / size;
                account_.differsMost = name_;
            }
        }
    }

    [[noreturn]] void refuse(std::size_t index, double value) const {
        const bool trick = source_.config.layer_norm_epsilon >= epsilonTrickFrom &&
                           name_.find("ln_") != std::string::npos;
        const auto largest = numberText(largestNumber(type_));
        throw Error(
            subject(source_.folder, name_),
            "element " + std::to_string(index) + " is " + numberText(value) + ", beyond " +
                largest + ", the largest number of " + name(type_) +
                (trick ? " (the epsilon trick multiplies LN weights with 1e6 / sigma)" : "") +
                (type_ == StoredType::Float16 ? "; use bfloat16 or float32"
                                              : "; keep the type that the weights have"));
    }

    const Checkpoint& source_;
    std::string name_;
    const StoredTensor& tensor_;
    bool centred_;
    StoredType type_;
    Converted& account_;
};

/// Every site that centres, as RMSNorm; a removed one stays what it is: of a centred stream its
/// centring changes nothing.
Normalization withoutCentring(Normalization normalization, const Checkpoint& source) {
    for (const SitePlace& place : sitePlaces(normalization)) {
        if (!centres(*place.site))
            throw Error(source.folder.string() + ", site " + place.name,
                        "is " + kindName(*place.site) +
                            ", which reads the residual stream's mean that LayerNorm takes away; "
                            "pre-rmsnorm is for models of LayerNorm and removed sites");
        if (const auto* norm = std::get_if<LayerNorm>(place.site))
            *place.site = RmsNorm{norm->eps};
    }
    return normalization;
}

std::vector<TensorToWrite> tensorsOf(const Checkpoint& source, const Conversion& conversion,
                                     Converted& account) {
    std::vector<TensorToWrite> tensors;
    const auto add = [&](const std::string& as, const StoredTensor& tensor, bool centred) {
        TensorConversion one(source, as, tensor, centred, conversion.type, account);
        tensors.push_back({huggingFaceName(as), conversion.type, tensor.shape,
                           [one](const ByteSink& sink) { one.write(sink); }});
    };
    for (const auto& [name, tensor] : source.tensors)
        add(name, tensor, conversion.preRmsNorm && writesToStream(name));
    if (conversion.preRmsNorm && source.tiedHead)
        add("lm_head.weight", source.tensors.find("wte.weight")->second, false);
    return tensors;
}

std::string nameOf(const Conversion& conversion) {
    return conversion.preRmsNorm ? preRmsNormName : name(conversion.type);
}

} // namespace

std::vector<std::string> conversionNames() {
    std::vector<std::string> names{preRmsNormName};
    for (const auto type : storageTypes)
        names.push_back(name(type));
    return names;
}

Conversion conversionNamed(const std::string& to, const Checkpoint& source) {
    if (to == preRmsNormName) {
        const bool wide =
            std::any_of(source.tensors.begin(), source.tensors.end(), [](const auto& tensor) {
                return tensor.second.type == StoredType::Float64;
            });
        return {wide ? StoredType::Float64 : StoredType::Float32, true};
    }
    for (const auto type : storageTypes)
        if (name(type) == to)
            return {type, false};
    throw UsageError("--to " + to, "is unknown; expected " + listOf(conversionNames()));
}

std::uint64_t convertedBytes(const Checkpoint& source, const Conversion& conversion) {
    Converted unused;
    std::uint64_t total = 0;
    for (const auto& tensor : tensorsOf(source, conversion, unused))
        total += tensor.byteCount();
    return total;
}

Converted convert(const Checkpoint& source, const Conversion& conversion,
                  const AtomicFolder& folder, Progress& progress, std::uint64_t shardBytes) {
    Converted done;
    done.normalization = conversion.preRmsNorm ? withoutCentring(source.normalization, source)
                                               : source.normalization;
    done.untied = conversion.preRmsNorm && source.tiedHead;
    writeConfig(folder, convertedConfig(source, done.normalization, source.tiedHead && !done.untied,
                                        conversion.type, nameOf(conversion)));
    writeSafetensors(folder, tensorsOf(source, conversion, done), progress, shardBytes);
    source.files->requireUnchanged();
    return done;
}

} // namespace residuum::checkpoint
