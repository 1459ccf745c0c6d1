// A director's service: its destinations in the kernel's order (newest first).
#include <algorithm>

#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class IpvsService final : public Expectation {
 public:
  IpvsService(const scenario::ExpectationSpec& spec, const scenario::Lab& lab) : spec_(spec.value) {
    const Value& subject = subject_of(spec);
    host_ = static_cast<std::size_t>(lab.find_host(text_of(subject, "of")));
    if (const Value* mark = subject.find("fwmark")) {
      key_.mark = static_cast<std::uint32_t>(std::strtoul(mark->scalar.c_str(), nullptr, 10));
    } else if (const auto service = wire::parse_endpoint(text_of(subject, "service"))) {
      key_.address = *service;
    }
    if (text_of(subject, "protocol") == "udp") key_.protocol = wire::Protocol::kUdp;
    if (const auto at = scenario::parse_duration(text_of(spec_, "at"))) at_ = *at;
  }

  void prepare(scenario::Lab& lab) override {
    if (at_) lab.at(*at_, [this](scenario::Lab& l) { look(l); });
  }

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    if (!at_) look(lab);
    const std::string when = at_ ? "at " + seconds_text(*at_) : "finally";
    if (!looked_) return {false, "the service's destinations", "the run ended before", when};
    std::vector<std::string> expected;
    if (const Value* wanted = spec_.find("destinations")) {
      for (const Value& item : wanted->items) expected.push_back(join(texts_of(item)));
    }
    return {exists_ && expected == seen_, join(expected), exists_ ? join(seen_) : "no such service",
            when};
  }

 private:
  void look(const scenario::Lab& lab) {
    looked_ = true;
    seen_.clear();
    const lvs::Director* director = lab.machine(host_).director();
    const lvs::Service* service = director == nullptr ? nullptr : director->find_service(key_);
    exists_ = service != nullptr;
    if (!exists_) return;
    for (const lvs::Destination* d : service->destinations) {
      seen_.push_back(join({wire::to_string(d->address), std::to_string(d->options.weight),
                            std::to_string(d->active), std::to_string(d->inactive())}));
    }
  }

  Value spec_;
  std::size_t host_ = 0;
  lvs::ServiceKey key_;
  std::optional<Duration> at_;
  bool looked_ = false, exists_ = false;
  std::vector<std::string> seen_;
};

}  // namespace

std::unique_ptr<Expectation> make_ipvs(const scenario::ExpectationSpec& spec,
                                       const scenario::Lab& lab, std::vector<scenario::Message>&) {
  return std::make_unique<IpvsService>(spec, lab);
}

}  // namespace lvslab::expect
