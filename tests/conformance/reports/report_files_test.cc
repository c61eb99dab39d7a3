#include "conformance/reports/report_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/reports/pending_file.h"
#include "gmock/gmock.h"
#include "tests/conformance/reports/sample_run.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing_support::TempDir;

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> FilesOf(const TempDir& folder) {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.File(""))) {
    names.push_back(entry.path().filename());
  }
  return names;
}

std::string ProblemOf(const std::vector<std::string>& texts) {
  return std::string(ParseReports(texts).status().message());
}

TEST(ParseReportsTest, TakesOneOrSeveral) {
  const std::vector<std::string> texts = {"junit=a.xml,json=b", "html=c=d",
                                          "markdown=-"};
  EXPECT_THAT(ParseReports(texts).value(),
              ElementsAre(ReportTarget{ReportFormat::kJUnit, "a.xml"},
                          ReportTarget{ReportFormat::kJson, "b"},
                          ReportTarget{ReportFormat::kHtml, "c=d"},
                          ReportTarget{ReportFormat::kMarkdown, "-"}));
}

TEST(ParseReportsTest, SaysWhatToWrite) {
  for (const std::string text : {"", "html", "html=", "=a", "HTML=a", "a,b"}) {
    EXPECT_THAT(ProblemOf({text}), HasSubstr("give FORMAT=FILE")) << text;
  }
  EXPECT_THAT(ProblemOf({"html=a", "json=a"}),
              HasSubstr("two reports cannot go to a"));
}

TEST(PendingFileTest, IsThereOnlyOnceItIsWhole) {
  const TempDir folder;
  const std::string path = folder.File("report");
  {
    auto file = PendingFile::Open(path).value();
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_TRUE(file.Commit("text").ok());
    EXPECT_EQ(TextOf(path), "text");
  }
  EXPECT_THAT(FilesOf(folder), ElementsAre("report"));
}

TEST(PendingFileTest, LeavesWhatWasThereWithoutACommit) {
  const TempDir folder;
  const std::string path = folder.File("report");
  std::ofstream(path) << "before";
  { const auto file = PendingFile::Open(path).value(); }
  EXPECT_EQ(TextOf(path), "before");
  EXPECT_THAT(FilesOf(folder), ElementsAre("report"));
}

TEST(PendingFileTest, WritesWhereALinkLeadsTo) {
  const TempDir folder;
  std::ofstream(folder.File("real")) << "before";
  std::filesystem::create_symlink(folder.File("real"), folder.File("link"));
  EXPECT_TRUE(WriteWhole(folder.File("link"), "text").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(folder.File("link")));
  EXPECT_EQ(TextOf(folder.File("real")), "text");
}

TEST(PendingFileTest, DoesNotTakeThePlaceOfADevice) {
  EXPECT_TRUE(WriteWhole("/dev/null", "text").ok());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(PendingFileTest, SaysWhichFileCannotBeWritten) {
  const absl::Status status = PendingFile::Open("/no/such/folder/a").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "cannot write /no/such/folder/a: No such file or directory");
}

TEST(ReportFilesTest, WritesEachFormatToItsFile) {
  const TempDir folder;
  const std::vector<ReportTarget> targets = {
      {ReportFormat::kJUnit, folder.File("xml")},
      {ReportFormat::kJson, "-"},
      {ReportFormat::kHtml, folder.File("html")},
      {ReportFormat::kMarkdown, folder.File("md")}};
  EXPECT_TRUE(TakesStandardOutput(targets));
  auto files = ReportFiles::Open(targets).value();
  std::ostringstream output;
  EXPECT_TRUE(files.Write(SampleRun(), SampleInfo(), output).ok());
  EXPECT_THAT(TextOf(folder.File("xml")), StartsWith("<?xml"));
  EXPECT_THAT(TextOf(folder.File("html")), StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(TextOf(folder.File("md")), StartsWith("## "));
  EXPECT_THAT(output.str(), StartsWith("{\n"));
  EXPECT_THAT(FilesOf(folder), SizeIs(3));
}

}  // namespace
}  // namespace duroxide::conformance
