// A file that is damaged is refused with a message that names it, and stays
// byte for byte as it was.

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "providers/sqlite/database.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/stores.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {
namespace {

constexpr size_t kPage = 4096;

struct Damage {
  std::string name;
  std::function<void(std::string& bytes)> apply;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

class DamagedDatabase : public ::testing::TestWithParam<Damage> {
 protected:
  DamagedDatabase() {
    {
      const auto db = OpenForWriting(file(), absl::Seconds(30));
      EXPECT_TRUE(db.ok()) << db.status();
      const absl::Status filled = InSavepoint(**db, [&] {
        for (int i = 0; i < 500; ++i) {
          EnqueueMessage(**db, kDefaultStore,
                         Start("order-" + std::to_string(i)), 1);
        }
        return absl::OkStatus();
      });
      EXPECT_TRUE(filled.ok()) << filled;
    }
    bytes_ = BytesOf(file());
    EXPECT_EQ(BytesOf(file() + "-wal"), "") << "all of it is in the file";
    EXPECT_GT(bytes_.size(), 30 * kPage);
  }

  std::string file() const { return dir_.File("test.db"); }

  std::string bytes_;

 private:
  testing_support::TempDir dir_;
};

TEST_P(DamagedDatabase, IsRefusedAndLeftAlone) {
  GetParam().apply(bytes_);
  WriteBytes(file(), bytes_);
  const auto refused = OpenForWriting(file(), absl::Seconds(30));
  ASSERT_TRUE(absl::IsDataLoss(refused.status())) << refused.status();
  const std::string message(refused.status().message());
  EXPECT_NE(message.find(file()), std::string::npos) << message;
  EXPECT_NE(message.find("backup"), std::string::npos)
      << "it says what to do: " << message;
  EXPECT_EQ(BytesOf(file()), bytes_);
  EXPECT_EQ(BytesOf(file() + "-wal"), "");
  // And again: the first try has not made it look sound.
  EXPECT_FALSE(OpenForWriting(file(), absl::Seconds(30)).ok());
}

// An inner page of a table, found by what b-tree pages begin with.
size_t LastTablePage(const std::string& bytes) {
  constexpr char kTableLeaf = 0x0d;
  size_t last = 0;
  for (size_t page = kPage; page < bytes.size(); page += kPage) {
    if (bytes[page] == kTableLeaf) last = page;
  }
  return last;
}

INSTANTIATE_TEST_SUITE_P(
    Ways, DamagedDatabase,
    ::testing::Values(
        Damage{"TheFirstBytes",
               [](std::string& bytes) { bytes.replace(0, 16, 16, 'x'); }},
        Damage{"TheHeader",
               [](std::string& bytes) { bytes.replace(0, 100, 100, '\0'); }},
        Damage{"NoDatabaseAtAll",
               [](std::string& bytes) { bytes = "Dear diary, today "; }},
        Damage{"TheSchema",
               [](std::string& bytes) {
                 bytes.replace(100, kPage - 100, kPage - 100, '\x5a');
               }},
        Damage{"OnePage",
               [](std::string& bytes) {
                 bytes.replace(LastTablePage(bytes), kPage, kPage, '\xff');
               }},
        Damage{"APageOfZeros",
               [](std::string& bytes) {
                 bytes.replace(LastTablePage(bytes), kPage, kPage, '\0');
               }},
        Damage{"CutInTheMiddle",
               [](std::string& bytes) { bytes.resize(bytes.size() / 2); }},
        Damage{"CutAtAPage",
               [](std::string& bytes) { bytes.resize(10 * kPage); }},
        Damage{"CutInTheHeader", [](std::string& bytes) { bytes.resize(50); }}),
    [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace duroxide::sqlite
