// A scenario text run in this process, with every frame of every host's Ethernet interfaces as one
// line of text, in the words of the recordings of a real Linux 6.1 ("client.eth0>broadcast ARP
// request ..."), and what commands printed.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/record.h"
#include "scenario/lab.h"

namespace lvslab::golden {

struct Frame {
  double ms = 0;      ///< since ready
  std::string point;  ///< "router.eth1"
  bool out = false;
  bool arp = false;
  bool pure_ack = false;      ///< TCP, nothing but ACK: how many there are is free
  bool bulk = false;          ///< TCP with data and neither SYN, FIN nor RST
  std::uint64_t payload = 0;  ///< TCP data
  std::string heading;        ///< what a hop may rewrite: Ethernet and IP addresses and TTL
  std::string text;           ///< all that the comparison looks at
};

struct Typed {
  double ms = 0;
  std::string command, out, err;
  int status = 0;
};

/// Sequence numbers as the recordings give them: relative to the SYN of their direction, else raw.
class RelativeNumbers {
 public:
  void syn(const std::string& from_to, std::uint32_t number) { first_[from_to] = number; }
  std::string text(const std::string& from_to, std::uint32_t number) const {
    const auto found = first_.find(from_to);
    if (found == first_.end()) return "raw " + std::to_string(number);
    return std::to_string(number - found->second);
  }

 private:
  std::map<std::string, std::uint32_t> first_;
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

 private:
  Frame describe(const Record& record, const std::string& point);
  std::unique_ptr<scenario::Lab> lab_;
  RelativeNumbers numbers_;
};

/// The same of a recorded frame.
Frame recorded_frame(const nlohmann::json& frame);

/// Records of a file of tests/golden/data, without the first, which describes the machine.
std::vector<nlohmann::json> read_records(const std::string& file);

/// `text` without white space at both ends.
std::string trimmed(const std::string& text);

}  // namespace lvslab::golden
