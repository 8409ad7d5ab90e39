// What one model's comparison shows, as plots and as the lines under them. No widgets.
#pragma once

#include "analysis/comparison/comparison_result.h"
#include "widgets/figure/figure.h"

#include <QString>
#include <QStringList>

namespace residuum {

/// "3.05 [3.01, 3.09]".
QString meanText(const TokenMean& mean);
/// "14 scored tokens", "1,024 scored tokens of 6 sequences".
QString domainOf(const ComparisonResult& result);
/// "ECE 0.0193", or that there are too few tokens for it.
QString eceText(const ComparisonResult& result);

/// The first sequence's tokens; a token's loss belongs to it, not to the one before, at which it
/// was predicted.
FigureContent lossStrip(const ComparisonResult& result);
FigureContent entropyStrip(const ComparisonResult& result);
/// A row per other model. symmetric: Jensen–Shannon, else KL to it.
FigureContent distanceStrip(const ComparisonResult& result, bool symmetric);
QStringList lossNotes(const ComparisonResult& result);
QStringList entropyNotes(const ComparisonResult& result);
QStringList distanceNotes(const ComparisonResult& result, bool symmetric);

/// How large losses, entropies, distances are at most, of any share of the scored tokens.
FigureContent lossDistribution(const ComparisonResult& result);
FigureContent entropyDistribution(const ComparisonResult& result);
/// A curve per other model.
FigureContent distanceDistribution(const ComparisonResult& result, bool symmetric);

/// By layer, at position 0 and at the rest.
FigureContent normChart(const ComparisonResult& result);
FigureContent scoreChart(const ComparisonResult& result, StreamScore score, const QString& title);
QStringList massiveNotes(const ComparisonResult& result);

/// Layer × head.
FigureContent headMap(const ComparisonResult& result, HeadScore score);
QStringList headNotes(const ComparisonResult& result, HeadScore score);

FigureContent calibrationChart(const ComparisonResult& result);
/// Of the token at each position, mean over the sequences.
FigureContent positionChart(const ComparisonResult& result);

} // namespace residuum
