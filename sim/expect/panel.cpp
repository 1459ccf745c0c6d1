#include <algorithm>

#include "expect/expectation.h"

namespace lvslab::expect {

std::unique_ptr<Panel> Panel::make(scenario::Lab& lab, std::vector<scenario::Message>& errors) {
  auto panel = std::make_unique<Panel>();
  for (const scenario::ExpectationSpec& spec : lab.scenario().expectations) {
    const auto all = expectations();
    const auto entry = std::find_if(all.begin(), all.end(),
                                    [&](const ExpectationEntry& e) { return e.kind == spec.kind; });
    if (entry == all.end()) {
      errors.push_back({spec.place, "not yet: the expectation '" + spec.kind + "'",
                        "see: lvslab list expectations"});
      continue;
    }
    std::unique_ptr<Expectation> expectation = entry->make(spec, lab, errors);
    if (expectation == nullptr) continue;
    expectation->prepare(lab);
    panel->items_.push_back({spec.place, spec.kind, std::move(expectation)});
  }
  return panel;
}

WatchLevel Panel::wants() const {
  WatchLevel level = WatchLevel::kConnections;
  for (const Item& item : items_) level = std::max(level, item.expectation->wants());
  return level;
}

void Panel::on_record(const Record& record) {
  for (const Item& item : items_) item.expectation->on_record(record);
}

std::vector<Panel::Judged> Panel::judge(const scenario::Lab& lab,
                                        const metrics::Collector& collector) {
  std::vector<Judged> all;
  for (const Item& item : items_) {
    all.push_back({item.place, item.kind, item.expectation->judge(lab, collector)});
    all.back().race = item.expectation->race();
  }
  return all;
}

}  // namespace lvslab::expect
