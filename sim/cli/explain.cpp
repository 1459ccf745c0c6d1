#include <cstdio>

#include "cli/session.h"
#include "cli/verbs.h"
#include "trace/writers.h"

namespace lvslab::cli {
namespace {

// "web/1" to its numbers.
std::optional<Tag> find_connection(const trace::Scene& scene, const std::string& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  char* end = nullptr;
  const unsigned long number = std::strtoul(text.c_str() + slash + 1, &end, 10);
  if (*end != '\0' || number == 0 || number > 0xffffffffUL) return std::nullopt;
  for (std::size_t i = 0; i < scene.traffics.size(); ++i) {
    if (scene.traffics[i] == text.substr(0, slash)) {
      return Tag{static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(number), 0};
    }
  }
  return std::nullopt;
}

}  // namespace

int explain_verb(const Options& options) {
  const auto session = Session::open(options);
  if (session == nullptr) return kBadInput;
  trace::LadderOptions how;
  how.colour = colour_wanted(1);
  if (options.format == "mermaid") how.format = trace::LadderOptions::Format::kMermaid;
  const trace::Scene& scene = session->lab().scene();
  if (!options.connection.empty()) {
    how.connection = find_connection(scene, options.connection);
    if (!how.connection) {
      std::string known;
      for (const std::string& traffic : scene.traffics)
        known += (known.empty() ? "" : ", ") + traffic;
      std::fprintf(
          stderr,
          "lvslab explain: no connection '%s'. Name one as TRAFFIC/NUMBER; traffics here: %s.\n",
          options.connection.c_str(), known.empty() ? "none" : known.c_str());
      return kBadInput;
    }
  }
  const auto ladder = trace::Ladder::make(scene, how);
  session->watchers().add(ladder.get());
  const auto end = session->run(options, WatchLevel::kEverything);
  if (!end) return kBadInput;
  std::fputs(ladder->text().c_str(), stdout);
  return *end == scenario::EndReason::kInterrupted ? kInterrupted : kFine;
}

}  // namespace lvslab::cli
