#include "core/store/hdf5_reader.h"
#include "core/store/hdf5_writer.h"

#include "core/task/error.h"
#include "support/paths.h"
#include "support/stored_form.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

namespace residuum {
namespace {

using ::testing::ElementsAre;

class Hdf5Test : public ::testing::Test {
  protected:
    std::filesystem::path file() const { return folder_.path() / "r.h5"; }

    test::TemporaryFolder folder_;
};

TEST_F(Hdf5Test, RoundTripsDatasetsAxesAndAttributes) {
    {
        Hdf5Writer writer(file());
        const auto rows = writer.axis("/m/row", std::vector<std::string>{"a", "ü"});
        const auto columns = writer.axis("/m/column", 3);
        const std::vector<double> values{1, 2, 3, 4, 5, 6};
        writer.dataset("/m/values", StoredNumber::Float32, {rows, columns}, values);
        writer.strings("/m/texts", {rows}, {"", "two"});
        writer.attribute("/", "kind", std::string("test"));
        writer.attribute("/m", "interval", std::vector<double>{0.5, 1.5});
        writer.attribute("/m/values", "count", std::int64_t{7});
        writer.commit();
    }
    const Hdf5Reader reader(file());
    const auto values = reader.numbers("/m/values");
    EXPECT_THAT(values.shape, ElementsAre(2, 3));
    EXPECT_THAT(values.values, ElementsAre(1, 2, 3, 4, 5, 6));
    EXPECT_THAT(test::axisNames(file(), "/m/values"), ElementsAre("row", "column"));
    EXPECT_THAT(reader.strings("/m/row"), ElementsAre("a", "ü"));
    EXPECT_THAT(reader.strings("/m/texts"), ElementsAre("", "two"));
    EXPECT_EQ(reader.textAttribute("/", "kind"), "test");
    EXPECT_THAT(reader.numberAttribute("/m", "interval"), ElementsAre(0.5, 1.5));
    EXPECT_THAT(reader.numberAttribute("/m/values", "count"), ElementsAre(7));
    EXPECT_TRUE(reader.contains("/m/values"));
    EXPECT_FALSE(reader.contains("/n/values"));
    EXPECT_THAT(reader.children("/m"), ElementsAre("column", "row", "texts", "values"));
}

TEST_F(Hdf5Test, WritesBlocksAndPadsTheRest) {
    {
        Hdf5Writer writer(file());
        const auto rows = writer.axis("/row", 2), columns = writer.axis("/column", 2);
        writer.create("/floats", StoredNumber::Float64, {rows, columns});
        writer.create("/integers", StoredNumber::Int32, {rows, columns});
        const std::vector<double> block{7};
        writer.write("/floats", {1, 0}, {1, 1}, std::span<const double>(block));
        writer.commit();
    }
    const Hdf5Reader reader(file());
    const auto floats = reader.numbers("/floats").values;
    EXPECT_EQ(floats[2], 7);
    EXPECT_TRUE(std::isnan(floats[3]));
    EXPECT_THAT(reader.numbers("/integers").values, ElementsAre(-1, -1, -1, -1));
}

TEST_F(Hdf5Test, ReadsBlocks) {
    {
        Hdf5Writer writer(file());
        const auto rows = writer.axis("/row", 2), columns = writer.axis("/column", 3);
        writer.dataset("/values", StoredNumber::Float64, {rows, columns},
                       std::vector<double>{1, 2, 3, 4, 5, 6});
        writer.createStrings("/texts", 2, {rows, columns}, {{1, 2}, true});
        writer.write("/texts", {1, 1}, {1, 2}, std::vector<std::string>{"e", "ff"});
        writer.commit();
    }
    const Hdf5Reader reader(file());
    EXPECT_THAT(reader.shape("/values"), ElementsAre(2, 3));
    EXPECT_THAT(reader.numbers("/values", {0, 1}, {2, 2}), ElementsAre(2, 3, 5, 6));
    EXPECT_THAT(reader.strings("/texts", {0, 2}, {2, 1}), ElementsAre("", "ff"));
    EXPECT_THROW(reader.numbers("/values", {0, 2}, {2, 2}), Error);
    EXPECT_THROW(reader.numbers("/values", {-1, 0}, {1, 1}), Error);
    EXPECT_THROW(reader.numbers("/values", {0}, {1}), Error);
}

/// HDF5's heap of variable lengths is not safe to read: nothing of ours lies in it.
TEST_F(Hdf5Test, TextsHaveAFixedLengthAndShowTheirNuls) {
    const auto long_ = std::string(70'000, 'l') + "ü";
    {
        Hdf5Writer writer(file());
        const auto rows = writer.axis("/row", std::vector<std::string>{std::string("\0", 1), "ü"});
        writer.strings("/texts", {rows}, {"", std::string("a\0b", 3)});
        writer.attribute("/", "kind", std::string("test"));
        writer.attribute("/", "empty", std::string());
        writer.attribute("/", "request", long_);
        writer.group("/m");
        writer.attribute("/m", "model_info", long_);
        writer.commit();
    }
    const Hdf5Reader reader(file());
    EXPECT_THAT(reader.strings("/row"), ElementsAre("\\x00", "ü"));
    EXPECT_THAT(reader.strings("/texts"), ElementsAre("", "a\\x00b"));
    EXPECT_EQ(reader.textAttribute("/", "kind"), "test");
    EXPECT_EQ(reader.textAttribute("/", "empty"), "");
    EXPECT_EQ(reader.textAttribute("/", "request"), long_);
    EXPECT_TRUE(reader.hasAttribute("/m", "model_info"));
    EXPECT_EQ(reader.textAttribute("/m", "model_info"), long_);
    for (const auto* object : {"/row", "/texts", "/ @kind", "/request"})
        EXPECT_EQ(test::textPadding(file(), object), "UTF-8, null-padded") << object;
}

/// HDF5 lets some 4,085 datasets share an axis.
TEST_F(Hdf5Test, AFullAxisIsMadeAgainInTheGroupThatNeedsIt) {
    {
        Hdf5Writer writer(file());
        const auto rows = writer.axis("/row", 1);
        for (int i = 0; i < 4'200; ++i)
            writer.create("/m/n/" + std::to_string(i), StoredNumber::Int32, {rows});
        writer.commit();
    }
    EXPECT_THAT(test::axisNames(file(), "/m/n/0"), ElementsAre("row"));
    EXPECT_THAT(test::axisNames(file(), "/m/n/4199"), ElementsAre("row"));
    EXPECT_THAT(Hdf5Reader(file()).numbers("/m/n/row").values, ElementsAre(0));
}

TEST_F(Hdf5Test, WhatNoAxisHoldsIsRefusedWithTheNumberThatFits) {
    Hdf5Writer writer(file());
    const auto rows = writer.axis("/row", std::vector<std::string>{"label"});
    try {
        for (int i = 0; i < 4'200; ++i)
            writer.create("/" + std::to_string(i), StoredNumber::Int32, {rows});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("at most 4000 arrays"));
    }
}

TEST_F(Hdf5Test, NothingAppearsWithoutCommit) {
    { Hdf5Writer writer(file()); }
    EXPECT_FALSE(std::filesystem::exists(file()));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(Hdf5Test, SaysWhatCannotBeRead) {
    std::ofstream(file()) << "this is no HDF5";
    try {
        const Hdf5Reader reader(file());
        FAIL() << "opened what is no HDF5 file";
    } catch (const Error& error) {
        EXPECT_EQ(error.subject(), file().string());
    }
    {
        Hdf5Writer writer(file());
        writer.axis("/row", 2);
        writer.commit();
    }
    const Hdf5Reader reader(file());
    EXPECT_THROW(reader.numbers("/column"), Error);
    EXPECT_THROW(reader.strings("/row"), Error);
    EXPECT_THROW(reader.textAttribute("/", "kind"), Error);
}

} // namespace
} // namespace residuum
