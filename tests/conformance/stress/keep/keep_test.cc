// Machines, settings, git and judgements, as runs keep them.

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "conformance/stress/keep/git.h"
#include "conformance/stress/keep/judged.h"
#include "conformance/stress/keep/machine.h"
#include "conformance/stress/keep/settings.h"
#include "gmock/gmock.h"
#include "tests/conformance/stress/keep/sample_runs.h"
#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing_support::ChildProcess;
using testing_support::TempDir;

TEST(Machine, IsTheOneOfThisProcess) {
  const TempDir folder;
  const Machine machine = ThisMachine(folder.File("no/such/file.db"));
  EXPECT_FALSE(machine.cpu_model.empty());
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory_bytes, uint64_t{1} << 26);
  EXPECT_THAT(machine.kernel, HasSubstr("Linux "));
  EXPECT_NE(machine.file_system, "unknown");
  EXPECT_EQ(ThisMachine("/proc/self").file_system.find("ext4"),
            std::string::npos);
  EXPECT_EQ(Fingerprint(machine),
            Fingerprint(ThisMachine(folder.File("other"))));
}

TEST(Machine, FingerprintTellsMachinesApart) {
  const Machine machine = SampleRun().machine;
  Machine other = machine;
  // What kernels keep to themselves makes no other machine.
  other.memory_bytes -= uint64_t{100} << 20;
  EXPECT_EQ(Fingerprint(machine), Fingerprint(other));
  EXPECT_THAT(Differences(machine, other), IsEmpty());
  other.cores = 8;
  EXPECT_NE(Fingerprint(machine), Fingerprint(other));
  EXPECT_THAT(Differences(machine, other), ElementsAre("cores: 2, 8"));
  other = machine;
  other.file_system = "tmpfs";
  EXPECT_NE(Fingerprint(machine), Fingerprint(other));
  // For ever the same: it is kept in files.
  EXPECT_EQ(Fingerprint(machine), Fingerprint(SampleRun().machine));
  EXPECT_EQ(Fingerprint(machine).size(), 16);
}

TEST(Settings, ComeBackAsTheyWere) {
  StressConfig config;
  config.max_concurrent = 7;
  config.duration = absl::Milliseconds(1500);
  config.payload.large_kb = 3;
  config.rate = 0.25;
  config.count = 100'000;
  config.seed = 99;
  EXPECT_EQ(ConfigOf(SettingsOf(config)), config);
}

TEST(Settings, OfAnotherVersionDoNoHarm) {
  const std::vector<Setting> settings = {{"max_concurrent", 3},
                                         {"of_the_future", 1}};
  StressConfig expected;
  expected.max_concurrent = 3;
  EXPECT_EQ(ConfigOf(settings), expected);
}

TEST(Settings, DifferWhereTheLoadDoes) {
  StressConfig a;
  StressConfig b;
  b.duration = absl::Minutes(5);
  b.seed = 2;
  EXPECT_THAT(Differences(a, b), IsEmpty());
  EXPECT_EQ(SettingsKey(a), SettingsKey(b));
  b.activity_delay = absl::ZeroDuration();
  b.worker_concurrency = 4;
  EXPECT_THAT(Differences(a, b),
              ElementsAre("activity delay 10ms, 0", "worker concurrency 2, 4"));
  EXPECT_NE(SettingsKey(a), SettingsKey(b));
}

// A repository with two commits.
class GitTest : public testing::Test {
 protected:
  void SetUp() override {
    Git({"init", "-q", "."});
    Git({"config", "user.email", "ada@example.com"});
    Git({"config", "user.name", "Ada"});
    first_ = Commit("one", "The first");
    second_ = Commit("two", "The second");
  }

  void Git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"git", "-C", path_});
    ChildProcess git("/usr/bin/env", arguments);
    ASSERT_EQ(git.Wait(), 0) << git.output() << git.error();
  }

  std::string Commit(const std::string& text, const std::string& title) {
    std::ofstream(folder_.File("file")) << text;
    Git({"add", "file"});
    Git({"commit", "-q", "-m", title});
    return CheckoutOf(path_)->commit;
  }

  const TempDir folder_;
  const std::string path_ = folder_.File("");
  std::string first_;
  std::string second_;
};

TEST_F(GitTest, KnowsWhatIsCheckedOut) {
  EXPECT_THAT(second_, SizeIs(40));
  EXPECT_FALSE(CheckoutOf(path_)->modified);
  std::ofstream(folder_.File("results.db")) << "not git's";
  EXPECT_FALSE(CheckoutOf(path_)->modified);
  std::ofstream(folder_.File("file")) << "changed";
  EXPECT_TRUE(CheckoutOf(path_)->modified);
}

TEST_F(GitTest, KnowsTheCommitsInBetween) {
  const auto commits = CommitsBetween(path_, first_, second_);
  ASSERT_TRUE(commits.has_value());
  EXPECT_THAT(*commits, ElementsAre(HasSubstr(" The second")));
  EXPECT_THAT(*CommitsBetween(path_, second_, second_), IsEmpty());
}

TEST_F(GitTest, KnowsNothingOfOtherCommits) {
  const std::string other(40, 'e');
  EXPECT_FALSE(CommitsBetween(path_, other, second_).has_value());
  EXPECT_FALSE(CommitsBetween(path_, "v1.0", second_).has_value());
  EXPECT_FALSE(CommitsBetween(path_, "--output=x", second_).has_value());
  EXPECT_FALSE(CommitsBetween(path_, "", second_).has_value());
}

TEST(Git, KnowsNothingOfAFolderThatIsNoCheckout) {
  const TempDir folder;
  EXPECT_FALSE(CheckoutOf(folder.File("")).has_value());
  EXPECT_FALSE(CheckoutOf(folder.File("missing")).has_value());
}

TEST(Judged, GoesToTheRunThatItNames) {
  std::vector<RunRecord> runs = {SampleRun(), SampleRun()};
  for (RunRecord& run : runs) run.thresholds.clear();
  runs[0].result.config.orchestration_concurrency = 1;
  runs[0].result.config.worker_concurrency = 1;
  const std::vector<std::string> texts = {"success_rate == 100"};
  std::vector<Judgement> judgements = {
      {.threshold = ParseThresholds(texts)->front(),
       .verdict = Judgement::Verdict::kNotMet,
       .seen = 98.5,
       .where = "parallel_orchestrations 1/1"},
      {.threshold = ParseThresholds(texts)->front(),
       .verdict = Judgement::Verdict::kCannotJudge,
       .note = "no load is of that kind"}};
  const std::vector<Diagnosis> diagnoses = {
      {.sign = &SignsOfTrouble().front(),
       .where = "parallel_orchestrations 1/1",
       .seen = {"3 failed."}}};
  NoteJudgements(judgements, diagnoses, runs);
  ASSERT_THAT(runs[0].thresholds, SizeIs(1));
  EXPECT_FALSE(runs[0].thresholds_met());
  EXPECT_THAT(runs[0].thresholds[0].seen, HasSubstr("98.5"));
  ASSERT_THAT(runs[0].explanations, SizeIs(1));
  EXPECT_THAT(runs[0].explanations[0].seen, ElementsAre("3 failed."));
  EXPECT_THAT(runs[0].explanations[0].likely_causes, Not(IsEmpty()));
  ASSERT_THAT(runs[1].thresholds, SizeIs(1));
  EXPECT_FALSE(runs[1].thresholds[0].met);
  EXPECT_THAT(runs[1].thresholds[0].seen, HasSubstr("no load"));
  NoteJudgements(judgements, diagnoses, {});
}

}  // namespace
}  // namespace duroxide::stress
