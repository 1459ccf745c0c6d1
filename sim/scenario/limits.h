// What a scenario file may cost to read. Each bound is checked before the work it bounds is done,
// and each gives a message that names the bound.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace lvslab::scenario::limits {

inline constexpr std::size_t kFileBytes = 4u << 20;    ///< one file
inline constexpr std::size_t kDataBytes = 256u << 20;  ///< a file of arrivals or values
inline constexpr std::size_t kFiles = 16;              ///< a file with all it includes and extends
inline constexpr std::size_t kNodes = 200'000;         ///< YAML values, aliases counted as copies
inline constexpr std::size_t kTreeText = 16u << 20;    ///< bytes of their text, aliases counted
inline constexpr int kDepth = 64;                      ///< nesting
inline constexpr std::size_t kMessages = 200;          ///< errors shown
inline constexpr std::size_t kValueBytes = 1u << 20;   ///< one value after $NAMEs are replaced
inline constexpr std::size_t kExpandedText = 64u << 20;  ///< text of all values after that
inline constexpr std::size_t kNames = 1'000;             ///< names and params together

inline constexpr std::size_t kQuestions = 50;            ///< of a lesson
inline constexpr std::size_t kChoices = 20;              ///< of a question
inline constexpr std::size_t kLessonText = 4'000;        ///< bytes of one text of a lesson

inline constexpr std::size_t kHosts = 4'096;
inline constexpr std::size_t kSwitches = 1'024;
inline constexpr std::size_t kLinks = 16'384;
inline constexpr std::uint64_t kCores = 256;     ///< of one host
inline constexpr std::size_t kInterfaces = 250;  ///< of one host: the last byte of a made-up MAC
inline constexpr std::size_t kExpandedNodes =
    2'000'000;  ///< YAML values times the hosts of their range
inline constexpr std::size_t kPopulations = 64;
inline constexpr std::size_t kTraffics = 1'000;
inline constexpr std::uint64_t kConnections = 50'000'000;               ///< of one traffic
inline constexpr std::uint64_t kBytes = std::uint64_t{1} << 40;         ///< a request, a reply
inline constexpr std::uint64_t kBitsPerSecond = 1'000'000'000'000'000;  ///< 1000 Tbps
inline constexpr std::uint32_t kQueueFrames = 1'000'000;
inline constexpr std::size_t kFrameBytes = 9'216;  ///< an injected frame
inline constexpr std::size_t kNameBytes = 63;      ///< a host, a switch, a link, a traffic

/// Every duration of a scenario: three of them added up stay within the clock's 106 days.
inline constexpr Duration kDuration = Duration::seconds(30 * 24 * 3'600);

}  // namespace lvslab::scenario::limits
