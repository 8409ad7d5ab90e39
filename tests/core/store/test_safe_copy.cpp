// Files of unknown origin: either read, with the same numbers, or refused in one sentence, soon, by
// a program that goes on.
#include "core/store/safe_copy.h"

#include "core/store/confined_limits.h"
#include "core/store/hdf5_reader.h"
#include "core/store/hdf5_writer.h"
#include "core/task/error.h"
#include "support/paths.h"

#include <hdf5.h>

#include <chrono>
#include <cmath>
#include <gmock/gmock.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const fs::path fixtures = RESIDUUM_FIXTURES_DIR;

std::string reasonFor(const fs::path& file) {
    const auto start = std::chrono::steady_clock::now();
    std::string reason;
    try {
        const Hdf5Reader reader(file, FileOrigin::Anywhere);
    } catch (const Error& error) {
        EXPECT_EQ(error.subject(), file.string());
        reason = error.reason();
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(wallSeconds(0) + 2))
        << file;
    EXPECT_EQ(reason.find('\n'), std::string::npos);
    return reason;
}

class SafeCopyTest : public ::testing::Test {
  protected:
    fs::path path(const char* name = "r.h5") const { return folder_.path() / name; }

    /// A file by HDF5 itself, without a seal.
    template <class Fill>
    fs::path foreign(const Fill& fill) const {
        const hid_t file = H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        fill(file);
        H5Fclose(file);
        return path();
    }

    static void attribute(hid_t file, const char* name, std::int64_t value) {
        const hid_t space = H5Screate(H5S_SCALAR);
        const hid_t made =
            H5Acreate2(file, name, H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(made, H5T_NATIVE_INT64, &value);
        H5Aclose(made);
        H5Sclose(space);
    }

    static void dataset(hid_t file, const char* name, hid_t type, std::vector<hsize_t> shape,
                        hid_t creation, const void* values) {
        const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
        const hid_t made = H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
        if (values != nullptr)
            H5Dwrite(made, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        H5Dclose(made);
        H5Sclose(space);
    }

    static hid_t looseText() {
        const hid_t type = H5Tcopy(H5T_C_S1);
        H5Tset_size(type, H5T_VARIABLE);
        return type;
    }

    test::TemporaryFolder folder_;
};

TEST_F(SafeCopyTest, FilesThatEndedTheProgramAreRefused) {
    for (const auto* name : {"crash-1.h5", "crash-2.h5", "crash-3.h5"})
        EXPECT_THAT(reasonFor(fixtures / "hostile" / name), HasSubstr("is damaged: HDF5 fails"));
}

TEST_F(SafeCopyTest, AFileThatIsReadForEverIsGivenUp) {
    EXPECT_THAT(reasonFor(fixtures / "hostile" / "hang.h5"),
                HasSubstr("is damaged: reading it comes to no end"));
}

TEST_F(SafeCopyTest, HonestFilesHaveTheSameNumbersTextsAndAttributes) {
    {
        Hdf5Writer writer(path());
        const auto rows = writer.axis("/m/row", std::vector<std::string>{"a", "ü"});
        const auto columns = writer.axis("/m/column", 3000);
        std::vector<double> values(6000, 0.0);
        values[5999] = 1.0 / 3.0;
        writer.dataset("/m/zeros", StoredNumber::Float32, {rows, columns}, values);
        writer.create("/m/padded", StoredNumber::Float64, {rows, columns}, {{1, 64}, true});
        writer.write("/m/padded", {1, 0}, {1, 2}, std::span<const double>(values).last(2));
        writer.create("/m/ids", StoredNumber::Int32, {rows});
        writer.strings("/m/texts", {rows}, {std::string("\0x", 2), "two"});
        writer.attribute("/", "schema_version", std::int64_t{2});
        writer.attribute("/m", "interval", std::vector<double>{0.5, 1.5});
        writer.attribute("/m", "text", std::string("länger"));
        writer.attribute("/m", "long", std::string(100'000, 'x'));
        writer.commit();
    }
    const Hdf5Reader direct(path()), copied(path(), FileOrigin::Anywhere);
    EXPECT_TRUE(copied.sealed());
    for (const auto* name : {"/m/zeros", "/m/ids", "/m/column"}) {
        EXPECT_EQ(copied.numbers(name).shape, direct.numbers(name).shape);
        EXPECT_EQ(copied.numbers(name).values, direct.numbers(name).values);
    }
    const auto padded = copied.numbers("/m/padded").values;
    EXPECT_EQ(padded[3001], 1.0 / 3.0);
    EXPECT_TRUE(std::isnan(padded[0]) && std::isnan(padded[3002]));
    EXPECT_THAT(copied.strings("/m/row"), ElementsAre("a", "ü"));
    EXPECT_THAT(copied.strings("/m/texts"), ElementsAre("\\x00x", "two"));
    EXPECT_THAT(copied.numberAttribute("/m", "interval"), ElementsAre(0.5, 1.5));
    EXPECT_EQ(copied.textAttribute("/m", "text"), "länger");
    EXPECT_EQ(copied.textAttribute("/m", "long"), std::string(100'000, 'x'));
    EXPECT_EQ(copied.children("/m"), direct.children("/m"));
}

TEST_F(SafeCopyTest, TheCopyIsGoneAtOnce) {
    {
        Hdf5Writer writer(path());
        writer.axis("/row", 2);
        writer.commit();
    }
    fs::path copy;
    {
        const SafeCopy safe(path());
        copy = safe.file();
        EXPECT_TRUE(fs::exists(copy));
    }
    EXPECT_FALSE(fs::exists(copy.parent_path()));
}

TEST_F(SafeCopyTest, TextOfAVariableLengthBelongsToVersionOne) {
    const char* text = "loose";
    const auto with = [&](std::int64_t version) {
        return foreign([&](hid_t file) {
            attribute(file, "schema_version", version);
            dataset(file, "texts", looseText(), {1}, H5P_DEFAULT, &text);
        });
    };
    EXPECT_THAT(reasonFor(with(2)), HasSubstr("/texts is text of a variable length"));
    EXPECT_THROW(Hdf5Reader(path()).strings("/texts"), Error) << "in the own cache neither";
    const Hdf5Reader reader(with(1), FileOrigin::Anywhere);
    EXPECT_FALSE(reader.sealed());
    EXPECT_THAT(reader.strings("/texts"), ElementsAre("loose"));
    EXPECT_THAT(reader.numberAttribute("/", "schema_version"), ElementsAre(2.0));
}

TEST_F(SafeCopyTest, OtherFilesAreNeverRead) {
    EXPECT_THAT(reasonFor(foreign([](hid_t file) {
                    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
                    H5Pset_external(creation, "/etc/passwd", 0, 100);
                    dataset(file, "x", H5T_NATIVE_UCHAR, {100}, creation, nullptr);
                })),
                HasSubstr("lies in another file"));
    EXPECT_NE(reasonFor(foreign([](hid_t file) {
                  H5Lcreate_external("/tmp/other.h5", "/x", file, "x", H5P_DEFAULT, H5P_DEFAULT);
              })),
              "");
    EXPECT_NE(reasonFor(foreign([](hid_t file) {
                  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
                  const hsize_t extent = 4;
                  const hid_t space = H5Screate_simple(1, &extent, nullptr);
                  H5Pset_virtual(creation, space, "/tmp/other.h5", "/x", space);
                  dataset(file, "x", H5T_NATIVE_DOUBLE, {4}, creation, nullptr);
              })),
              "");
}

TEST_F(SafeCopyTest, ExtentsWithoutContentAreNoTrap) {
    const auto empty = foreign([](hid_t file) {
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        const hsize_t chunk[] = {1024, 1024};
        H5Pset_chunk(creation, 2, chunk);
        dataset(file, "x", H5T_NATIVE_FLOAT, {1 << 20, 1 << 20}, creation, nullptr);
    });
    EXPECT_EQ(reasonFor(empty), "");
    EXPECT_THROW(Hdf5Reader(empty, FileOrigin::Anywhere).numbers("/x"), Error);
    EXPECT_THROW(Hdf5Reader(empty).numbers("/x"), Error);
    const std::vector<float> zeros(1 << 22);
    EXPECT_THAT(reasonFor(foreign([&](hid_t file) {
                    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
                    const hsize_t chunk = 1 << 22;
                    H5Pset_chunk(creation, 1, &chunk);
                    H5Pset_deflate(creation, 9);
                    for (int i = 0; i < 40; ++i)
                        dataset(file, ("x" + std::to_string(i)).c_str(), H5T_NATIVE_FLOAT,
                                {1 << 22}, creation, zeros.data());
                })),
                HasSubstr("claims more extent than a file of its size holds"));
}

/// What is padded takes neither time nor space, however large it would be.
TEST_F(SafeCopyTest, PaddingIsNotCopied) {
    {
        Hdf5Writer writer(path());
        const auto lines = writer.axis("/line", 64), rows = writer.axis("/row", 20'000),
                   columns = writer.axis("/column", 1024);
        writer.create("/x", StoredNumber::Float32, {lines, rows, columns}, {{64, 64, 4}, true});
        const std::vector<double> values(64 * 64 * 4, 0.5);
        for (std::int64_t row = 0; row + 64 <= 20'000; row += 64)
            writer.write("/x", {0, row, 0}, {64, 64, 4}, std::span<const double>(values));
        writer.commit();
    }
    EXPECT_EQ(reasonFor(path()), "");
    const Hdf5Reader reader(path(), FileOrigin::Anywhere);
    EXPECT_THAT(reader.numbers("/x", {63, 19'967, 3}, {1, 1, 1}), ElementsAre(0.5));
    EXPECT_TRUE(std::isnan(reader.numbers("/x", {63, 19'967, 4}, {1, 1, 1})[0]));
}

TEST_F(SafeCopyTest, GroupsInThemselvesComeToAnEnd) {
    EXPECT_THAT(reasonFor(foreign([](hid_t file) {
                    H5Gclose(H5Gcreate2(file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
                    H5Lcreate_hard(file, "g", file, "g/g", H5P_DEFAULT, H5P_DEFAULT);
                })),
                HasSubstr("lies too deep"));
}

} // namespace
} // namespace residuum
