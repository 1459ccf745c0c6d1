// A frame as one line of text, in the words of the recordings of a real Linux 6.1
// ("client.eth0>broadcast ARP request ..."): once from a record of this program, once from a
// recorded frame. What is free between two runs (times, ids, windows) is not in the line.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/record.h"
#include "trace/scene.h"

namespace lvslab::golden {

struct Frame {
  double ms = 0;      ///< since ready
  std::string point;  ///< "router.eth1"
  bool out = false;
  bool arp = false;
  bool pure_ack = false;      ///< TCP, nothing but ACK: how many there are is free
  bool bulk = false;          ///< TCP with data and neither SYN, FIN nor RST
  std::uint64_t payload = 0;  ///< TCP data
  std::string sequence;       ///< of its first byte, since the SYN
  std::string heading;        ///< what a hop may rewrite: Ethernet and IP addresses and TTL
  std::string text;           ///< all that the comparison looks at
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

/// Fills heading, text and the kinds of `frame` from its bytes.
void describe_frame(Frame& frame, const Record& record, const trace::Scene& scene,
                    RelativeNumbers& numbers);
/// The same of a recorded frame, place and time included.
Frame recorded_frame(const nlohmann::json& frame);

}  // namespace lvslab::golden
