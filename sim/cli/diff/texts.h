// The words of chosen turns of a run: their ladder, and each record as a line of its own, also
// those that the ladder leaves out (addresses, routes, services a host was given).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "trace/writers.h"

namespace lvslab::cli {

class TurnTexts final : public Watcher {
 public:
  TurnTexts(const trace::Scene& scene, std::set<std::uint64_t> wanted);
  void on_record(const Record& record) override;
  /// The run is over.
  void finish();
  std::string ladder(std::uint64_t event) const;
  std::vector<std::string> records(std::uint64_t event) const;

 private:
  const trace::Scene& scene_;
  std::unique_ptr<trace::Ladder> ladder_;
  std::set<std::uint64_t> wanted_;
  std::map<std::uint64_t, std::string> texts_;
  std::map<std::uint64_t, std::vector<std::string>> records_;
  std::uint64_t event_ = 0;
};

}  // namespace lvslab::cli
