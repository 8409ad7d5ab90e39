// What a walk along a result's fields refuses, and what it makes of numbers.
#include "core/task/error.h"
#include "dla_support.h"

#include <gmock/gmock.h>

namespace residuum {
namespace {

using ::testing::HasSubstr;

class ResultFields : public ::testing::Test {
  protected:
    ResultFields() {
        auto request = test::everyPosition();
        request.position.all = false;
        Job<DlaResult> job(progress_);
        result_ = *DlaAnalysis::compute(*test::openGolden("tiny-ln"), input_, request, job);
    }

    /// Writes `result_` and reads it back.
    std::shared_ptr<const DlaResult> again() const {
        const auto file = folder_.path() / "result.h5";
        saveResults<DlaAnalysis>(file, {std::make_shared<DlaResult>(result_)}, input_,
                                 result_.request, nullptr);
        return DlaAnalysis::read(ResultReader(file, FileOrigin::Own), 0);
    }

    void refused(const std::string& why) const {
        try {
            again();
            ADD_FAILURE() << "is read";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(why));
        }
    }

    test::TemporaryFolder folder_;
    Progress progress_;
    PromptInput input_ = test::somePrompts();
    DlaResult result_;
};

TEST_F(ResultFields, WholeNumbersOutOfTheirRangeAreRefused) {
    result_.rows.front().predictions.front().token = TokenId(-7);
    refused("/models/tiny-ln/prediction must hold whole numbers from -1 to 2147483647; the file is "
            "damaged");
    result_.rows.front().position = PositionIndex(-2);
    refused("/models/tiny-ln/position must hold whole numbers from 0 to 2147483647");
}

TEST_F(ResultFields, RoundedNumbersAreThoseReadBack) {
    result_.dla(3, 1) = 0.1;
    result_.rows.back().logit = 1.0 / 3.0;
    result_.rows.back().predictions.back().probability = 0.7;
    result_.nmae.perHead(0, 0) = 1e-3;
    const auto read = again();
    EXPECT_FALSE(test::sameNumbers(*read, result_));
    EXPECT_EQ(result_.dla(3, 1), 0.1) << "writing changes nothing";
    DlaAnalysis::roundAsStored(result_);
    EXPECT_TRUE(test::sameNumbers(*read, result_));
}

} // namespace
} // namespace residuum
