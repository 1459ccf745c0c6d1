// The verdicts of one file under several orders of simultaneous events, folded: what failed, which
// verdict depends on the order, and how often each outcome of a declared race occurred.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expect/expectation.h"
#include "report/cases.h"

namespace lvslab::cli {

class Orders {
 public:
  explicit Orders(std::string path) : path_(std::move(path)) {}
  /// `connections`: which one each expectation is about, or empty. Orders come with tie seed 0
  /// first.
  void add(std::uint64_t tie_seed, const std::vector<expect::Panel::Judged>& judged,
           const std::vector<std::string>& connections);
  /// Whether some verdict of these failed that no order before did: worth a second look for its
  /// cause.
  bool has_news(const std::vector<expect::Panel::Judged>& judged) const;
  void conclude(report::CaseResult& into) const;

 private:
  struct Seen {
    std::uint64_t tie_seed = 0;
    expect::Verdict verdict;
  };
  struct Outcome {
    std::uint64_t count = 0;
    Seen first;
  };
  struct Item {
    scenario::Place place;
    std::string kind, connection;
    std::optional<Seen> held, failed;  ///< the first of each
    std::uint64_t times_failed = 0;
    std::optional<expect::Race> race;  ///< of the first run
    std::map<std::string, Outcome> outcomes;
  };
  report::Mismatch mismatch(const Item& item, const Seen& seen) const;
  void conclude_verdict(const Item& item, report::CaseResult& into) const;
  void conclude_race(const Item& item, report::CaseResult& into) const;

  std::string path_;
  std::vector<Item> items_;
  std::uint64_t orders_ = 0;
  bool race_declared_ = false;
};

}  // namespace lvslab::cli
