// The last frame seen entering each node per packet, and the notes since: what a leaving frame is
// compared with. Bounded: a packet that ended is forgotten, and of those that neither left nor
// ended only the most recent are kept.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/record.h"
#include "wire/header_diff.h"

namespace lvslab::trace {

class HopMemory {
 public:
  struct Hop {
    std::vector<wire::Layer> layers;  ///< as the frame entered; empty: the node made the packet
    std::vector<Note> notes;          ///< since then (and since the last time it left)
    bool seen = false;
  };

  void entered(const Record& record, std::vector<wire::Layer> layers) {
    Hop& hop = at(record.node, record.packet);
    hop.layers = std::move(layers);
    hop.seen = true;
  }
  void noted(const Record& record) { at(record.node, record.packet).notes.push_back(record.note); }
  Hop& at(NodeIndex node, std::uint64_t packet) {
    const auto [it, fresh] = hops_.try_emplace({packet, node});
    if (fresh) {
      order_.push_back({packet, node});
      if (order_.size() > kMost) {
        hops_.erase(order_.front());
        order_.pop_front();
      }
    }
    return it->second;
  }
  const Hop* find(NodeIndex node, std::uint64_t packet) const {
    const auto it = hops_.find({packet, node});
    return it == hops_.end() ? nullptr : &it->second;
  }

 private:
  static constexpr std::size_t kMost = 1 << 14;
  using Key = std::pair<std::uint64_t, NodeIndex>;
  std::map<Key, Hop> hops_;
  std::deque<Key> order_;
};

}  // namespace lvslab::trace
