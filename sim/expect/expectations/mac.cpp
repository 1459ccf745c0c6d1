// Behind which port a switch thinks a MAC is. Ports are named by the far end of their cable.
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class MacEntry final : public Expectation {
 public:
  MacEntry(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : wanted_(text_of(spec.value, "is")), when_(When::read(spec.value)) {
    const Value& subject = subject_of(spec);
    switch_ = static_cast<std::size_t>(lab.find_switch(text_of(subject, "of")));
    node_ = static_cast<NodeIndex>(lab.host_count() + switch_);
    mac_ = mac_of(lab, text_of(subject, "address")).value_or(wire::Mac{});
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
    if (record.kind != RecordKind::kNote || record.note.kind != NoteKind::kStateMac ||
        record.node != node_ || record.note.m != mac_.value) {
      return;
    }
    now_ = record.note.z == 0 ? kNone : static_cast<int>(record.note.x);
    if (now_ != kNone) seen_.push_back(now_);
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    const auto text = [&](int port) {
      return port == kNone ? std::string("none")
                           : lab.port_text(switch_, static_cast<PortIndex>(port));
    };
    const auto is = [&](int port) {
      return text(port) == wanted_ || (port != kNone && label(lab, port) == wanted_);
    };
    const std::string expected = "MAC " + lab.scene().mac_text(mac_) + " behind " + wanted_;
    bool any = false, all = true;
    std::string ports;
    for (int port : seen_) {
      any = any || is(port);
      all = all && is(port);
      ports += (ports.empty() ? "" : ", ") + text(port);
    }
    switch (when_.kind) {
      case When::Kind::kFinally:
        return {is(now_), expected, text(now_), when_.text()};
      case When::Kind::kAt:
        return {looked_ && is(at_moment_), expected,
                looked_ ? text(at_moment_) : "the run ended before", when_.text()};
      case When::Kind::kAlways:
        return {any && all, expected, ports.empty() ? "never learnt" : ports, when_.text()};
      case When::Kind::kNever:
        return {!any, expected, ports.empty() ? "never learnt" : ports, when_.text()};
    }
    return {};
  }

 private:
  static constexpr int kNone = -1;
  std::string label(const scenario::Lab& lab, int port) const {
    return lab.scenario().switches[switch_].name + ":" + std::to_string(port + 1);
  }
  std::string wanted_;
  When when_;
  std::size_t switch_ = 0;
  NodeIndex node_ = kNoNode;
  wire::Mac mac_;
  int now_ = kNone, at_moment_ = kNone;
  bool looked_ = false;
  std::vector<int> seen_;
};

}  // namespace

std::unique_ptr<Expectation> make_mac(const scenario::ExpectationSpec& spec,
                                      const scenario::Lab& lab, std::vector<scenario::Message>&) {
  return std::make_unique<MacEntry>(spec, lab);
}

}  // namespace lvslab::expect
