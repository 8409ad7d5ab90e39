#include "core/checkpoint/normalization_json.h"

#include "core/overloaded.h"
#include "core/task/error.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace residuum {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string lowerCase(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

class EntryReader {
  public:
    EntryReader(const json& entry, const SiteDefaults& defaults,
                const std::function<void(const std::string&)>& refuse)
        : entry_(entry), defaults_(defaults), refuse_(refuse) {}

    NormSite read() const {
        if (!entry_.is_object())
            refuse_("a normalisation site must be an object");
        const auto found = entry_.find("kind");
        const auto kind =
            found != entry_.end() && found->is_string() ? found->get<std::string>() : std::string();
        const auto is = [&](const char* name) { return lowerCase(kind) == name; };
        if (is("layernorm")) {
            requireKnown({"eps"});
            return siteOfEpsilon(epsilon());
        }
        if (is("removed")) {
            requireKnown({"sigma"});
            const double sigma = number("sigma", std::nullopt);
            if (sigma <= 0.0)
                refuse_("sigma must be above 0");
            return RemovedNorm{sigma};
        }
        if (is("rmsnorm")) {
            requireKnown({"eps", "eps_outside"});
            return RmsNorm{epsilon(), flag("eps_outside")};
        }
        if (is("dyt")) {
            requireKnown({"alpha"});
            return DynamicTanh{number("alpha", defaults_.alpha)};
        }
        refuse_("the normalisation \"" + oneLine(kind, 60) +
                "\" is unknown; expected LayerNorm, removed, RMSNorm or DyT");
        return {};
    }

  private:
    void requireKnown(std::initializer_list<const char*> constants) const {
        if (!defaults_.strict)
            return;
        for (const auto& [member, value] : entry_.items())
            if (member != "kind" &&
                std::find(constants.begin(), constants.end(), member) == constants.end())
                refuse_("\"" + oneLine(member, 60) + "\" is no constant of the kind " +
                        entry_["kind"].get<std::string>());
    }

    double number(const char* key, std::optional<double> otherwise) const {
        const auto found = entry_.find(key);
        if (found == entry_.end() && otherwise)
            return *otherwise;
        if (found == entry_.end() || !found->is_number() || !std::isfinite(found->get<double>()))
            refuse_(std::string(key) + " must be a number");
        return found->get<double>();
    }

    double epsilon() const {
        const double eps = number("eps", defaults_.eps);
        if (eps < 0.0)
            refuse_("eps must not be negative");
        return eps;
    }

    bool flag(const char* key) const {
        const auto found = entry_.find(key);
        if (found == entry_.end())
            return false;
        if (!found->is_boolean())
            refuse_(std::string(key) + " must be true or false");
        return found->get<bool>();
    }

    const json& entry_;
    const SiteDefaults& defaults_;
    const std::function<void(const std::string&)>& refuse_;
};

} // namespace

ordered_json describe(const NormSite& site) {
    ordered_json entry{{"kind", kindName(site)}};
    std::visit(Overloaded{[&](const LayerNorm& norm) { entry["eps"] = norm.eps; },
                          [&](const RemovedNorm& norm) { entry["sigma"] = norm.sigma; },
                          [&](const RmsNorm& norm) {
                              entry["eps"] = norm.eps;
                              if (norm.epsOutside)
                                  entry["eps_outside"] = true;
                          },
                          [&](const DynamicTanh& norm) { entry["alpha"] = norm.alpha; }},
               site);
    return entry;
}

NormSite parseSite(const json& entry, const SiteDefaults& defaults,
                   const std::function<void(const std::string&)>& refuse) {
    return EntryReader(entry, defaults, refuse).read();
}

} // namespace residuum
