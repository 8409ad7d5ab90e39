#include "analysis/inputs/bpe_training.h"

#include "core/tokenizer/byte_alphabet.h"
#include "core/tokenizer/pretokenizer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <queue>
#include <set>
#include <unordered_map>

namespace residuum {

namespace {

constexpr std::string_view endOfText = "<|endoftext|>";

using Pair = std::pair<std::int32_t, std::int32_t>;

std::uint64_t keyOf(const Pair& pair) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(pair.first)) << 32U |
           static_cast<std::uint32_t>(pair.second);
}

struct Piece {
    std::vector<std::int32_t> ids;
    std::int64_t count = 0;
};

struct Found {
    std::int64_t count = 0;
    std::vector<std::size_t> pieces; ///< with the pair in them once, some more than once in here
};

struct Candidate {
    std::int64_t count = 0;
    Pair pair;

    /// The best is the largest.
    bool operator<(const Candidate& other) const {
        return count != other.count ? count < other.count : pair > other.pair;
    }
};

/// The bytes in the order of the characters that stand for them, as GPT-2 has them.
std::vector<std::string> alphabet() {
    std::vector<std::pair<std::string, char>> bytes;
    for (int byte = 0; byte < 256; ++byte)
        bytes.emplace_back(toByteAlphabet(static_cast<std::uint8_t>(byte)),
                           static_cast<char>(byte));
    std::sort(bytes.begin(), bytes.end()); // UTF-8 sorts as code points do
    std::vector<std::string> tokens;
    for (const auto& each : bytes)
        tokens.emplace_back(1, each.second);
    return tokens;
}

class Merging {
  public:
    explicit Merging(const PieceCounts& pieces) : made_{alphabet(), {}} {
        std::array<std::int32_t, 256> idOf{};
        for (std::size_t id = 0; id < 256; ++id)
            idOf[static_cast<unsigned char>(made_.tokens[id].front())] =
                static_cast<std::int32_t>(id);
        for (const auto& [bytes, count] : pieces.all()) {
            auto& piece = pieces_.emplace_back();
            piece.count = count;
            for (const char byte : bytes)
                piece.ids.push_back(idOf[static_cast<unsigned char>(byte)]);
            countPairs(pieces_.size() - 1, 1);
        }
        for (const auto& [key, found] : pairs_)
            queue_.push({found.count, pairOf(key)});
    }

    /// False where no pair comes twice any more.
    bool mergeNext() {
        while (!queue_.empty()) {
            const auto best = queue_.top();
            queue_.pop();
            const auto now = pairs_.find(keyOf(best.pair));
            if (now == pairs_.end() || now->second.count != best.count)
                continue; // another entry has what it is now
            if (best.count < 2)
                return false;
            merge(best.pair);
            return true;
        }
        return false;
    }

    BpeVocabulary take() {
        made_.tokens.emplace_back(endOfText);
        return std::move(made_);
    }
    std::size_t size() const { return made_.tokens.size() + 1; }

  private:
    static Pair pairOf(std::uint64_t key) {
        return {static_cast<std::int32_t>(key >> 32U), static_cast<std::int32_t>(key)};
    }

    void countPairs(std::size_t index, std::int64_t sign) {
        const auto& piece = pieces_[index];
        for (std::size_t i = 0; i + 1 < piece.ids.size(); ++i) {
            const auto key = keyOf({piece.ids[i], piece.ids[i + 1]});
            auto& found = pairs_[key];
            found.count += sign * piece.count;
            if (sign > 0 && (found.pieces.empty() || found.pieces.back() != index))
                found.pieces.push_back(index);
            changed_.push_back(key);
        }
    }

    void merge(const Pair& pair) {
        const auto id = resultOf(pair);
        const auto holders = pairs_.extract(keyOf(pair)).mapped().pieces;
        changed_.clear();
        for (const auto index : holders) {
            auto joined = mergedIn(pieces_[index].ids, pair, id);
            if (joined.size() == pieces_[index].ids.size())
                continue; // an earlier merge has taken the pair apart
            countPairs(index, -1);
            pieces_[index].ids = std::move(joined);
            countPairs(index, 1);
        }
        pairs_.erase(keyOf(pair));
        std::sort(changed_.begin(), changed_.end());
        changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
        for (const auto key : changed_)
            if (const auto found = pairs_.find(key); found != pairs_.end()) {
                if (found->second.count > 0)
                    queue_.push({found->second.count, pairOf(key)});
                else
                    pairs_.erase(found);
            }
    }

    /// Several pairs may spell one token.
    std::int32_t resultOf(const Pair& pair) {
        const auto bytes = made_.tokens[static_cast<std::size_t>(pair.first)] +
                           made_.tokens[static_cast<std::size_t>(pair.second)];
        const auto next = static_cast<std::int32_t>(made_.tokens.size());
        const auto [known, isNew] = idOfBytes_.try_emplace(bytes, next);
        if (isNew)
            made_.tokens.push_back(bytes);
        if (merged_.insert(pair).second) // it may come again where a token is made anew
            made_.merges.push_back(pair);
        return known->second;
    }

    static std::vector<std::int32_t> mergedIn(const std::vector<std::int32_t>& ids,
                                              const Pair& pair, std::int32_t result) {
        std::vector<std::int32_t> joined;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (i + 1 < ids.size() && ids[i] == pair.first && ids[i + 1] == pair.second) {
                joined.push_back(result);
                ++i;
            } else {
                joined.push_back(ids[i]);
            }
        return joined;
    }

    BpeVocabulary made_;
    std::unordered_map<std::string, std::int32_t> idOfBytes_; ///< of merged tokens
    std::set<Pair> merged_;
    std::vector<Piece> pieces_;
    std::unordered_map<std::uint64_t, Found> pairs_;
    std::priority_queue<Candidate> queue_;
    std::vector<std::uint64_t> changed_;
};

std::string inByteAlphabet(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes)
        text += toByteAlphabet(static_cast<std::uint8_t>(byte));
    return text;
}

void writeFile(const AtomicFolder& folder, const std::string& name, const std::string& text) {
    FolderFile file(folder, name);
    file.write(text);
    file.finish();
}

} // namespace

void PieceCounts::add(std::string_view text) {
    Pretokenizer pieces;
    while (!text.empty()) {
        const auto end = std::min(text.find(endOfText), text.size());
        pieces.start(text.substr(0, end));
        for (std::string_view piece; pieces.next(piece);) {
            const auto found = counts_.find(piece);
            if (found == counts_.end())
                counts_.emplace(piece, 1);
            else
                ++found->second;
        }
        text.remove_prefix(std::min(end + endOfText.size(), text.size()));
    }
}

BpeVocabulary trainBpe(const PieceCounts& pieces, int size, Progress& progress) {
    Merging merging(pieces);
    progress.begin("making the vocabulary", size, static_cast<std::int64_t>(merging.size()));
    while (merging.size() < static_cast<std::size_t>(size) && merging.mergeNext())
        progress.advance();
    return merging.take();
}

void writeTokenizer(const BpeVocabulary& vocabulary, int n_ctx, const AtomicFolder& folder) {
    nlohmann::ordered_json ids;
    for (std::size_t id = 0; id + 1 < vocabulary.tokens.size(); ++id)
        ids[inByteAlphabet(vocabulary.tokens[id])] = id;
    ids[vocabulary.tokens.back()] = vocabulary.endOfText();
    writeFile(folder, "vocab.json", ids.dump());
    std::string merges = "#version: 0.2\n";
    for (const auto& [left, right] : vocabulary.merges)
        merges += inByteAlphabet(vocabulary.tokens[static_cast<std::size_t>(left)]) + " " +
                  inByteAlphabet(vocabulary.tokens[static_cast<std::size_t>(right)]) + "\n";
    writeFile(folder, "merges.txt", merges);
    nlohmann::ordered_json special;
    for (const char* role : {"bos_token", "eos_token", "unk_token"})
        special[role] = endOfText;
    writeFile(folder, "special_tokens_map.json", special.dump(2) + "\n");
    nlohmann::ordered_json config{{"add_prefix_space", false}};
    config.update(special);
    config["model_max_length"] = n_ctx;
    config["tokenizer_class"] = "GPT2Tokenizer";
    writeFile(folder, "tokenizer_config.json", config.dump(2) + "\n");
}

} // namespace residuum
