// How many packets ended at a node (or anywhere) for a reason.
#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class Drops final : public Expectation {
 public:
  Drops(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : bound_(count_bound(*spec.value.find("count"))),
        wanted_(text_of(spec.value, "count")),
        at_(text_of(subject_of(spec), "at")),
        why_(text_of(subject_of(spec), "reason")),
        node_(at_.empty() ? kNoNode : node_of(lab, at_)),
        reason_(why_.empty() ? DropReason::kNone : drop_reason_from_name(why_)) {}

  WatchLevel wants() const override { return WatchLevel::kEverything; }

  void on_record(const Record& record) override {
    const bool lost = record.kind == RecordKind::kLost;
    if (!lost && !(record.kind == RecordKind::kNote && record.note.kind == NoteKind::kDropped))
      return;
    if (node_ != kNoNode && record.node != node_) return;
    if (reason_ != DropReason::kNone && record.note.x != static_cast<std::uint32_t>(reason_))
      return;
    if (count_++ == 0) first_ = Moment::of(record);
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    std::string actual = std::to_string(count_);
    if (count_ > 0) actual += ", the first at " + seconds_text(first_.record.time.since_start());
    return {bound_.holds(count_),
            wanted_ + " drops" + (at_.empty() ? "" : " at " + at_) +
                (why_.empty() ? "" : " for " + why_),
            actual, "", count_ > 0 ? told(lab.scene(), first_) : std::string()};
  }

 private:
  scenario::Bound bound_;
  std::string wanted_, at_, why_;
  NodeIndex node_;
  DropReason reason_;
  std::int64_t count_ = 0;
  Moment first_;
};

}  // namespace

std::unique_ptr<Expectation> make_drops(const scenario::ExpectationSpec& spec,
                                        const scenario::Lab& lab, std::vector<scenario::Message>&) {
  return std::make_unique<Drops>(spec, lab);
}

}  // namespace lvslab::expect
