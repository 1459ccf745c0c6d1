// What a scenario expects of its run. Each kind is a file in expectations/ and one line in its
// table.cpp: it reads its keys, watches the stream or looks at tables at its moment, and says at
// the end whether it held and, if not, what was seen instead. An expectation that matches nothing
// fails.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/record.h"
#include "metrics/collector.h"
#include "scenario/lab.h"

namespace lvslab::expect {

struct Verdict {
  bool passed = false;
  std::string expected;  ///< in the words of the file
  std::string actual;    ///< what was seen
  std::string when;      ///< "at 5 s", "finally"; empty: over the whole run
  /// What first made it so, with its moment; empty: not known (or not watched: it needs every
  /// note).
  std::string cause;
};

/// What `outcomes` declares: the ends that a race may have, and which one this run had.
struct Race {
  std::string of;       ///< as the file says it
  std::string outcome;  ///< a name listed, or what came instead
  struct Listed {
    std::string name, share;  ///< share: see scenario/share.h
  };
  std::vector<Listed> listed;
};

class Expectation {
 public:
  virtual ~Expectation() = default;
  /// Before the run: ask for moments with lab.at() or lab.on_ready().
  virtual void prepare(scenario::Lab& lab) { (void)lab; }
  virtual void on_record(const Record& record) { (void)record; }
  /// Which records on_record wants.
  virtual WatchLevel wants() const { return WatchLevel::kConnections; }
  virtual Verdict judge(const scenario::Lab& lab, const metrics::Collector& collector) = 0;
  /// After judge(): the race it declares, if that is what it does.
  virtual std::optional<Race> race() const { return std::nullopt; }
};

struct ExpectationEntry {
  std::string_view kind;
  /// Checks and reads `spec`; mistakes go to `errors` and null is returned.
  std::unique_ptr<Expectation> (*make)(const scenario::ExpectationSpec& spec,
                                       const scenario::Lab& lab,
                                       std::vector<scenario::Message>& errors);
  std::string_view about;
};
std::span<const ExpectationEntry> expectations();

/// All expectations of a scenario, as one watcher.
class Panel final : public Watcher {
 public:
  static std::unique_ptr<Panel> make(scenario::Lab& lab, std::vector<scenario::Message>& errors);
  WatchLevel wants() const;
  void on_record(const Record& record) override;
  struct Judged {
    scenario::Place place;
    std::string kind;
    Verdict verdict;
    std::optional<Race> race = {};
  };
  /// In the order of the file.
  std::vector<Judged> judge(const scenario::Lab& lab, const metrics::Collector& collector);

 private:
  struct Item {
    scenario::Place place;
    std::string kind;
    std::unique_ptr<Expectation> expectation;
  };
  std::vector<Item> items_;
};

}  // namespace lvslab::expect
