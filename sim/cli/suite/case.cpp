#include "cli/suite/case.h"

#include <algorithm>
#include <memory>

#include "cli/session.h"
#include "cli/suite/files.h"
#include "cli/suite/golden.h"
#include "cli/suite/orders.h"
#include "fmt/format.h"
#include "trace/owners.h"
#include "trace/writers.h"

namespace lvslab::cli {
namespace {

using report::CaseResult;
using report::Mismatch;

/// The connection an expectation is about, if it is about one.
std::string connection_of(const scenario::ExpectationSpec& spec) {
  const scenario::Value* subject = spec.value.find(spec.kind);
  if (subject == nullptr) return {};
  if (spec.kind == "connection") return subject->scalar;
  const scenario::Value* inner = subject->find("connection");
  return inner == nullptr ? std::string() : inner->scalar;
}

class CaseRun {
 public:
  CaseRun(const std::string& path, const CaseOptions& how, CaseResult& result)
      : how_(how), result_(result), orders_(path) {
    options_.verb = "test";
    options_.file = path;
    options_.quiet = true;
  }

  void run(const std::function<void(std::uint64_t)>& on_order) {
    std::uint64_t count = how_.orders;
    for (std::uint64_t seed = 0; seed < count; ++seed) {
      on_order(seed);
      options_.tie_seed = seed;
      if (!run_order(seed == 0)) return;
      if (race_declared_) count = std::max(how_.orders, kRaceOrders);
    }
    orders_.conclude(result_);
    if (golden_) result_.mismatches.push_back(std::move(*golden_));
  }

 private:
  /// False: there is nothing more to learn.
  bool run_order(bool natural) {
    auto session = Session::open(options_);
    if (session == nullptr) {
      // Nobody can say whether a title that cannot be read is wanted: by its path it was not.
      if (how_.wanted) result_.status = CaseResult::Status::kLeftOut;
      return !how_.wanted && broken("input", "a file without mistakes");
    }
    if (natural && !accept(*session)) return false;
    const bool with_ladder =
        natural && (how_.golden == CaseOptions::Golden::kCreate || has_ladder(options_.file));
    auto judged = judge(*session, with_ladder, WatchLevel::kConnections);
    if (!judged) return false;
    if (session->lab().world().level() < WatchLevel::kEverything && orders_.has_news(*judged)) {
      // Watching changes nothing but what is known: again, for the causes.
      session = Session::open(options_);
      if (session == nullptr) return broken("input", "the same file a moment later");
      judged = judge(*session, false, WatchLevel::kEverything);
      if (!judged) return false;
    }
    std::vector<std::string> connections;
    for (const auto& spec : session->lab().scenario().expectations)
      connections.push_back(connection_of(spec));
    for (const auto& one : *judged) race_declared_ = race_declared_ || one.race.has_value();
    orders_.add(options_.tie_seed, *judged, connections);
    return true;
  }

  bool accept(Session& session) {
    result_.title = session.lab().scenario().title;
    if (how_.wanted && !how_.wanted(result_.title)) {
      result_.status = CaseResult::Status::kLeftOut;
      return false;
    }
    if (session.skip().empty()) return true;
    result_.status = CaseResult::Status::kSkipped;
    result_.reason = session.skip();
    return false;
  }

  std::optional<std::vector<expect::Panel::Judged>> judge(Session& session, bool with_ladder,
                                                          WatchLevel level) {
    std::unique_ptr<trace::Ladder> ladder;
    trace::Owners owners;
    if (with_ladder) {
      ladder = trace::Ladder::make(session.lab().scene(), {});
      session.watchers().add(ladder.get());
      session.watchers().add(&owners);
      level = WatchLevel::kEverything;
    }
    if (!session.run(options_, level)) {
      broken("input", "a run without mistakes");
      return std::nullopt;
    }
    const std::string imbalance = session.lab().world().check_conservation();
    if (!imbalance.empty()) {
      std::fprintf(stderr, "lvslab: internal error: %s. Please report this.\n", imbalance.c_str());
      broken("internal error", "every frame accounted for");
      return std::nullopt;
    }
    if (ladder != nullptr) golden(with_owners(ladder->text(), owners, session.lab().scene()));
    return session.panel().judge(session.lab(), session.collector());
  }

  void golden(const std::string& ladder) {
    if (how_.golden == CaseOptions::Golden::kCompare) {
      golden_ = compare_ladder(options_.file, ladder);
      return;
    }
    const auto written = write_ladder(options_.file, ladder);
    if (!written) {
      golden_ =
          Mismatch{{ladder_path(options_.file)}, "ladder", "", written.error().what, "", "", ""};
    } else if (*written) {
      result_.remarks.push_back("wrote " + ladder_path(options_.file));
    }
  }

  /// What is wrong was printed.
  bool broken(const std::string& kind, const std::string& expected) {
    Mismatch one;
    one.place = {options_.file};
    one.kind = kind;
    one.expected = expected;
    one.reproduce = command_line("run", options_.file, options_.tie_seed);
    result_.mismatches.push_back(std::move(one));
    return false;
  }

  const CaseOptions& how_;
  CaseResult& result_;
  Options options_;
  Orders orders_;
  std::optional<Mismatch> golden_;
  bool race_declared_ = false;
};

}  // namespace

std::string command_line(const char* verb, const std::string& path, std::uint64_t tie_seed,
                         const std::string& connection) {
  std::string text = fmt::format("lvslab {} {}", verb, shell_word(path));
  if (tie_seed != 0) text += fmt::format(" --tie-seed {}", tie_seed);
  if (!connection.empty() && std::string_view(verb) == "explain")
    text += " --connection " + shell_word(connection);
  return text;
}

CaseResult run_case(const std::string& path, const CaseOptions& options,
                    const std::function<void(std::uint64_t)>& on_order) {
  CaseResult result;
  result.path = path;
  CaseRun(path, options, result).run(on_order);
  if (!result.mismatches.empty()) result.status = CaseResult::Status::kFailed;
  return result;
}

}  // namespace lvslab::cli
