// How a view of a result is to be shown: settings by name, described once for the command line, for
// copied commands and for the window's controls.
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// One setting of a kind's views.
struct ViewSetting {
    enum class Type {
        Choice,   ///< one of `values`
        Text,     ///< the kind reads it; `values` are those that the window offers
        Count,    ///< a whole number from 0
        Position, ///< a whole number, from the end when negative
        Flag
    };
    struct Value {
        QString name;  ///< as written
        QString title; ///< for people
    };
    QString name; ///< "site": of the option --site
    Type type = Type::Text;
    QString help;
    std::vector<Value> values{};
    QString title{};     ///< for people, in the window
    QString otherName{}; ///< another spelling of the option

    /// The place of a value's name; -1: there is none.
    int placeOf(const QString& value) const;
};

/// What is set, in the order of the kind's settings.
class ViewSettings {
  public:
    void set(const QString& name, const QString& value);
    void set(const QString& name, int value) { set(name, QString::number(value)); }
    void setFlag(const QString& name) { set(name, QString()); }
    /// "" where it is not set.
    QString text(const QString& name) const;
    /// Empty where it is not set. Throws UsageError where it is no number.
    std::optional<int> number(const QString& name) const;
    bool flag(const QString& name) const;
    const std::vector<std::pair<QString, QString>>& all() const { return all_; }
    /// Leaves out what a view does not have.
    void keepOnly(const QStringList& names);

  private:
    const QString* find(const QString& name) const;
    std::vector<std::pair<QString, QString>> all_;
};

} // namespace residuum
