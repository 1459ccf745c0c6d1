// The way of a packet through the stations of each host: PREROUTING, routing, INPUT, OUTPUT,
// FORWARD, POSTROUTING, neighbour, with the rule, pick, route and ARP entry that decided. It is
// what articles tell in prose, read off a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/record.h"
#include "lang/lang.h"
#include "trace/scene.h"
#include "wire/dissect.h"

namespace lvslab::trace {

/// Where a note that is of no hook belongs: "routing", "neighbour", "MAC table"; empty: at the hook
/// passed before it.
std::string_view station_of(NoteKind kind);

struct Station {
  enum class Kind : std::uint8_t { kPassed, kWire, kArrived, kDropped };
  Kind kind = Kind::kPassed;
  std::string name;                ///< "PREROUTING", "routing", "in eth0" ...
  std::vector<std::string> lines;  ///< what decided there, in order
};
struct StationVisit {
  NodeIndex node = kNoNode;
  Instant since;
  std::vector<Station> stations;
};
/// One packet from where it was made to where it ended, nodes in the order in which it came there.
struct PacketWay {
  std::uint64_t packet = 0;
  std::string title;  ///< "request: TCP 10.0.0.1:40000 -> 10.0.0.2:80 [SYN]"
  std::vector<StationVisit> visits;
};

/// Follows the first packet of a connection and the first one that answers it. Without a
/// connection: the first one that is seen.
class StageCollector final : public Watcher {
 public:
  StageCollector(const Scene& scene, std::optional<Tag> connection, const lang::Words& words = {});
  void on_record(const Record& record) override;
  /// Request, then reply; shorter when they were not seen. Bystanders of floods are left out.
  std::vector<PacketWay> ways() const;
  /// "web/1"; empty: no packet of any connection was seen.
  std::string connection_text() const;
  const lang::Words& words() const { return words_; }

 private:
  struct Visit {
    StationVisit shown;
    std::vector<wire::Layer> entered;  ///< empty: made here
    bool left = false, bystander = false;
  };
  struct Way {
    std::uint64_t packet = 0;
    NodeIndex maker = kNoNode;
    std::string title;
    std::vector<Visit> visits;
  };
  bool concerns(const Tag& tag);
  Way* way_of(const Record& record);
  Visit& visit_of(Way& way, const Record& record);
  void frame(Way& way, const Record& record);
  void note(Way& way, const Record& record);
  Station& at(Visit& visit, std::string name, Station::Kind kind = Station::Kind::kPassed);

  const Scene& scene_;
  std::optional<Tag> connection_;
  lang::Words words_;
  std::vector<Way> ways_;
};

std::string stages_text(const Scene& scene, const StageCollector& seen, bool colour);
std::string stages_mermaid(const Scene& scene, const StageCollector& seen);
std::string stages_svg(const Scene& scene, const StageCollector& seen);
/// One page with the pictures and the text; nothing is fetched from elsewhere.
std::string stages_html(const Scene& scene, const StageCollector& seen);

}  // namespace lvslab::trace
