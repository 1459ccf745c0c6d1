// A scenario text run in this process: every frame of every host's Ethernet interfaces and tunl0 as
// one line of text in the words of the recordings of a real Linux 6.1, what commands printed, and
// how the load went.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/record.h"
#include "frame_text.h"
#include "metrics/collector.h"
#include "scenario/lab.h"

namespace lvslab::golden {

struct Typed {
  double ms = 0;
  std::string host, command, out, err;
  int status = 0;
};

class ReplayLab : public Watcher {
 public:
  /// Mistakes of the text, or empty.
  std::string run(const std::string& text);
  void on_record(const Record& record) override;

  std::vector<Frame> frames;  ///< in order of time
  std::vector<Typed> typed;
  /// ARP frames leaving hosts from `from_ms` to before `to_ms`.
  std::vector<Frame> arps_sent(double from_ms, double to_ms) const;
  /// What the last command that begins with `command` printed, without the spaces around it; "?"
  /// when none ran.
  std::string output(const std::string& command) const;
  /// What exactly this command printed on `host`, the last time; "?" when it did not run.
  std::string answer(const std::string& host, const std::string& command) const;
  const metrics::Collector& load() const { return *collector_; }
  std::string node_name(NodeIndex node) const;

 private:
  std::unique_ptr<scenario::Lab> lab_;
  std::unique_ptr<metrics::Collector> collector_;
  RelativeNumbers numbers_;
};

/// Records of a file of tests/golden/data, without the first, which describes the machine.
std::vector<nlohmann::json> read_records(const std::string& file);

/// `text` without white space at both ends.
std::string trimmed(const std::string& text);

}  // namespace lvslab::golden
