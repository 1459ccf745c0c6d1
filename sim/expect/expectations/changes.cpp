// The header fields that a host changes between a connection's packet coming in and going out:
// those of the first packet of that direction that passes it.
#include <algorithm>

#include "expect/expectations/entries.h"
#include "expect/reading.h"
#include "wire/header_diff.h"

namespace lvslab::expect {
namespace {

class Changes final : public Expectation {
 public:
  Changes(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : scene_(lab.scene()),
        tag_(tag_of(lab, text_of(subject_of(spec), "connection"))),
        node_(node_of(lab, text_of(subject_of(spec), "at"))),
        reply_(text_of(subject_of(spec), "direction") == "reply") {
    if (const Value* list = spec.value.find("exactly")) exactly_ = texts_of(*list);
    if (const Value* list = spec.value.find("including")) including_ = texts_of(*list);
    has_exactly_ = spec.value.find("exactly") != nullptr;
    const app::TrafficPlan* traffic = lab.scenario().load.traffic(tag_.traffic);
    if (traffic != nullptr) clients_ = traffic->clients;
  }

  WatchLevel wants() const override { return WatchLevel::kEverything; }

  void on_record(const Record& record) override {
    if (done_ || record.packet == 0 || record.tag.traffic != tag_.traffic ||
        record.tag.connection != tag_.connection)
      return;
    if (record.kind == RecordKind::kFrameOut && is_client(record.node) &&
        !is_relayed(record.packet))
      sent_by_client_.push_back(record.packet);
    if (record.node != node_) return;
    const bool from_client = std::find(sent_by_client_.begin(), sent_by_client_.end(),
                                       record.packet) != sent_by_client_.end();
    if (from_client == reply_) return;
    if (record.kind == RecordKind::kFrameIn && before_packet_ != record.packet) {
      before_packet_ = record.packet;
      before_ = dissect(record);
    } else if (record.kind == RecordKind::kFrameOut && before_packet_ == record.packet) {
      for (const wire::Change& change : wire::header_diff(before_, dissect(record))) {
        seen_.push_back(change.kind == wire::Change::Kind::kField
                            ? change.field
                            : (change.kind == wire::Change::Kind::kPushed ? "+" : "-") +
                                  change.field);
      }
      done_ = true;
    }
  }

  Verdict judge(const scenario::Lab&, const metrics::Collector&) override {
    if (!done_) return {false, "a packet that passes the host", "none did", ""};
    std::sort(seen_.begin(), seen_.end());
    std::vector<std::string> wanted = exactly_;
    std::sort(wanted.begin(), wanted.end());
    bool passed = !has_exactly_ || wanted == seen_;
    for (const std::string& field : including_) {
      passed = passed && std::find(seen_.begin(), seen_.end(), field) != seen_.end();
    }
    return {passed, has_exactly_ ? "exactly " + join(wanted) : "including " + join(including_),
            join(seen_), ""};
  }

 private:
  bool is_client(NodeIndex node) const {
    return std::find(clients_.begin(), clients_.end(), node) != clients_.end();
  }
  bool is_relayed(std::uint64_t packet) const {
    return std::find(sent_by_client_.begin(), sent_by_client_.end(), packet) !=
           sent_by_client_.end();
  }
  std::vector<wire::Layer> dissect(const Record& record) const {
    const trace::SceneNode& node = scene_.nodes[node_];
    const bool raw =
        record.interface < node.interfaces.size() && node.interfaces[record.interface].raw_ip;
    return wire::dissect(record.bytes, record.zeros,
                         raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
  }

  const trace::Scene& scene_;
  Tag tag_;
  NodeIndex node_;
  bool reply_, has_exactly_ = false, done_ = false;
  std::vector<std::string> exactly_, including_, seen_;
  std::vector<std::uint32_t> clients_;
  std::vector<std::uint64_t> sent_by_client_;
  std::uint64_t before_packet_ = 0;
  std::vector<wire::Layer> before_;
};

}  // namespace

std::unique_ptr<Expectation> make_changes(const scenario::ExpectationSpec& spec,
                                          const scenario::Lab& lab,
                                          std::vector<scenario::Message>&) {
  return std::make_unique<Changes>(spec, lab);
}

}  // namespace lvslab::expect
