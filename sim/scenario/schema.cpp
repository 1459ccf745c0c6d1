// JSON Schema (draft 2020-12) of the language, made from the decoder's tables, so that editors and
// the program cannot disagree. A $NAME may stand for any single value, so scalars admit texts with
// a dollar sign.
#include <string>

#include "scenario/expectation_keys.h"
#include "scenario/keys.h"
#include "scenario/scenario.h"
#include "scenario/text.h"

namespace lvslab::scenario {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string pattern(std::string_view expression) {
  return "\"type\":\"string\",\"pattern\":" + quoted("^(" + std::string(expression) + ")$|\\$");
}

std::string one_of(std::string_view words) {
  std::string out = "\"enum\":[";
  for (const std::string_view word : split_words(words)) {
    if (out.back() != '[') out += ',';
    out += quoted(word);
    // YAML 1.1 readers take these for truth values.
    if (word == "on" || word == "off") out += word == "on" ? ",true" : ",false";
  }
  return out + "]";
}

constexpr std::string_view kScalar = "\"type\":[\"string\",\"number\",\"boolean\"]";
constexpr std::string_view kQuad = "[0-9]{1,3}(\\.[0-9]{1,3}){3}";
constexpr std::string_view kTextList = "\"type\":\"array\",\"items\":{\"type\":\"string\"}";

std::string object(const KeyTable& table);

std::string any_of(std::string_view a, std::string_view b) {
  return "\"anyOf\":[{" + std::string(a) + "},{" + std::string(b) + "}]";
}
std::string list_of(const std::string& item) {
  return "\"type\":\"array\",\"items\":{" + item + "}";
}
std::string map_of(const std::string& value) {
  return "\"type\":\"object\",\"additionalProperties\":{" + value + "}";
}

std::string expectations();
std::string shape_of_many(const Key& key);

std::string shape_of(const Key& key) {
  const std::string quad(kQuad);
  const std::string number = "[0-9]+(\\.[0-9]+)?";
  switch (key.shape) {
    case Shape::kText:
      return std::string(kScalar);
    case Shape::kScript:
    case Shape::kName:
      return "\"type\":\"string\"";
    case Shape::kNumber:
      return any_of("\"type\":\"integer\",\"minimum\":0", pattern("[0-9]+"));
    case Shape::kFlag:
      return any_of("\"type\":\"boolean\"", pattern("true|false"));
    case Shape::kDuration:
      return pattern(number + "(ps|ns|us|ms|s|min|h)");
    case Shape::kBitRate:
      return pattern("unlimited|" + number + "[KkMGT]?bps");
    case Shape::kSize:
      return pattern(number + "([kKMG]?B|[KMG]iB)");
    case Shape::kPercent:
      return pattern(number + "%");
    case Shape::kAddress:
      return pattern(quad);
    case Shape::kPrefixes: {
      const std::string one = pattern(quad + "/[0-9]{1,2}");
      return any_of(one, list_of(one));
    }
    case Shape::kMac:
      return "\"type\":\"string\"";
    case Shape::kService:
      return pattern(quad + "(:[0-9]{1,5})?");
    case Shape::kWord:
      return one_of(key.words);
    case Shape::kAny:
      return "";
    default:
      return shape_of_many(key);
  }
}

/// Lists and maps.
std::string shape_of_many(const Key& key) {
  switch (key.shape) {
    case Shape::kNames:
    case Shape::kTextOrList:
      return any_of("\"type\":\"string\"", kTextList);
    case Shape::kTexts:
      return std::string(kTextList);
    case Shape::kScalars:
      return map_of(std::string(kScalar));
    case Shape::kMap:
      return object(*key.table);
    case Shape::kList:
      return list_of(object(*key.table));
    case Shape::kNamedMaps:
      return map_of(object(*key.table));
    case Shape::kCountOrList:
      return any_of(std::string(kScalar), list_of(object(*key.table)));
    case Shape::kWordOrMap:
      return any_of(one_of(key.words), object(*key.table));
    case Shape::kTextOrMaps:
      return map_of(any_of(kScalar, object(*key.table)));
    case Shape::kLinks:
    case Shape::kEnds: {
      const std::string end = any_of("\"type\":\"string\"", object(kPortKeys));
      const std::string ends = list_of(end) + ",\"minItems\":2,\"maxItems\":2";
      if (key.shape == Shape::kLinks) return list_of(any_of(ends, object(*key.table)));
      return any_of("\"type\":\"string\"", ends);
    }
    case Shape::kChoices:
      return any_of(kTextList, map_of(std::string(kScalar)));
    case Shape::kPair:
      return std::string(kTextList) + ",\"minItems\":2,\"maxItems\":2";
    case Shape::kExpectations:
      return expectations();
    default:
      break;
  }
  return "";
}

std::string described(std::string_view about, const std::string& shape) {
  return "{\"description\":" + quoted(about) + (shape.empty() ? "" : "," + shape) + "}";
}

std::string object(const KeyTable& table) {
  std::string properties, required;
  for (const Key& key : table.keys) {
    if (key.later) continue;
    properties += (properties.empty() ? "" : ",") + quoted(key.name) + ":" +
                  described(key.about, shape_of(key));
    if (key.required) required += (required.empty() ? "" : ",") + quoted(key.name);
  }
  return "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{" + properties + "}" +
         (required.empty() ? "" : ",\"required\":[" + required + "]");
}

std::string expectation_keys(std::span<const ExpectationKey> keys, std::string& required) {
  std::string out;
  for (const ExpectationKey& key : keys) {
    std::string shape;
    if (key.shape == ValueShape::kWord) shape = one_of(key.words);
    if (key.shape == ValueShape::kServers || key.shape == ValueShape::kNodes ||
        key.shape == ValueShape::kTexts || key.shape == ValueShape::kDestinations) {
      shape = "\"type\":\"array\"";
    }
    if (key.shape == ValueShape::kServerCounts || key.shape == ValueShape::kLatencies ||
        key.shape == ValueShape::kShares)
      shape = "\"type\":\"object\"";
    out += (out.empty() ? "" : ",") + quoted(key.name) + ":" + described(key.about, shape);
    if (key.required) required += "," + quoted(key.name);
  }
  return out;
}

std::string expectations() {
  std::string kinds;
  for (const ExpectationKind& kind : expectation_kinds()) {
    if (kind.later) continue;
    std::string required = quoted(kind.kind), inner_required;
    std::string subject = "\"type\":\"string\"";
    if (kind.shape == ValueShape::kMap) {
      const std::string inner = expectation_keys(kind.subject, inner_required);
      subject = "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{" + inner + "}";
      if (!inner_required.empty()) subject += ",\"required\":[" + inner_required.substr(1) + "]";
    }
    const std::string keys = expectation_keys(kind.keys, required);
    kinds += (kinds.empty() ? "" : ",") +
             ("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{" +
              quoted(kind.kind) + ":" + described(kind.about, subject) +
              (keys.empty() ? "" : "," + keys) + "},\"required\":[" + required + "]}");
  }
  return "\"type\":\"array\",\"items\":{\"anyOf\":[" + kinds + "]}";
}

}  // namespace

std::string json_schema() {
  // A file that extends another has no hosts of its own, so only the version is required.
  return "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"lvslab "
         "scenario, version 1\"," +
         object(kFileKeys) + "}\n";
}

}  // namespace lvslab::scenario
