#include "pinned/figure_cases.h"

namespace residuum::test {

namespace {

using Strings = std::vector<std::string>;

/// Views of a kind, and the results of which each is pinned without options.
struct Kind {
    Strings views;
    Strings results;
    std::string drawn; ///< the result whose drawings are pinned
};

std::vector<Kind> kinds() {
    return {{{"attribution", "direct-effect", "error", "scatter", "contributors"},
             {"dla-default", "dla-all", "dla-neurons", "dla-last", "dla-argmax", "dla-text",
              "dla-documents", "dla-blocks"},
             "dla-all"},
            {{"patching", "exact", "estimate", "patching-error", "agreement", "layer-error"},
             {"patch-pair", "patch-sites", "patch-file", "patch-logprob", "patch-task"},
             "patch-sites"},
            {{"neurons", "norm-logitvar", "norm-nullspace", "neuron-entropy", "neuron-loss",
              "cumulative", "neuron-table"},
             {"neurons-top", "neurons-null-space"},
             "neurons-null-space"}};
}

struct Option {
    std::string result;
    Strings arguments;
    bool vectors = false;
};

std::vector<Option> attributionOptions() {
    return {
        {"dla-all", {"--kind", "attribution", "--difference", "0,1"}, true},
        {"dla-default", {"--kind", "direct-effect", "--difference", "2,0"}},
        {"dla-all", {"--kind", "error", "--difference", "1,0", "--limit", "0.5"}, true},
        {"dla-all", {"--kind", "attribution", "--full-range"}},
        {"dla-all", {"--kind", "attribution", "--limit", "0.1", "--position", "-3"}},
        {"dla-all", {"--kind", "scatter", "--limit", "3", "--position", "0"}},
        {"dla-all",
         {"--kind", "attribution", "--pin", "L1H1", "--pin", "embed=#d55e00", "--pin", "L0.mlp"},
         true},
        {"dla-all", {"--kind", "scatter", "--pin", "L1H1=#009e73"}},
        {"dla-all", {"--kind", "contributors", "--rows", "4"}, true},
        {"dla-documents", {"--kind", "attribution", "--sample", "2", "--position", "2"}},
        {"dla-documents", {"--kind", "contributors", "--sample", "1", "--position", "-1"}},
        {"dla-last", {"--kind", "attribution", "--sample", "1"}},
        {"dla-all", {"--kind", "ranked"}, true},
        {"dla-all", {"--kind", "ranked", "--top", "3", "--position", "1", "--pin", "L1H1"}},
        {"dla-all", {"--kind", "by-layer"}, true},
        {"dla-all", {"--kind", "by-position"}, true},
        {"dla-documents", {"--kind", "nmae-heads"}, true},
    };
}

std::vector<Option> patchingOptions() {
    std::vector<Option> options;
    for (const std::string site :
         {"attn_out", "mlp_out", "z", "z_all_pos", "q", "k_all_pos", "v", "pattern", "mlp_post"})
        options.push_back({"patch-sites", {"--kind", "patching", "--site", site}});
    for (const std::string method : {"ig", "atp-star"})
        for (const std::string view : {"patching", "patching-error", "agreement", "layer-error"})
            options.push_back({"patch-sites", {"--kind", view, "--site", "z", "--method", method}});
    const std::vector<Option> others{
        {"patch-sites", {"--kind", "exact", "--site", "mlp_post", "--difference", "0,1"}, true},
        {"patch-sites", {"--kind", "patching", "--site", "z", "--position", "2"}},
        {"patch-pair", {"--kind", "exact", "--difference", "0,2"}},
        {"patch-pair", {"--kind", "patching-error", "--difference", "1,0"}},
        {"patch-pair", {"--kind", "exact", "--normalised"}},
        {"patch-pair", {"--kind", "agreement", "--normalised", "--limit", "0.5"}},
        {"patch-pair", {"--kind", "exact", "--limit", "0.01"}},
        {"patch-pair", {"--kind", "exact", "--full-range"}},
        {"patch-task", {"--kind", "patching", "--sample", "2"}},
        {"patch-task", {"--kind", "layer-error", "--sample", "0", "--site", "z_all_pos"}},
        {"patch-task",
         {"--kind", "exact", "--site", "z_all_pos", "--pin", "L1H1", "--normalised", "--difference",
          "1,0"},
         true},
        {"patch-file", {"--kind", "estimate", "--site", "z_all_pos", "--normalised"}},
        {"patch-kl", {"--kind", "exact", "--site", "z"}},
        {"patch-kl", {"--kind", "exact", "--site", "z_all_pos"}},
    };
    options.insert(options.end(), others.begin(), others.end());
    return options;
}

std::vector<Option> neuronOptions() {
    return {
        {"neurons-top", {"--kind", "cumulative", "--effect", "loss"}},
        {"neurons-top", {"--kind", "neuron-table", "--effect", "loss", "--rows", "3"}},
        {"neurons-null-space",
         {"--kind", "neurons", "--effect", "loss", "--against", "null-space"}},
        {"neurons-top", {"--kind", "neuron-entropy", "--limit", "0.5"}},
        {"neurons-top", {"--kind", "cumulative", "--limit", "2"}},
        {"neurons-top", {"--kind", "neuron-loss", "--pin", "L3N5"}, true},
        {"neurons-null-space", {"--kind", "norm-logitvar", "--pin", "L2N10=#009e73"}},
        {"neurons-list", {"--kind", "neurons"}},
        {"neurons-top", {"--kind", "ln-mediated"}, true},
        {"neurons-top", {"--kind", "neuron-loss", "--all-neurons"}},
        {"neurons-list", {"--kind", "neuron-activations"}, true},
        {"neurons-list", {"--kind", "neuron-activations", "--sample", "1", "--limit", "0.2"}},
        {"neurons-dataset", {"--kind", "neuron-activations", "--sample", "2", "--full-range"}},
        {"neurons-dataset", {"--kind", "neuron-table"}},
        {"neurons-dataset", {"--kind", "cumulative"}},
        {"neurons-all", {"--kind", "neuron-table"}},
        {"neurons-all", {"--kind", "neuron-entropy"}},
        {"neurons-all", {"--kind", "neuron-loss", "--pin", "L1N500"}},
        {"neurons-screen", {"--kind", "neuron-entropy"}},
        {"neurons-loss", {"--kind", "neuron-loss"}},
        {"neurons-entropy", {"--kind", "neuron-table"}},
    };
}

std::string nameOf(const Option& option) {
    std::string name = option.result;
    for (const auto& argument : option.arguments) {
        auto text = argument.substr(argument.starts_with("--") ? 2 : 0);
        for (auto& c : text)
            c = c == ',' || c == '=' || c == '#' || c == '.' ? '-' : c;
        if (text != "kind")
            name += "_" + text;
    }
    return name;
}

} // namespace

std::vector<FigureCase> figureCases() {
    std::vector<Option> all;
    for (const auto& kind : kinds())
        for (const auto& result : kind.results)
            for (const auto& view : kind.views)
                all.push_back({result, {"--kind", view}, result == kind.drawn});
    for (const auto& options : {attributionOptions(), patchingOptions(), neuronOptions()})
        all.insert(all.end(), options.begin(), options.end());
    // What changes the drawing alone.
    all.push_back({"dla-blocks",
                   {"--kind", "attribution", "--preset", "icml-column", "--colours", "grey-safe",
                    "--font", "serif", "--no-letters", "--font-size", "7", "--height", "5cm"},
                   true});
    std::vector<FigureCase> cases;
    cases.reserve(all.size());
    for (const auto& each : all)
        cases.push_back({nameOf(each), each.result, each.arguments, each.vectors});
    return cases;
}

std::vector<Strings> refusedFigures() {
    std::vector<Strings> refused;
    for (const std::string result : {"dla-all", "patch-pair", "neurons-top"})
        for (const Strings& arguments :
             {Strings{"--kind", "nosuch"}, Strings{"--difference", "0,5"},
              Strings{"--difference", "0"}, Strings{"--difference", "a,b"},
              Strings{"--difference", "-1,0"}, Strings{"--sample", "99"}, Strings{"--sample", "-1"},
              Strings{"--position", "99"}, Strings{"--position", "-99"},
              Strings{"--position", "last"}, Strings{"--limit", "0"}, Strings{"--limit", "-1"},
              Strings{"--limit", "nan"}, Strings{"--limit", "wide"}, Strings{"--pin", "=#ff0000"},
              Strings{"--pin", "L0H0=nocolour"}}) {
            refused.push_back({result + ".h5"});
            refused.back().insert(refused.back().end(), arguments.begin(), arguments.end());
        }
    const std::vector<Strings> others{
        {"dla-all.h5", "--kind", "patching"},
        {"patch-pair.h5", "--kind", "neurons"},
        {"patch-pair.h5", "--site", "nosuch"},
        {"patch-pair.h5", "--site", "z"},
        {"patch-pair.h5", "--method", "nosuch"},
        {"patch-pair.h5", "--method", "ig"},
        {"patch-kl.h5", "--kind", "estimate"},
        {"patch-kl.h5", "--kind", "agreement"},
        {"patch-kl.h5", "--kind", "layer-error"},
        {"patch-edges.h5"},
        {"neurons-top.h5", "--kind", "attribution"},
        {"neurons-top.h5", "--kind", "neuron-activations"},
        {"neurons-list.h5", "--kind", "neuron-activations", "--sample", "2"},
        {"neurons-top.h5", "--effect", "nosuch"},
        {"neurons-top.h5", "--against", "nosuch"},
        {"run-all.h5"},
        {"neurons-all.h5", "--kind", "cumulative"},
        {"nosuch.h5"},
        {"dla-all.h5", "--rows", "0"},
        {"dla-all.h5", "--rows", "many"},
        {"dla-all.h5", "--preset", "nosuch"},
        {"dla-all.h5", "--width", "0.1in"},
        {"dla-all.h5", "--height", "tall"},
        {"dla-all.h5", "--font", "nosuch"},
        {"dla-all.h5", "--font-size", "2"},
        {"dla-all.h5", "--colours", "nosuch"},
        {"dla-all.h5", "--dpi", "3"},
        {"dla-all.h5", "--dtype", "int8"},
        {"dla-all.h5", "--device", "nosuch"},
        {"dla-all.h5", "--prompt", "foreign"},
        {"dla-all.h5", "-o", "figure.bmp"},
        {"dla-all.h5", "-o", "nosuch/figure.csv"},
    };
    refused.insert(refused.end(), others.begin(), others.end());
    return refused;
}

std::vector<Strings> figuresWithForeignOptions() {
    return {
        {"dla-all.h5", "--site", "z"},
        {"dla-all.h5", "--method", "ig"},
        {"dla-all.h5", "--normalised"},
        {"dla-all.h5", "--effect", "loss"},
        {"dla-all.h5", "--against", "null-space"},
        {"dla-all.h5", "--kind", "scatter", "--full-range"},
        {"dla-all.h5", "--kind", "scatter", "--difference", "0,1"},
        {"dla-all.h5", "--kind", "contributors", "--difference", "0,1"},
        {"dla-all.h5", "--kind", "contributors", "--limit", "1"},
        {"dla-all.h5", "--kind", "attribution", "--rows", "3"},
        {"patch-pair.h5", "--effect", "loss"},
        {"patch-pair.h5", "--against", "null-space"},
        {"patch-pair.h5", "--kind", "agreement", "--difference", "0,1"},
        {"patch-pair.h5", "--kind", "layer-error", "--difference", "0,1"},
        {"patch-pair.h5", "--kind", "patching", "--position", "1"},
        {"neurons-top.h5", "--site", "z"},
        {"neurons-top.h5", "--method", "ig"},
        {"neurons-top.h5", "--normalised"},
        {"neurons-top.h5", "--position", "0"},
        {"neurons-top.h5", "--sample", "0"},
        {"neurons-top.h5", "--difference", "0,1"},
        {"neurons-top.h5", "--kind", "neuron-loss", "--effect", "entropy"},
        {"neurons-top.h5", "--kind", "norm-logitvar", "--against", "null-space"},
        {"neurons-list.h5", "--kind", "neuron-activations", "--difference", "0,1"},
    };
}

} // namespace residuum::test
