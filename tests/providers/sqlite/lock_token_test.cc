#include "providers/sqlite/lock_token.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "providers/errors.h"

namespace duroxide::sqlite {
namespace {

TEST(LockToken, Carries128Bits) {
  for (int i = 0; i < 100; ++i) {
    const std::string hex = RandomHex128();
    EXPECT_EQ(hex.size(), 32u);
    EXPECT_EQ(hex.find_first_not_of("0123456789abcdef"), std::string::npos)
        << hex;
  }
}

TEST(LockToken, EveryBitMayBeEither) {
  std::string zeros(32, 'f');
  std::string ones(32, '0');
  const auto value = [](char digit) {
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
  };
  constexpr char kDigits[] = "0123456789abcdef";
  // That a fair bit never changes in 200 draws has a chance of 2^-199.
  for (int i = 0; i < 200; ++i) {
    const std::string hex = RandomHex128();
    for (size_t j = 0; j < hex.size(); ++j) {
      zeros[j] = kDigits[value(zeros[j]) & value(hex[j])];
      ones[j] = kDigits[value(ones[j]) | value(hex[j])];
    }
  }
  EXPECT_EQ(zeros, std::string(32, '0'));
  EXPECT_EQ(ones, std::string(32, 'f'));
}

TEST(LockToken, NoTwoAreAlike) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  std::vector<std::vector<std::string>> tokens(kThreads);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : tokens) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < kEach; ++i) mine.push_back(MakeLockToken(7));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const auto& mine : tokens) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), size_t{kThreads} * kEach);
}

TEST(LockToken, NamesItsRow) {
  for (const int64_t row : {int64_t{1}, int64_t{123456}, int64_t{1} << 62}) {
    EXPECT_EQ(RowOfToken(MakeLockToken(row)), row);
  }
}

TEST(LockToken, WhatIsMalformedNamesNone) {
  for (const std::string& token :
       {std::string(""), std::string("."), std::string("7"),
        std::string(".abc"), std::string("x.abc"), std::string("7x.abc"),
        std::string("99999999999999999999.abc"), std::string("7\0.abc", 6)}) {
    EXPECT_EQ(RowOfToken(token), std::nullopt) << token;
  }
}

TEST(LockToken, ALostLockIsPermanent) {
  EXPECT_EQ(ReasonOf(LockLost()), provider::v1::ERROR_REASON_LOCK_LOST);
  EXPECT_FALSE(IsRetryable(LockLost()));
}

}  // namespace
}  // namespace duroxide::sqlite
