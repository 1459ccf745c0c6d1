// The keys of the scenario language: one table per map, read by the decoder (unknown, missing and
// later keys) and by the JSON Schema. A key is added here and where its section is decoded, nowhere
// else.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lvslab::scenario {

struct KeyTable;

enum class Shape : std::uint8_t {
  kText,
  kScript,  ///< a text nothing is replaced in
  kNumber,
  kFlag,
  kDuration,
  kBitRate,
  kSize,
  kPercent,
  kAddress,   ///< IPv4
  kPrefixes,  ///< address with prefix length, or a list of them
  kMac,
  kService,  ///< address:port
  kWord,     ///< one of `words`
  kName,     ///< of a host, switch, link, traffic
  kNames,    ///< one, or a list
  kTexts,    ///< a list of texts
  kTextOrList,
  kScalars,      ///< a map of NAME to any scalar
  kMap,          ///< `table`
  kList,         ///< of maps by `table`
  kNamedMaps,    ///< a map of NAME to a map by `table`
  kCountOrList,  ///< a number, or a list of maps by `table`
  kWordOrMap,    ///< one of `words`, or a map by `table`
  kTextOrMaps,   ///< a map of NAME to a text or a map by `table`
  kLinks,        ///< a list of [end, end] or maps by `table`
  kEnds,         ///< two ends of a link
  kChoices,      ///< a list of texts, or a map of text to text
  kPair,         ///< [address, MAC]
  kExpectations,
  kAny,
};

struct Key {
  std::string_view name;
  Shape shape = Shape::kAny;
  std::string_view about;
  std::string_view words = {};  ///< "a|b|c"
  const KeyTable* table = nullptr;
  bool required = false;
  bool later = false;  ///< accepted word, answered "not yet"
};

struct KeyTable {
  std::string_view what;  ///< "a host": for messages
  std::span<const Key> keys;
};

extern const KeyTable kFileKeys, kLinkDefaultKeys, kHostKeys, kInterfaceKeys, kFileTextKeys,
    kServeKeys, kCpuKeys, kPerPacketKeys, kSwitchKeys, kLinkKeys, kPortKeys, kVlanKeys,
    kPopulationKeys, kTrafficKeys, kConnectionKeys, kSendKeys, kCloseKeys, kTimelineKeys,
    kServiceKeys, kInjectKeys, kArpKeys, kEthernetKeys, kWaiveKeys, kCompareKeys,
    kCompareExpectKeys, kLessonKeys, kQuestionKeys;

}  // namespace lvslab::scenario
