#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenario/expectation_keys.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"

namespace lvslab::scenario {
namespace {

TEST(Schema, IsJsonAndNamesEveryKeyOfTheFile) {
  const auto schema = nlohmann::json::parse(json_schema(), nullptr, false);
  ASSERT_FALSE(schema.is_discarded());
  for (const Key& key : kFileKeys.keys) {
    EXPECT_EQ(schema["properties"].contains(key.name), !key.later) << key.name;
  }
  EXPECT_EQ(schema["additionalProperties"], false);
}

TEST(Schema, NamesEveryKindOfExpectation) {
  const auto schema = nlohmann::json::parse(json_schema(), nullptr, false);
  ASSERT_FALSE(schema.is_discarded());
  const auto& kinds = schema["properties"]["expect"]["items"]["anyOf"];
  std::size_t built = 0;
  for (const ExpectationKind& kind : expectation_kinds()) {
    if (kind.later) continue;
    EXPECT_TRUE(kinds.at(built)["properties"].contains(kind.kind)) << kind.kind;
    ++built;
  }
  EXPECT_EQ(kinds.size(), built);
}

}  // namespace
}  // namespace lvslab::scenario
