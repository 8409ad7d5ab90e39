#include "widgets/panels/comparison_tables.h"

#include "core/task/error.h"
#include "widgets/panels/comparison_figures.h"
#include "widgets/panels/verdict.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/prompt/token_display.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <tuple>

namespace residuum {

namespace {

using Result = ComparisonResult;
using Columns = ComparisonColumns;

constexpr std::size_t listedTokens = 50; ///< of every pair
constexpr int tokensBefore = 12;

QString nats() {
    return QStringLiteral("nats");
}

/// Of the models in their order; null where they were not compared.
const Distance* distanceOf(const Columns& columns, std::size_t a, std::size_t b) {
    for (const auto& distance : columns[a].result->distances)
        for (const auto& back : columns[b].result->distances)
            if (distance.numbers == back.numbers) // names may be alike
                return &distance;
    const auto name = columns[b].name.toStdString();
    for (const auto& distance : columns[a].result->distances)
        if (distance.name == name)
            return &distance;
    return nullptr;
}

/// Places of the models that are subtracted, the later one's number minus the earlier one's.
std::vector<std::pair<std::size_t, std::size_t>> pairsOf(std::size_t models) {
    constexpr std::size_t fewModels = 3;
    std::vector<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t b = 1; b < models; ++b)
        for (std::size_t a = 0; a < (models > fewModels ? 1 : b); ++a)
            pairs.emplace_back(a, b);
    return pairs;
}

QString minus(const Columns& columns, std::size_t a, std::size_t b) {
    return QStringLiteral("%1 − %2").arg(columns[b].name, columns[a].name);
}

struct NamedScore {
    HeadScore score;
    const char* title;
};
constexpr std::array headScores{NamedScore{HeadScore::SinkRate, "sink rate"},
                                NamedScore{HeadScore::PreviousToken, "previous token"},
                                NamedScore{HeadScore::Self, "self"},
                                NamedScore{HeadScore::Induction, "induction"},
                                NamedScore{HeadScore::Duplicate, "duplicate"},
                                NamedScore{HeadScore::Entropy, "entropy"},
                                NamedScore{HeadScore::RelativeEntropy, "relative entropy"},
                                NamedScore{HeadScore::Distance, "distance"}};

QString unitOf(HeadScore score) {
    switch (score) {
    case HeadScore::Entropy:
        return nats();
    case HeadScore::Distance:
        return QStringLiteral("positions");
    default:
        return QStringLiteral("share");
    }
}

/// What a row of `apartTable` is about.
QString contextOf(const Result& result, const TokenPlace& place) {
    QString text = place.position > tokensBefore ? QStringLiteral("… ") : QString();
    for (auto token =
             place.token - static_cast<std::size_t>(std::min(tokensBefore, place.position));
         token <= place.token; ++token)
        text += chipText(result.textOf(token));
    return text + QStringLiteral(" ▸ ") + chipText(result.textOf(place.token + 1));
}

} // namespace

QStringList domainNotes(const Columns& columns) {
    return {ofAll(columns, [](const auto& column) { return domainOf(*column.result); })};
}

TableFigure meansTable(const Columns& columns) {
    constexpr double none = unknownValue;
    TableFigure table;
    table.rowTitle = QStringLiteral("model");
    const auto add = [&](const QString& group, const QString& title, const QString& unit,
                         const std::function<double(const Result&)>& value) {
        table.columns.push_back({group, title, unit, {}});
        for (const auto& column : columns)
            table.columns.back().values.push_back(value(*column.result));
    };
    for (const auto& column : columns)
        table.rows << column.name;
    const auto loss = QStringLiteral("cross-entropy"), entropy = QStringLiteral("entropy");
    const auto end = [](const TokenMean& mean, std::size_t which) {
        return mean.interval ? (*mean.interval)[which] : none;
    };
    for (const auto& [group, member] :
         {std::pair(loss, &Result::meanLoss), std::pair(entropy, &Result::meanEntropy)}) {
        add(group, QStringLiteral("mean"), nats(),
            [member = member](const Result& r) { return (r.*member).mean; });
        if (std::any_of(columns.begin(), columns.end(), [member = member](const auto& c) {
                return ((*c.result).*member).interval.has_value();
            })) {
            add(group, QStringLiteral("from"), nats(),
                [&, member = member](const Result& r) { return end(r.*member, 0); });
            add(group, QStringLiteral("to"), nats(),
                [&, member = member](const Result& r) { return end(r.*member, 1); });
        }
    }
    const auto addDistances = [&](bool symmetric, const QString& group, std::size_t other) {
        table.columns.push_back({group, columns[other].name, nats(), {}});
        for (std::size_t m = 0; m < columns.size(); ++m) {
            const auto* distance = m == other ? nullptr : distanceOf(columns, m, other);
            table.columns.back().values.push_back(m == other            ? 0.0
                                                  : distance == nullptr ? none
                                                  : symmetric ? distance->numbers->meanJsd.mean
                                                              : distance->meanKl().mean);
        }
    };
    const auto calibration = QStringLiteral("calibration");
    add(calibration, QStringLiteral("ECE"), {}, [](const Result& r) { return r.ece; });
    add(calibration, QStringLiteral("> 50"), QStringLiteral("%"),
        [](const Result& r) { return 100.0 * r.lossAbove50; });
    for (const auto& [symmetric, group] :
         {std::pair(true, QStringLiteral("JSD from")), std::pair(false, QStringLiteral("KL to"))})
        for (std::size_t other = 0; other < columns.size() && columns.size() > 1; ++other)
            addDistances(symmetric, group, other);
    return table;
}

QStringList headTitles() {
    QStringList titles;
    for (const auto& each : headScores)
        titles << QString::fromLatin1(each.title);
    return titles;
}

TableFigure headTable(const Columns& columns) {
    std::set<Component> heads; // a head that one of the models lacks has no number there
    for (const auto& column : columns)
        for (Eigen::Index l = 0; l < column.result->heads.front().rows(); ++l)
            for (Eigen::Index h = 0; h < column.result->heads.front().cols(); ++h)
                heads.insert({ComponentKind::Head, LayerIndex(l), HeadIndex(h)});
    TableFigure table;
    table.rowTitle = QStringLiteral("head");
    for (const auto& head : heads) {
        table.rows << QString::fromStdString(label(head));
        table.things.emplace_back(head);
    }
    const auto numbers = [&](const Result& result, HeadScore score) {
        const auto& scores = result.heads[static_cast<std::size_t>(score)];
        std::vector<double> values;
        for (const auto& head : heads)
            values.push_back(head.layer.value < scores.rows() && head.head.value < scores.cols()
                                 ? scores(head.layer.value, head.head.value)
                                 : unknownValue);
        return values;
    };
    for (const auto& [score, name] : headScores) {
        const auto title = QString::fromLatin1(name);
        const auto first = table.columns.size();
        for (const auto& column : columns)
            table.columns.push_back(
                {column.name, title, unitOf(score), numbers(*column.result, score)});
        for (const auto& [a, b] : pairsOf(columns.size())) {
            TableFigure::Column difference{minus(columns, a, b), title, unitOf(score), {}};
            for (std::size_t row = 0; row < heads.size(); ++row)
                difference.values.push_back(table.columns[first + b].values[row] -
                                            table.columns[first + a].values[row]);
            table.columns.push_back(std::move(difference));
        }
    }
    return table;
}

std::vector<TokenPlace> apartPlaces(const ComparisonColumns& columns) {
    std::map<std::size_t, std::pair<double, TokenPlace>> found;
    for (std::size_t a = 0; a < columns.size(); ++a)
        for (auto b = a + 1; b < columns.size(); ++b)
            if (const auto* distance = distanceOf(columns, a, b)) {
                const auto& jsd = distance->numbers->jsd;
                for (const auto& place :
                     largestScored(jsd, columns[a].result->lengths, listedTokens)) {
                    auto& there = found.try_emplace(place.token, 0.0, place).first->second;
                    there.first = std::max(there.first, jsd[place.token]);
                }
            }
    std::vector<std::pair<double, TokenPlace>> all;
    for (const auto& [token, each] : found)
        all.push_back(each);
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& x, const auto& y) { return x.first > y.first; });
    all.resize(std::min(all.size(), listedTokens));
    std::vector<TokenPlace> places;
    for (const auto& each : all)
        places.push_back(each.second);
    return places;
}

TableFigure apartTable(const Columns& columns) {
    const auto places = apartPlaces(columns);
    TableFigure table;
    table.rowTitle = QStringLiteral("sequence:position, text ▸ next token");
    for (const auto& place : places)
        table.rows << QStringLiteral("%1:%2 ").arg(place.sample).arg(place.position) +
                          contextOf(*columns.front().result, place);
    const auto add = [&](const QString& group, const QString& title, const QString& unit,
                         const auto& value) {
        table.columns.push_back({group, title, unit, {}});
        for (const auto& place : places)
            table.columns.back().values.push_back(value(place));
    };
    for (std::size_t a = 0; a < columns.size(); ++a)
        for (auto b = a + 1; b < columns.size(); ++b)
            if (const auto* distance = distanceOf(columns, a, b))
                add(QStringLiteral("%1, %2").arg(columns[a].name, columns[b].name),
                    QStringLiteral("JSD"), nats(),
                    [&](const TokenPlace& place) { return distance->numbers->jsd[place.token]; });
    for (const auto& column : columns)
        add(QStringLiteral("loss"), column.name, nats(),
            [&](const TokenPlace& place) { return column.result->loss[place.token]; });
    return table;
}

TableFigure highLossTable(const Columns& columns) {
    std::map<int, std::string> tokens;
    std::vector<std::map<int, BeforeHighLoss>> found;
    for (const auto& column : columns) {
        auto& there = found.emplace_back();
        for (const auto& each : beforeHighLosses(*column.result)) {
            there[each.token] = each;
            tokens.try_emplace(each.token, column.result->texts.at(each.token));
        }
    }
    TableFigure table;
    table.rowTitle = QStringLiteral("token before");
    for (const auto& [id, text] : tokens)
        table.rows << QStringLiteral("\"%1\"").arg(QString::fromStdString(oneLine(text)));
    const auto add = [&](const QString& model, const QString& title, std::size_t m,
                         double BeforeHighLoss::*number) {
        table.columns.push_back({model, title, QStringLiteral("times"), {}});
        for (const auto& [id, text] : tokens) {
            const auto there = found[m].find(id);
            table.columns.back().values.push_back(there == found[m].end() ? unknownValue
                                                                          : there->second.*number);
        }
    };
    for (std::size_t m = 0; m < columns.size(); ++m) {
        add(columns[m].name, QStringLiteral("losses > 50"), m, &BeforeHighLoss::high);
        add(columns[m].name, QStringLiteral("of"), m, &BeforeHighLoss::scored);
    }
    return table;
}

QStringList highLossNotes(const Columns& columns) {
    return QStringList{QStringLiteral("losses above %1 nats: %2 %")
                           .arg(QString::number(highLoss),
                                ofEach(columns,
                                       [](const auto& column) {
                                           return threeDigits(100.0 * column.result->lossAbove50);
                                       }))} +
           domainNotes(columns);
}

TableFigure massiveTable(const Columns& columns) {
    using Entry = std::tuple<int, int, int>; // layer, position, feature
    std::map<Entry, std::vector<double>> rows;
    for (std::size_t m = 0; m < columns.size(); ++m)
        for (const auto& each : columns[m].result->massive) {
            auto& values = rows[{each.layer, each.position, each.feature}];
            values.resize(columns.size(), unknownValue);
            values[m] = each.value;
        }
    TableFigure table;
    table.rowTitle = QStringLiteral("activation");
    for (const auto& column : columns)
        table.columns.push_back({column.name, QStringLiteral("value"), {}, {}});
    for (const auto& [place, values] : rows) {
        const auto& [layer, position, feature] = place;
        table.rows << QStringLiteral("layer %1, position %2, feature %3")
                          .arg(layer)
                          .arg(position)
                          .arg(feature);
        table.things.emplace_back(Position{LayerIndex(layer), PositionIndex(position)});
        for (std::size_t m = 0; m < values.size(); ++m)
            table.columns[m].values.push_back(values[m]);
    }
    return table;
}

} // namespace residuum
