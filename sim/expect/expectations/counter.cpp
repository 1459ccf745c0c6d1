// An SNMP counter of a host at the end of the run.
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class CounterValue final : public Expectation {
 public:
  CounterValue(const scenario::ExpectationSpec& spec, const scenario::Lab& lab,
               net::Counter counter)
      : bound_(count_bound(*spec.value.find("value"))),
        wanted_(text_of(spec.value, "value")),
        host_(text_of(subject_of(spec), "of")),
        index_(static_cast<std::size_t>(lab.find_host(host_))),
        counter_(counter) {}

  Verdict judge(const scenario::Lab& lab, const metrics::Collector&) override {
    const auto value = static_cast<std::int64_t>(lab.machine(index_).host().counter(counter_));
    return {bound_.holds(value),
            host_ + " " + std::string(net::counter_name(counter_)) + " " + wanted_,
            std::to_string(value), "finally"};
  }

 private:
  scenario::Bound bound_;
  std::string wanted_, host_;
  std::size_t index_;
  net::Counter counter_;
};

}  // namespace

std::unique_ptr<Expectation> make_counter(const scenario::ExpectationSpec& spec,
                                          const scenario::Lab& lab,
                                          std::vector<scenario::Message>& errors) {
  const Value* name = subject_of(spec).find("name");
  for (std::size_t i = 0; i < static_cast<std::size_t>(net::Counter::kCounterCount); ++i) {
    const auto counter = static_cast<net::Counter>(i);
    if (net::counter_name(counter) == name->scalar)
      return std::make_unique<CounterValue>(spec, lab, counter);
  }
  errors.push_back({name->place, "unknown counter '" + name->scalar + "'",
                    "as nstat names them, for example IpInAddrErrors"});
  return nullptr;
}

}  // namespace lvslab::expect
