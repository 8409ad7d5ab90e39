// Models of all kinds of normalisation in the real window.
#pragma once

#include "neuron_window.h"
#include "support/synthetic_model.h"

#include <filesystem>
#include <string>

namespace residuum::test {

class NormWindow : public NeuronWindow {
  protected:
    /// A small model with the demo models' vocabulary; its folder.
    std::string model(Sites sites, const std::string& name) {
        const auto demo = resources() / "demo/original";
        const auto place = folder.path() / name;
        writeSyntheticGpt2(place, withSites(syntheticConfig(3, 4, 32, vocabulary, 64), sites), 7);
        for (const auto* file : {"vocab.json", "merges.txt"})
            std::filesystem::copy_file(demo / file, place / file);
        return place.string();
    }
    void open(const std::vector<std::string>& models) {
        openWindow(models);
        ASSERT_TRUE(settle());
        for (const auto& failure : workspace().failures())
            FAIL() << failure.problem.toStdString();
        ASSERT_EQ(columns().size(), models.size());
    }

  private:
    static constexpr int vocabulary = 1024; ///< of the demo models
};

} // namespace residuum::test
