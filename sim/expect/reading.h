// Reading an expectation's keys, and saying what was seen. The scenario reader has checked shapes
// and references, so these take what they find at its word.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expect/expectation.h"
#include "scenario/units.h"

namespace lvslab::expect {

using scenario::Value;

/// Scalar of `key`, or empty.
std::string text_of(const Value& map, std::string_view key);
/// The kind's own value (first key).
const Value& subject_of(const scenario::ExpectationSpec& spec);
std::vector<std::string> texts_of(const Value& list);

/// "count: 3" or "count: < 3" as written.
scenario::Bound count_bound(const Value& value);

/// Node number of a host or switch; kNoNode when absent.
NodeIndex node_of(const scenario::Lab& lab, std::string_view name);
/// "web/3" -> tag.
Tag tag_of(const scenario::Lab& lab, std::string_view connection);
/// MAC of "host:interface" or of a MAC text; nothing for "none".
std::optional<wire::Mac> mac_of(const scenario::Lab& lab, const std::string& text);

/// Whether `server` (host, address, address:port, or none) is who the connection went to.
bool served_by(const scenario::Lab& lab, const metrics::ConnectionRow& row,
               const std::string& server);
/// How a report names that server.
std::string server_text(const scenario::Lab& lab, const metrics::ConnectionRow& row);

std::string join(const std::vector<std::string>& words);
std::string seconds_text(Duration d);  ///< "5 s", "20 ms", "3.5 us"

/// When something must hold.
struct When {
  enum class Kind : std::uint8_t { kFinally, kAlways, kNever, kAt } kind = Kind::kFinally;
  Duration at;
  static When read(const Value& spec);
  std::string text() const;
};

}  // namespace lvslab::expect
