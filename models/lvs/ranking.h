// Which destination of a list is the first by some order, and which a number drawn by weight falls
// to, without walking the list. Both are trees over the places of the list, mended from a leaf
// upwards when a scheduler is told that one destination has changed, so a change costs the
// logarithm of the list's length; they are made anew, as one walk would cost, when the list itself
// has changed. Short lists are walked: that is quicker there, and asks for no telling.
//
// Exact: an Order is total but for ties (loads are compared crosswise, as fractions are), and of
// two alike the one that stands ahead wins, so the last winner is the one that a walk from the head
// would have kept. Drawing compares the same whole numbers as a walk that subtracts weights.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "lvs/scheduler.h"

namespace lvslab::lvs {

inline constexpr std::size_t kFewDestinations = 32;

/// Numbers a list's destinations by place and finds one again by what it was given.
class Places {
 public:
  bool stale() const { return stale_; }
  void make_stale() { stale_ = true; }
  void number(const DestinationList& all) {
    list_ = all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i]->place = static_cast<std::uint32_t>(i);
    leaves_ = std::bit_ceil(std::max<std::size_t>(all.size(), 1));
    stale_ = false;
  }
  /// False: it is not where it was when the list was numbered.
  bool knows(const Destination& d) const { return d.place < list_.size() && list_[d.place] == &d; }
  Destination* at(std::size_t place) const { return place < list_.size() ? list_[place] : nullptr; }
  /// Nodes of a tree: 1 the root, 2k and 2k+1 below k, leaves from leaves() on in the list's order.
  std::size_t leaves() const { return leaves_; }

 private:
  DestinationList list_;
  std::size_t leaves_ = 0;
  bool stale_ = true;
};

/// Order: `takes(d)`, whether d may be picked at all, and `better(a, b)`, strictly.
template <typename Order>
class Ranking {
 public:
  Destination* first(const DestinationList& all) {
    if (all.size() <= kFewDestinations) return walk(all);
    if (places_.stale()) build(all);
    return winners_[1];
  }
  void list_changed() { places_.make_stale(); }
  void changed(const Destination& d) {
    if (places_.stale()) return;
    if (!places_.knows(d)) return list_changed();
    std::size_t node = places_.leaves() + d.place;
    winners_[node] = Order::takes(d) ? places_.at(d.place) : nullptr;
    while ((node /= 2) != 0) {
      Destination* winner = better_of(winners_[2 * node], winners_[2 * node + 1]);
      if (winner == winners_[node] && winner != &d) return;  // d neither won nor wins
      winners_[node] = winner;
    }
  }

 private:
  static Destination* walk(const DestinationList& all) {
    Destination* best = nullptr;
    for (Destination* candidate : all) {
      if (!Order::takes(*candidate)) continue;
      if (best == nullptr || Order::better(*candidate, *best)) best = candidate;
    }
    return best;
  }
  static Destination* better_of(Destination* ahead, Destination* behind) {
    if (ahead == nullptr || behind == nullptr) return ahead == nullptr ? behind : ahead;
    return Order::better(*behind, *ahead) ? behind : ahead;
  }
  void build(const DestinationList& all) {
    places_.number(all);
    const std::size_t leaves = places_.leaves();
    winners_.assign(2 * leaves, nullptr);
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (Order::takes(*all[i])) winners_[leaves + i] = all[i];
    }
    for (std::size_t k = leaves - 1; k > 0; --k) {
      winners_[k] = better_of(winners_[2 * k], winners_[2 * k + 1]);
    }
  }

  Places places_;
  std::vector<Destination*> winners_;
};

/// Sums of the weights of the available destinations.
class WeightSums {
 public:
  /// What a draw by weight draws from; 0 when nobody is available.
  std::uint64_t total(const DestinationList& all) {
    if (all.size() <= kFewDestinations) {
      std::uint64_t sum = 0;
      for (const Destination* d : all) sum += weight(*d);
      return sum;
    }
    if (places_.stale()) build(all);
    return sums_[1];
  }
  /// The server that `number`, below the total less the weight of `without`, falls to: each of the
  /// others answers to as many numbers as its weight.
  Destination* drawn(const DestinationList& all, std::uint64_t number,
                     const Destination* without = nullptr) {
    if (all.size() <= kFewDestinations) return walk(all, number, without);
    if (places_.stale()) build(all);
    if (without != nullptr && number >= sum_ahead(*without)) number += weight(*without);
    std::size_t node = 1;
    while (node < places_.leaves()) {
      node *= 2;
      if (number < sums_[node]) continue;
      number -= sums_[node];
      ++node;
    }
    return places_.at(node - places_.leaves());
  }
  void list_changed() { places_.make_stale(); }
  void changed(const Destination& d) {
    if (places_.stale()) return;
    if (!places_.knows(d)) return list_changed();
    std::size_t node = places_.leaves() + d.place;
    const std::uint64_t more = weight(d) - sums_[node];  // modulo 2^64
    if (more == 0) return;
    for (; node != 0; node /= 2) sums_[node] += more;
  }

 private:
  static std::uint64_t weight(const Destination& d) {
    return d.available() ? static_cast<std::uint64_t>(d.options.weight) : 0;
  }
  static Destination* walk(const DestinationList& all, std::uint64_t number,
                           const Destination* without) {
    for (Destination* d : all) {
      if (d == without) continue;
      if (number < weight(*d)) return d;
      number -= weight(*d);
    }
    return nullptr;
  }
  std::uint64_t sum_ahead(const Destination& d) const {
    std::uint64_t sum = 0;
    for (std::size_t node = places_.leaves() + d.place; node > 1; node /= 2) {
      if (node % 2 == 1) sum += sums_[node - 1];
    }
    return sum;
  }
  void build(const DestinationList& all) {
    places_.number(all);
    const std::size_t leaves = places_.leaves();
    sums_.assign(2 * leaves, 0);
    for (std::size_t i = 0; i < all.size(); ++i) sums_[leaves + i] = weight(*all[i]);
    for (std::size_t k = leaves - 1; k > 0; --k) sums_[k] = sums_[2 * k] + sums_[2 * k + 1];
  }

  Places places_;
  std::vector<std::uint64_t> sums_;
};

/// A scheduler that hands what it is told to one tree.
template <typename Tree>
class TreeScheduler : public Scheduler {
 public:
  void on_added(const DestinationList&, const Destination&) override { tree_.list_changed(); }
  void on_removed(const DestinationList&, const Destination&) override { tree_.list_changed(); }
  void on_edited(const DestinationList&, const Destination& d) override { tree_.changed(d); }
  void on_counted(const Destination& d) override { tree_.changed(d); }

 protected:
  Tree tree_;
};

/// Picks the first by an order.
template <typename Order>
class RankingScheduler final : public TreeScheduler<Ranking<Order>> {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest&) override {
    return this->tree_.first(all);
  }
};

}  // namespace lvslab::lvs
