// Which MAC a host's ARP table holds for an address. `always`: whenever the entry had a MAC it was
// this one, and it had one at least once; `never`: it never was this one.
#include "expect/cause.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class NeighbourEntry final : public Expectation {
 public:
  NeighbourEntry(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : wanted_text_(text_of(spec.value, "is")), when_(When::read(spec.value)) {
    const Value& subject = subject_of(spec);
    node_ = node_of(lab, text_of(subject, "of"));
    address_ = wire::parse_ipv4(text_of(subject, "address")).value_or(wire::Ipv4{});
    wanted_ = mac_of(lab, wanted_text_);
    track_ = NeighbourTrack(node_, address_);
  }

  WatchLevel wants() const override { return WatchLevel::kEverything; }

  void prepare(scenario::Lab& lab) override {
    if (when_.kind == When::Kind::kAt) {
      lab.at(when_.at, [this](scenario::Lab&) {
        at_moment_ = track_.current();
        looked_ = true;
      });
    }
  }

  void on_record(const Record& record) override {
    if (!track_.on_record(record) || track_.mac().is_zero()) return;
    if (wanted_ && track_.mac() == *wanted_) {
      if (!first_match_) first_match_ = track_.current();
    } else if (!first_other_) {
      first_other_ = track_.current();
    }
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    Verdict verdict = judge_time(lab);
    if (!verdict.passed) verdict.cause = cause(lab.scene());
    return verdict;
  }

 private:
  using Change = NeighbourTrack::Change;
  Verdict judge_time(const scenario::Lab& lab) const {
    const std::string expected =
        "neighbour " + lab.scene().address_text(address_) + " is " + wanted_text_;
    const auto text = [&](wire::Mac mac) {
      return mac.is_zero() ? std::string("none") : lab.scene().mac_text(mac);
    };
    const auto other = [&] {
      return text(first_other_->mac) + " from " +
             seconds_text(first_other_->note.record.time.since_start());
    };
    switch (when_.kind) {
      case When::Kind::kFinally:
        return {same(track_.mac()), expected, text(track_.mac()), when_.text()};
      case When::Kind::kAt:
        return {looked_ && same(at_moment_.mac), expected,
                looked_ ? text(at_moment_.mac) : "the run ended before", when_.text()};
      case When::Kind::kAlways:
        if (!wanted_)
          return {!first_match_ && !first_other_, expected, first_other_ ? other() : "none",
                  when_.text()};
        return {first_match_ && !first_other_, expected,
                first_other_   ? other()
                : first_match_ ? text(*wanted_)
                               : "never had a MAC",
                when_.text()};
      case When::Kind::kNever:
        return {!first_match_, expected, first_match_ ? "it was" : "it never was", when_.text()};
    }
    return {};
  }

  // The change that made the entry differ, or why there is none.
  std::string cause(const trace::Scene& scene) const {
    const Change* change = nullptr;
    if (when_.kind == When::Kind::kFinally) change = &track_.current();
    if (when_.kind == When::Kind::kAt && looked_) change = &at_moment_;
    if (when_.kind == When::Kind::kAlways && first_other_) change = &*first_other_;
    if (when_.kind == When::Kind::kNever && first_match_) change = &*first_match_;
    if (change != nullptr && !change->mac.is_zero()) return track_.told(scene, *change);
    return when_.kind == When::Kind::kAt && !looked_ ? "" : track_.silence(scene);
  }
  bool same(wire::Mac mac) const { return wanted_ ? mac == *wanted_ : mac.is_zero(); }

  std::string wanted_text_;
  When when_;
  NodeIndex node_ = kNoNode;
  wire::Ipv4 address_;
  std::optional<wire::Mac> wanted_;
  NeighbourTrack track_;
  Change at_moment_;
  std::optional<Change> first_match_, first_other_;
  bool looked_ = false;
};

}  // namespace

std::unique_ptr<Expectation> make_neighbour(const scenario::ExpectationSpec& spec,
                                            const scenario::Lab& lab,
                                            std::vector<scenario::Message>&) {
  return std::make_unique<NeighbourEntry>(spec, lab);
}

}  // namespace lvslab::expect
