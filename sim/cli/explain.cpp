#include <cstdio>

#include "cli/quiz/quiz.h"
#include "cli/session.h"
#include "cli/shell_lab.h"
#include "cli/verbs.h"
#include "trace/owners.h"
#include "trace/stages.h"
#include "trace/writers.h"

namespace lvslab::cli {
namespace {

int explain_stages(const Options& options, Session& session, const std::optional<Tag>& connection) {
  const trace::Scene& scene = session.lab().scene();
  trace::StageCollector seen(scene, connection, options.words);
  session.watchers().add(&seen);
  const auto end = session.run(options, WatchLevel::kEverything);
  if (!end) return kBadInput;
  const std::string text = options.format == "mermaid" ? trace::stages_mermaid(scene, seen)
                           : options.format == "svg"   ? trace::stages_svg(scene, seen)
                           : options.format == "html"
                               ? trace::stages_html(scene, seen)
                               : trace::stages_text(scene, seen, colour_wanted(1));
  std::fputs(text.c_str(), stdout);
  return *end == scenario::EndReason::kInterrupted ? kInterrupted : kFine;
}

}  // namespace

int explain_verb(const Options& options) {
  if (options.quiz) return quiz_verb(options);
  if (options.answers) {
    std::fprintf(stderr, "lvslab explain: --answers goes with --quiz.\n");
    return kBadInput;
  }
  const auto session = Session::open(options);
  if (session == nullptr) return kBadInput;
  trace::LadderOptions how;
  how.colour = colour_wanted(1);
  how.words = options.words;
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
  if (options.stages) return explain_stages(options, *session, how.connection);
  if (options.format == "svg" || options.format == "html") {
    std::fprintf(stderr, "lvslab explain: --format %s needs --stages.\n", options.format.c_str());
    return kBadInput;
  }
  const auto ladder = trace::Ladder::make(scene, how);
  session->watchers().add(ladder.get());
  trace::Owners owners;
  session->watchers().add(&owners);
  const auto end = session->run(options, WatchLevel::kEverything);
  if (!end) return kBadInput;
  const bool whole = options.format != "mermaid" && options.connection.empty();
  const std::string text = ladder->text();
  std::fputs((whole ? with_owners(text, owners, scene, options.words) : text).c_str(), stdout);
  return *end == scenario::EndReason::kInterrupted ? kInterrupted : kFine;
}

}  // namespace lvslab::cli
