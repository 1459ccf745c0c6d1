// A moment of a run as the ladder writes it: "0.000 066 592 s", so that what another text names can
// be looked up there.
#pragma once

#include <string>

#include "base/time.h"
#include "fmt/format.h"

namespace lvslab::trace {

inline std::string clock_text(Instant t) {
  const std::int64_t ns = t.ps() / 1000;
  return fmt::format("{}.{:03} {:03} {:03} s", ns / 1'000'000'000, ns / 1'000'000 % 1000,
                     ns / 1000 % 1000, ns % 1000);
}

}  // namespace lvslab::trace
