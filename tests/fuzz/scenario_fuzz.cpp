// The scenario reader on any bytes: it must end, neither crash nor leak, and what it says must be
// printable: every message has a sentence, and a place inside the file or none.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "scenario/scenario.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto result = lvslab::scenario::read_scenario_text(text, "fuzz.yaml");
  const auto& lines = result.lines.at("fuzz.yaml");
  for (const auto& message : result.errors) {
    LVSLAB_CHECK(!message.what.empty());
    const auto line = static_cast<std::size_t>(message.place.line);
    LVSLAB_CHECK(line <= lines.size());
    LVSLAB_CHECK(line == 0 || message.place.column >= 1);
    const auto shown =
        lvslab::scenario::render(message, line == 0 ? std::string_view() : lines[line - 1]);
    LVSLAB_CHECK(shown.size() < 4096);
  }
  return 0;
}
