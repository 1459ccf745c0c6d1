// conhash, consistent hashing of the client's address, as FULLNAT directors (DPVS) do it. Servers
// stand on a ring of 2^64 places, each at 160 places for every unit of weight (weights divided by
// their greatest common divisor); a client goes to the first place at or behind its own. A server
// that comes or goes moves only the clients between its places and those before them: about its
// share of all. A server that is not available is passed over, so its clients, and only they, go to
// the next places of others; weight 0 has no places at all.
//
// A place is MD5 of "ADDRESS PORT -INDEX" without the blanks (the port as its two bytes in network
// order read low byte first, the index with three digits at least), a client's the MD5 of its
// address (the same way round) in decimal; the digest's words are summed and mixed.
#include <algorithm>
#include <numeric>
#include <string>

#include "lvs/scheduler.h"
#include "lvs/schedulers/md5.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint64_t kPlacesPerShare = 160;
/// Beyond so many shares in all the weights lose low bits, so that a ring stays bounded.
constexpr std::uint64_t kMostShares = 1024;

constexpr std::uint32_t swapped(std::uint32_t v) {
  return (v >> 24) | ((v >> 8) & 0xff00) | ((v << 8) & 0xff0000) | (v << 24);
}
constexpr std::uint16_t swapped(std::uint16_t v) {
  return static_cast<std::uint16_t>((v >> 8) | (v << 8));
}

/// Compared as a signed number.
std::int64_t place_of(std::string_view text) {
  std::uint64_t a = 0;
  for (const std::uint32_t word : md5_words(text)) a += word;
  a = (a + 0x7ed55d16) + (a << 12);
  a = (a ^ 0xc761c23c) ^ (a >> 19);
  a = (a + 0x165667b1) + (a << 5);
  a = (a + 0xd3a2646c) ^ (a << 9);
  a = (a + 0xfd7046c5) + (a << 3);
  a = (a ^ 0xb55a4f09) ^ (a >> 16);
  return static_cast<std::int64_t>(a * 3'221'225'473u);
}

class ConsistentHashing final : public Scheduler {
 public:
  Destination* pick(const DestinationList& all, const SchedulingRequest& request) override {
    if (stale_) fill(all);
    if (ring_.empty()) return nullptr;
    const std::int64_t key = place_of(std::to_string(swapped(request.flow.source.address.value)));
    const auto home = std::lower_bound(ring_.begin(), ring_.end(), key,
                                       [](const Place& p, std::int64_t k) { return p.at < k; });
    auto place = home == ring_.end() ? ring_.begin() : home;
    if (place->destination->available()) return place->destination;
    const bool any =
        std::any_of(all.begin(), all.end(), [](const Destination* d) { return d->available(); });
    if (!any) return nullptr;
    while (!place->destination->available()) {
      if (++place == ring_.end()) place = ring_.begin();
    }
    return place->destination;
  }

  // The ring is made anew when it is next asked: a hundred edits cost one filling.
  void on_added(const DestinationList&, const Destination&) override { stale_ = true; }
  void on_edited(const DestinationList&, const Destination&) override { stale_ = true; }
  void on_removed(const DestinationList&, const Destination&) override { stale_ = true; }

 private:
  struct Place {
    std::int64_t at;
    Destination* destination;
  };

  void fill(const DestinationList& all) {
    stale_ = false;
    ring_.clear();
    std::int32_t divisor = 0;
    for (const Destination* d : all) divisor = std::gcd(divisor, d->options.weight);
    if (divisor == 0) return;
    std::uint64_t shares = 0;
    for (const Destination* d : all)
      shares += static_cast<std::uint64_t>(d->options.weight / divisor);
    int shift = 0;
    while ((shares >> shift) > kMostShares) ++shift;
    for (Destination* d : all) {
      if (d->options.weight == 0) continue;
      const auto own = static_cast<std::uint64_t>(d->options.weight / divisor) >> shift;
      stand(*d, kPlacesPerShare * std::max<std::uint64_t>(1, own));
    }
    // Of two at one place the first one stays the first.
    std::stable_sort(ring_.begin(), ring_.end(),
                     [](const Place& a, const Place& b) { return a.at < b.at; });
  }

  void stand(Destination& d, std::uint64_t places) {
    const std::string name =
        wire::to_string(d.address.address) + std::to_string(swapped(d.address.port)) + "-";
    for (std::uint64_t i = 0; i < places; ++i) {
      std::string index = std::to_string(i);
      if (index.size() < 3) index.insert(0, 3 - index.size(), '0');
      ring_.push_back({place_of(name + index), &d});
    }
  }

  std::vector<Place> ring_;  ///< by place
  bool stale_ = true;
};

}  // namespace

std::unique_ptr<Scheduler> make_conhash(const SchedulerSetup&) {
  return std::make_unique<ConsistentHashing>();
}

}  // namespace lvslab::lvs
