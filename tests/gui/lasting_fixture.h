// The real window with a cache and kept sessions.
#pragma once

#include "window_fixture.h"

#include "widgets/panels/attribution_header.h"

namespace residuum::test {

class LastingTest : public WindowTest {
  protected:
    LastingTest() {
        cache = CacheSettings{folder.path() / "cache"};
        stateFolder = folder.path() / "state";
    }

    QString path(const std::string& name) const {
        return QString::fromStdString((folder.path() / name).string());
    }

    void save(const QString& file) {
        attribution().save(file);
        ASSERT_TRUE(settle());
        ASSERT_TRUE(std::filesystem::exists(file.toStdString()));
    }

    void closeAndForget() {
        window->close();
        window.reset();
    }

    ModelHeader* header(int column) { return window->findChildren<ModelHeader*>().at(column); }
};

} // namespace residuum::test
