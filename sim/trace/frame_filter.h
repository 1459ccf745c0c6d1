// The `where` language: Wireshark's display-filter field names and operators over dissected layers,
// so that the same expression given to tshark selects the same frames.
//   == != < <= > >= && || ! and or not eq ne lt le gt ge, parentheses; a field alone: it is
//   present; addresses (CIDR with ==), MACs, numbers (decimal, 0x), true/false, strings in quotes.
//   `==` is true of any occurrence, `!=` of all.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/dissect.h"

namespace lvslab::trace {

class FrameFilter {
 public:
  struct Expression;
  static Result<FrameFilter> parse(std::string_view text);
  bool matches(const std::vector<wire::Layer>& layers) const;
  FrameFilter(FrameFilter&&) noexcept;
  FrameFilter& operator=(FrameFilter&&) noexcept;
  ~FrameFilter();

 private:
  FrameFilter();
  std::unique_ptr<Expression> root_;
};

/// Fields a filter may name, sorted: "arp.opcode", "ip.addr", "ip.src", "tcp.flags.syn" ...
const std::vector<std::string_view>& filter_fields();

}  // namespace lvslab::trace
