// What was typed on every host of a run, for finding the command that said something.
#pragma once

#include <string>
#include <vector>

#include "scenario/lab.h"

namespace lvslab::diagnose {

class ConsoleLog {
 public:
  struct Entry {
    std::size_t host;
    Instant time;
    std::string command, err;
    int status;
    bool tested;  ///< its status was asked for
    scenario::Place place;
  };
  void add(std::size_t host, const admin::ConsoleEntry& entry);
  const std::vector<Entry>& entries() const { return entries_; }
  /// The last command on the host that holds all the words as words; null: none.
  const Entry* last(std::size_t host, const std::vector<std::string>& words) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace lvslab::diagnose
