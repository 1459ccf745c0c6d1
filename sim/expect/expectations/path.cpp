// The nodes that a connection's first request packet and first reply packet pass. A packet keeps
// its id on the way (rewritten, encapsulated, waiting for ARP), so its way is the chain of turns
// that passed it on; copies that a switch flooded to others end elsewhere and are left out.
#include <algorithm>

#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"
#include "wire/dissect.h"

namespace lvslab::expect {
namespace {

class Path final : public Expectation {
 public:
  Path(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : scene_(lab.scene()), tag_(tag_of(lab, text_of(subject_of(spec), "connection"))) {
    if (const Value* way = subject_of(spec).find("request")) wanted_request_ = texts_of(*way);
    if (const Value* way = subject_of(spec).find("reply")) wanted_reply_ = texts_of(*way);
    const app::TrafficPlan* traffic = lab.scenario().load.traffic(tag_.traffic);
    if (traffic != nullptr) clients_ = traffic->clients;
    track_ = ConnectionTrack(tag_.traffic, tag_.connection);
  }

  WatchLevel wants() const override { return WatchLevel::kEverything; }

  void on_record(const Record& record) override {
    track_.on_record(record);
    if (record.packet == 0 || record.tag.traffic != tag_.traffic ||
        record.tag.connection != tag_.connection)
      return;
    if (record.kind == RecordKind::kFrameOut && !scene_.nodes[record.node].is_switch) begin(record);
    for (Way* way : {&request_, &reply_}) {
      if (way->packet == record.packet) follow(*way, record);
    }
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    Verdict all{true, "", "", ""};
    compare("request", wanted_request_, request_, &all);
    compare("reply", wanted_reply_, reply_, &all);
    if (!all.passed) all.cause = track_.why_failed(lab.scene(), tag_.connection);
    if (!all.passed && all.cause.empty())
      all.cause = track_.why_server(lab.scene(), tag_.connection);
    return all;
  }

 private:
  struct Hop {
    NodeIndex node;
    std::size_t from;  ///< hop that passed it on
    bool passed_on = false, dropped = false;
  };
  struct Way {
    std::uint64_t packet = 0;
    std::vector<Hop> hops;
    std::vector<std::pair<std::uint64_t, std::size_t>> sent;  ///< event -> hop it was sent from
  };
  static constexpr std::size_t kStart = static_cast<std::size_t>(-1);

  void begin(const Record& record) {
    const bool by_client =
        std::find(clients_.begin(), clients_.end(), record.node) != clients_.end();
    if (request_.packet == 0 && by_client) {
      request_.packet = record.packet;
      request_.hops.push_back({record.node, kStart});
    } else if (reply_.packet == 0 && request_.packet != 0 && !by_client &&
               record.packet != request_.packet && !is_error(record)) {
      const bool was_there = std::any_of(request_.hops.begin(), request_.hops.end(),
                                         [&](const Hop& h) { return h.node == record.node; });
      if (!was_there) return;
      reply_.packet = record.packet;
      reply_.hops.push_back({record.node, kStart});
    }
  }

  static bool is_error(const Record& record) {
    const auto layers = wire::dissect(record.bytes, record.zeros, wire::LinkType::kEthernet);
    return std::any_of(layers.begin(), layers.end(), [](const wire::Layer& l) {
      const wire::Field* type = l.name == "icmp" ? l.find("type") : nullptr;
      return type != nullptr && type->value != 0;
    });
  }

  void follow(Way& way, const Record& record) {
    switch (record.kind) {
      case RecordKind::kFrameOut: {
        const std::size_t at = latest(way, record.node);
        if (at == kStart) return;
        way.hops[at].passed_on = true;
        way.sent.emplace_back(record.event, at);
        return;
      }
      case RecordKind::kFrameIn: {
        // Inside one node (tunl0, VLAN devices) the packet does not come from a link.
        if (latest(way, record.node) != kStart && record.cause == 0) return;
        const auto from = std::find_if(way.sent.rbegin(), way.sent.rend(),
                                       [&](const auto& s) { return s.first == record.cause; });
        if (from == way.sent.rend()) return;
        if (way.hops[from->second].node == record.node) return;
        way.hops.push_back({record.node, from->second});
        return;
      }
      case RecordKind::kNote:
        if (record.note.kind == NoteKind::kDropped) {
          const std::size_t at = latest(way, record.node);
          if (at != kStart) way.hops[at].dropped = true;
        }
        return;
      default:
        return;
    }
  }

  static std::size_t latest(const Way& way, NodeIndex node) {
    for (std::size_t i = way.hops.size(); i-- > 0;) {
      if (way.hops[i].node == node) return i;
    }
    return kStart;
  }

  // The way to the last hop that neither passed the packet on nor dropped it; else to the last hop
  // of all.
  std::vector<std::string> names(const Way& way) const {
    if (way.hops.empty()) return {};
    std::size_t end = way.hops.size() - 1;
    for (std::size_t i = way.hops.size(); i-- > 0;) {
      if (!way.hops[i].passed_on && !way.hops[i].dropped) {
        end = i;
        break;
      }
    }
    std::vector<std::string> list;
    for (std::size_t i = end; i != kStart; i = way.hops[i].from)
      list.push_back(scene_.nodes[way.hops[i].node].name);
    std::reverse(list.begin(), list.end());
    return list;
  }

  void compare(const char* what, const std::vector<std::string>& wanted, const Way& way,
               Verdict* all) const {
    if (wanted.empty()) return;
    const std::vector<std::string> seen = names(way);
    if (seen == wanted) return;
    all->passed = false;
    all->expected += std::string(all->expected.empty() ? "" : "; ") + what + ": " + join(wanted);
    all->actual += std::string(all->actual.empty() ? "" : "; ") + what + ": " +
                   (seen.empty() ? "no packet" : join(seen));
  }

  const trace::Scene& scene_;
  Tag tag_;
  std::vector<std::uint32_t> clients_;
  std::vector<std::string> wanted_request_, wanted_reply_;
  Way request_, reply_;
  ConnectionTrack track_;
};

}  // namespace

std::unique_ptr<Expectation> make_path(const scenario::ExpectationSpec& spec,
                                       const scenario::Lab& lab, std::vector<scenario::Message>&) {
  return std::make_unique<Path>(spec, lab);
}

}  // namespace lvslab::expect
