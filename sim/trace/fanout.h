// One watcher that hands each record to several, in the order in which they were added.
#pragma once

#include <vector>

#include "base/record.h"

namespace lvslab::trace {

class Fanout final : public Watcher {
 public:
  /// `watcher` is not owned; null is ignored.
  void add(Watcher* watcher) {
    if (watcher != nullptr) watchers_.push_back(watcher);
  }
  bool empty() const { return watchers_.empty(); }
  void on_record(const Record& record) override {
    for (Watcher* watcher : watchers_) watcher->on_record(record);
  }

 private:
  std::vector<Watcher*> watchers_;
};

}  // namespace lvslab::trace
