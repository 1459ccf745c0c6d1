// Which MAC a host's ARP table holds for an address. `always`: whenever the entry had a MAC it was
// this one, and it had one at least once; `never`: it never was this one.
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
  }

  WatchLevel wants() const override { return WatchLevel::kEverything; }

  void prepare(scenario::Lab& lab) override {
    if (when_.kind == When::Kind::kAt) {
      lab.at(when_.at, [this](scenario::Lab&) {
        at_moment_ = now_;
        looked_ = true;
      });
    }
  }

  void on_record(const Record& record) override {
    if (record.kind != RecordKind::kNote || record.note.kind != NoteKind::kStateNeighbour ||
        record.node != node_ || record.note.a != address_.value) {
      return;
    }
    now_ = wire::Mac{record.note.m};
    if (now_.is_zero()) return;
    if (wanted_ && now_ == *wanted_) {
      matched_ = true;
    } else if (!other_) {
      other_ = now_;
      other_at_ = record.time;
    }
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    const std::string expected =
        "neighbour " + lab.scene().address_text(address_) + " is " + wanted_text_;
    const auto text = [&](wire::Mac mac) {
      return mac.is_zero() ? std::string("none") : lab.scene().mac_text(mac);
    };
    switch (when_.kind) {
      case When::Kind::kFinally:
        return {same(now_), expected, text(now_), when_.text()};
      case When::Kind::kAt:
        return {looked_ && same(at_moment_), expected,
                looked_ ? text(at_moment_) : "the run ended before", when_.text()};
      case When::Kind::kAlways:
        if (!wanted_)
          return {!matched_ && !other_, expected,
                  other_ ? text(*other_) + " " + since(*this) : "none", when_.text()};
        return {matched_ && !other_, expected,
                other_     ? text(*other_) + " " + since(*this)
                : matched_ ? text(*wanted_)
                           : "never had a MAC",
                when_.text()};
      case When::Kind::kNever:
        return {!matched_, expected, matched_ ? "it was" : "it never was", when_.text()};
    }
    return {};
  }

 private:
  bool same(wire::Mac mac) const { return wanted_ ? mac == *wanted_ : mac.is_zero(); }
  static std::string since(const NeighbourEntry& e) {
    return "from " + seconds_text(e.other_at_.since_start());
  }

  std::string wanted_text_;
  When when_;
  NodeIndex node_ = kNoNode;
  wire::Ipv4 address_;
  std::optional<wire::Mac> wanted_, other_;
  wire::Mac now_, at_moment_;
  Instant other_at_;
  bool matched_ = false, looked_ = false;
};

}  // namespace

std::unique_ptr<Expectation> make_neighbour(const scenario::ExpectationSpec& spec,
                                            const scenario::Lab& lab,
                                            std::vector<scenario::Message>&) {
  return std::make_unique<NeighbourEntry>(spec, lab);
}

}  // namespace lvslab::expect
