// The `where` language: Wireshark's display-filter field names and operators over dissected layers,
// so that the same expression given to tshark selects the same frames.
//   == != < <= > >= && || ! and or not eq ne lt le gt ge, parentheses; a field alone: it is
//   present; addresses (CIDR with ==), MACs, numbers (decimal, 0x), true/false, strings in quotes.
//   `==` is true of any occurrence, `!=` of all.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/dissect.h"

namespace lvslab::trace {

/// A name beyond those of frames, whose values the caller hands to matches(): "frame.time" is the
/// field "time" of a layer "frame", "node" the field "" of a layer "node". Texts may be compared
/// with bare words and with `contains`; seconds are written decimal or with a unit, and compared as
/// picoseconds.
struct FilterName {
  enum class Value : std::uint8_t { kNumber, kText, kSeconds };
  std::string_view name;
  Value value = Value::kNumber;
};

class FrameFilter {
 public:
  struct Expression;
  /// `extra` must live as long as parsing.
  static Result<FrameFilter> parse(std::string_view text, std::span<const FilterName> extra = {});
  bool matches(const std::vector<wire::Layer>& layers) const;
  bool matches(const std::vector<wire::Layer>& layers, const std::vector<wire::Layer>& more) const;
  /// Every field it names.
  std::vector<std::string> fields() const;
  FrameFilter(FrameFilter&&) noexcept;
  FrameFilter& operator=(FrameFilter&&) noexcept;
  ~FrameFilter();

 private:
  FrameFilter();
  std::unique_ptr<Expression> root_;
};

/// Fields a filter may name, sorted: "arp.opcode", "ip.addr", "ip.src", "tcp.flags.syn" ...
const std::vector<std::string_view>& filter_fields();

/// Names of what else is known of an event of a run: node, note, conn, info ... (see
/// replay/display_filter.h, which knows their values).
std::span<const FilterName> event_names();

}  // namespace lvslab::trace
