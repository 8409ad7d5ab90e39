// Result files open in Python with labelled axes.
#include "golden.h"

namespace residuum::test {
namespace {

constexpr const char* python = "/usr/bin/python3"; // Debian's: where its packages are installed

/// Whether Python has the modules; where packaging/test has just installed them it must.
bool has(const std::string& modules) {
    const bool found = runProgram(python, {"-c", "import " + modules}).status == 0;
    EXPECT_TRUE(found || std::getenv("CI") == nullptr) << "Python lacks one of " << modules;
    return found;
}

constexpr const char* script = R"(
import sys, h5py
f = h5py.File(sys.argv[1])
m = f['models/ln-free']
assert [d.label for d in m['dla'].dims] == ['component', 'sample']
assert m['dla'].dims[0][0].asstr()[0] == 'embed'
assert f.attrs['format'] == b'residuum-result' and f.attrs['schema_version'] == 2
assert f['token_text'].asstr()[0, 0] == 'Mary'
assert str(m['dla'].dtype) == 'float32'
assert m.attrs['nmae_heads_ci95'].shape == (2,)
)";

TEST(H5py, OpensResultsWithLabelledAxes) {
    if (!has("h5py"))
        GTEST_SKIP() << "python3-h5py is not installed";
    const TemporaryFolder folder;
    const auto output = (folder.path() / "r.h5").string();
    ASSERT_EQ(residuum({"dla", "demo:ln-free", "--prompt", "Mary went", "--prompt", "John went",
                        "-o", output})
                  .status,
              0);
    const auto outcome = runProgram(python, {"-c", script, output});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
}

/// The lines of the README, on a file with compressed datasets.
constexpr const char* xarrayScript = R"(
import sys, xarray
m = xarray.open_dataset(sys.argv[1], group='models/ln-free', engine='h5netcdf')
assert m['dla'].dims == ('component', 'sample', 'pos'), m['dla'].dims
assert float(abs(m['dla'] - m['direct_effect']).max()) == 0.0
assert float(m['dla'].sel(component='L0H0')[0, 0]) == float(m['dla'][2, 0, 0])
import h5netcdf
store = xarray.backends.H5NetCDFStore(h5netcdf.File(open(sys.argv[1], 'rb')), group='models/ln-free')
assert xarray.open_dataset(store)['dla'].dims == m['dla'].dims
)";

TEST(H5py, XarrayOpensResultsWithLabelledAxes) {
    if (!has("xarray, h5netcdf"))
        GTEST_SKIP() << "python3-xarray or python3-h5netcdf is not installed";
    const TemporaryFolder folder;
    const auto output = (folder.path() / "r.h5").string();
    ASSERT_EQ(residuum({"dla", "demo:ln-free", "--prompt", "Mary went to the store", "--position",
                        "all", "-o", output})
                  .status,
              0);
    const auto outcome = runProgram(python, {"-c", xarrayScript, output});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
}

/// Every mean, interval, p and q of a file against plain numpy on the file's raw values.
TEST(H5py, StatisticsAreThoseOfNumpy) {
    if (!has("h5py, numpy"))
        GTEST_SKIP() << "python3-h5py or python3-numpy is not installed";
    const TemporaryFolder folder;
    const auto output = (folder.path() / "r.h5").string();
    ASSERT_EQ(residuum({"patch", "demo:vanilla", "demo:ln-free", "--task", "ioi-paper", "--pairs",
                        "13", "--seed", "6", "--bootstrap", "50", "--flips", "80", "--sites",
                        "resid_pre,z", "-o", output})
                  .status,
              0);
    const auto outcome = runProgram(
        python, {RESIDUUM_SOURCE_DIR "/tests/analysis/statistics/numpy_statistics.py", output});
    EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
}

} // namespace
} // namespace residuum::test
