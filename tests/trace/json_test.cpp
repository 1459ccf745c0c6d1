// JSON text that any reader accepts, whatever bytes it is made of.
#include "trace/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace lvslab::trace {
namespace {

TEST(JsonString, EscapesWhatJsonDemands) {
  EXPECT_EQ(json_string("plain"), "\"plain\"");
  EXPECT_EQ(json_string(""), "\"\"");
  EXPECT_EQ(json_string("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
  EXPECT_EQ(json_string("one\ntwo\tthree\r"), "\"one\\ntwo\\tthree\\u000d\"");
  EXPECT_EQ(json_string(std::string_view("\0\x1f\x7f", 3)), "\"\\u0000\\u001f\\u007f\"");
}

TEST(JsonString, KeepsValidUtf8AndReplacesEachByteThatIsNone) {
  EXPECT_EQ(json_string("\xe8\x99\x9a ip \xf0\x9f\x90\xa7 \xc3\xa9"),
            "\"\xe8\x99\x9a ip \xf0\x9f\x90\xa7 \xc3\xa9\"");
  EXPECT_EQ(json_string("a\xff"
                        "b"),
            "\"a\\ufffdb\"");
  EXPECT_EQ(json_string("\xe8\x99"), "\"\\ufffd\\ufffd\"") << "cut short";
  EXPECT_EQ(json_string("\xc0\xaf"), "\"\\ufffd\\ufffd\"") << "overlong";
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"") << "a surrogate";
  EXPECT_EQ(json_string("\xf4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"")
      << "beyond Unicode";
  EXPECT_EQ(json_string("\x80"), "\"\\ufffd\"") << "no first byte";
}

TEST(JsonString, EveryPairOfBytesIsReadBackByAnotherParser) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second), 'x'};
      const auto read = nlohmann::json::parse(json_string(bytes), nullptr, false);
      ASSERT_TRUE(read.is_string()) << first << " " << second;
      if (first < 0x80 && second < 0x80) {
        ASSERT_EQ(read.get<std::string>(), bytes);
      }
    }
  }
}

TEST(Seconds12, IsExactForEveryPicosecond) {
  EXPECT_EQ(seconds12(std::int64_t{0}), "0.000000000000");
  EXPECT_EQ(seconds12(std::int64_t{1}), "0.000000000001");
  EXPECT_EQ(seconds12(std::int64_t{999'999'999'999}), "0.999999999999");
  EXPECT_EQ(seconds12(std::int64_t{1'000'000'000'000}), "1.000000000000");
  EXPECT_EQ(seconds12(std::int64_t{-1}), "-0.000000000001");
  EXPECT_EQ(seconds12(std::int64_t{-1'500'000'000'000}), "-1.500000000000");
  EXPECT_EQ(seconds12(std::numeric_limits<std::int64_t>::max()), "9223372.036854775807");
  EXPECT_EQ(seconds12(std::numeric_limits<std::int64_t>::min()), "-9223372.036854775808");
  EXPECT_EQ(seconds12(Instant::never()), "") << "an instant that never comes is an empty cell";
}

}  // namespace
}  // namespace lvslab::trace
