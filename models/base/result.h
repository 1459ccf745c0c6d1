// A user's mistake as a value: what is wrong, and a hint how to mend it. The place (file, line,
// column) is added by whoever knows it.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace lvslab {

/// One sentence without a full stop each; the hint may be empty.
struct Error {
  std::string what;
  std::string hint;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string what, std::string hint = {}) {
  return tl::unexpected<Error>(Error{std::move(what), std::move(hint)});
}

}  // namespace lvslab
