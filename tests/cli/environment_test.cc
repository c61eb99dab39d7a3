#include "cli/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace duroxide::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::TempDir;

struct Settings {
  std::string color = "red";
  int size = 1;
  bool loud = false;
};

void Define(CLI::App& app, Settings& settings) {
  app.option_defaults()->take_last();
  app.add_option("--color", settings.color)
      ->check(CLI::IsMember({"red", "green", "blue"}));
  app.add_option("-s,--paper-size", settings.size)->required();
  app.add_flag("--loud", settings.loud);
  AddConfigFile(app, "A file");
  NameVariables(app, "PRINTER_");
}

// The variables of this test, gone when it ends.
class EnvironmentTest : public testing::Test {
 protected:
  ~EnvironmentTest() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
  }

  void Set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

  static std::vector<std::string> FromEnvironment() {
    Settings scratch;
    return ArgumentsFromEnvironment(
        [&scratch](CLI::App& app) { Define(app, scratch); });
  }

  // What comes of environment, arguments and file together.
  static Settings Parse(const std::vector<std::string>& given) {
    std::vector<std::string> arguments = FromEnvironment();
    arguments.insert(arguments.end(), given.begin(), given.end());
    std::ranges::reverse(arguments);
    Settings settings;
    CLI::App app;
    Define(app, settings);
    app.parse(arguments);
    return settings;
  }

 private:
  std::vector<std::string> set_;
};

TEST_F(EnvironmentTest, VariablesHaveTheFlagsNames) {
  Set("PRINTER_COLOR", "blue");
  Set("PRINTER_PAPER_SIZE", "4");
  Set("PRINTER_LOUD", "true");
  EXPECT_THAT(FromEnvironment(),
              ElementsAre("--color=blue", "--paper-size=4", "--loud=true"));
  const Settings settings = Parse({});
  EXPECT_EQ(settings.color, "blue");
  EXPECT_EQ(settings.size, 4);
  EXPECT_TRUE(settings.loud);
}

TEST_F(EnvironmentTest, AnEmptyVariableIsNone) {
  Set("PRINTER_COLOR", "");
  EXPECT_THAT(FromEnvironment(), IsEmpty());
}

TEST_F(EnvironmentTest, AFlagCanBeTurnedOff) {
  Set("PRINTER_LOUD", "false");
  EXPECT_FALSE(Parse({"-s1"}).loud);
}

TEST_F(EnvironmentTest, AWrongVariableIsNamed) {
  Set("PRINTER_COLOR", "mauve");
  try {
    FromEnvironment();
    FAIL() << "nothing was thrown";
  } catch (const CLI::ParseError& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("PRINTER_COLOR"), HasSubstr("mauve")));
  }
}

TEST_F(EnvironmentTest, FlagsWinOverVariablesAndVariablesOverTheFile) {
  const TempDir dir;
  std::ofstream(dir.File("printer.toml")) << "# how it is set up\n"
                                             "color = \"green\"\n"
                                             "paper-size = 3\n"
                                             "loud = true\n";
  Set("PRINTER_CONFIG", dir.File("printer.toml"));
  Set("PRINTER_COLOR", "blue");
  Settings settings = Parse({});
  EXPECT_EQ(settings.color, "blue");
  EXPECT_EQ(settings.size, 3);
  EXPECT_TRUE(settings.loud);
  settings = Parse({"--color=red", "--paper-size", "5", "--loud=false"});
  EXPECT_EQ(settings.color, "red");
  EXPECT_EQ(settings.size, 5);
  EXPECT_FALSE(settings.loud);
}

TEST_F(EnvironmentTest, ANameInTheFileThatIsNoFlagIsAnError) {
  const TempDir dir;
  std::ofstream(dir.File("printer.toml")) << "colour = \"green\"\n";
  EXPECT_THROW(Parse({"-s1", "--config", dir.File("printer.toml")}),
               CLI::ConfigError);
}

TEST_F(EnvironmentTest, AFileThatIsNotThereIsAnError) {
  EXPECT_THROW(Parse({"-s1", "--config=/dev/null/printer.toml"}),
               CLI::FileError);
}

}  // namespace
}  // namespace duroxide::cli
