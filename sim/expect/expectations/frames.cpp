// How many frames a filter selects at an interface, or at all interfaces of a node.
#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"
#include "trace/frame_filter.h"

namespace lvslab::expect {
namespace {

class Frames final : public Expectation {
 public:
  Frames(const scenario::ExpectationSpec& spec, const scenario::Lab& lab,
         std::optional<trace::FrameFilter> filter)
      : scene_(lab.scene()),
        filter_(std::move(filter)),
        bound_(count_bound(*spec.value.find("count"))),
        wanted_(text_of(spec.value, "count")),
        place_(text_of(subject_of(spec), "at")),
        where_(text_of(subject_of(spec), "where")),
        direction_(text_of(subject_of(spec), "direction")) {
    const std::size_t colon = place_.find(':');
    node_ = node_of(lab, place_.substr(0, colon));
    if (colon != std::string::npos) port_ = place_.substr(colon + 1);
    const std::string connection = text_of(subject_of(spec), "connection");
    if (!connection.empty()) tag_ = tag_of(lab, connection);
  }

  WatchLevel wants() const override { return WatchLevel::kEverything; }

  void on_record(const Record& record) override {
    const bool in = record.kind == RecordKind::kFrameIn;
    if ((!in && record.kind != RecordKind::kFrameOut) || record.node != node_) return;
    if ((direction_ == "in" && !in) || (direction_ == "out" && in)) return;
    if (tag_.traffic != 0 &&
        (record.tag.traffic != tag_.traffic || record.tag.connection != tag_.connection))
      return;
    const trace::SceneNode& node = scene_.nodes[node_];
    const bool known = record.interface < node.interfaces.size();
    if (!port_.empty()) {
      const bool here =
          known && (node.interfaces[record.interface].name == port_ ||
                    (node.is_switch && port_ == std::to_string(record.interface + 1)));
      if (!here) return;
    }
    if (filter_) {
      const bool raw = known && node.interfaces[record.interface].raw_ip;
      if (!filter_->matches(
              wire::dissect(record.bytes, record.zeros,
                            raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet)))
        return;
    }
    if (count_++ == 0) first_ = Moment::of(record);
  }

  Verdict judge(const scenario::Lab&, const metrics::Collector&) override {
    std::string actual = std::to_string(count_);
    if (count_ > 0) actual += ", the first at " + seconds_text(first_.record.time.since_start());
    return {bound_.holds(count_),
            wanted_ + " frames at " + place_ + (where_.empty() ? "" : " where " + where_), actual,
            "", count_ > 0 ? told(scene_, first_) : std::string()};
  }

 private:
  const trace::Scene& scene_;
  std::optional<trace::FrameFilter> filter_;
  scenario::Bound bound_;
  std::string wanted_, place_, where_, direction_, port_;
  NodeIndex node_ = kNoNode;
  Tag tag_;
  std::int64_t count_ = 0;
  Moment first_;
};

}  // namespace

std::unique_ptr<Expectation> make_frames(const scenario::ExpectationSpec& spec,
                                         const scenario::Lab& lab,
                                         std::vector<scenario::Message>& errors) {
  std::optional<trace::FrameFilter> filter;
  if (const Value* where = subject_of(spec).find("where")) {
    auto parsed = trace::FrameFilter::parse(where->scalar);
    if (!parsed) {
      errors.push_back({where->place, parsed.error().what, parsed.error().hint});
      return nullptr;
    }
    filter.emplace(std::move(*parsed));
  }
  return std::make_unique<Frames>(spec, lab, std::move(filter));
}

}  // namespace lvslab::expect
