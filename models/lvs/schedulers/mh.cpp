// mh, Maglev hashing: a table of 4093 slots that servers claim in turns along permutations of their
// own, so that a change of one server moves few clients. Quiescing moves none: the last non-zero
// weight counts. flag 1 (mh-fallback): an unusable slot is hashed again; flag 2 (mh-port): the port
// counts.
#include <bit>
#include <numeric>

#include "lvs/hashing.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint32_t kSlots = 4093;  // the prime that Debian's kernel is built with
constexpr int kWeightBits = 6;
constexpr std::uint64_t kKey1 = 2654435761u, kKey2 = 2654446892u;

/// SipHash-1-3 of one 4-byte value, both key halves alike; the low 32 bits.
std::uint32_t siphash13(std::uint64_t key, std::uint32_t value) {
  std::uint64_t v0 = key ^ 0x736f6d6570736575, v1 = key ^ 0x646f72616e646f6d;
  std::uint64_t v2 = key ^ 0x6c7967656e657261, v3 = key ^ 0x7465646279746573;
  const auto round = [&] {
    v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
  };
  const std::uint64_t block = (std::uint64_t{4} << 56) | value;  // length, then the bytes
  v3 ^= block;
  round();
  v0 ^= block;
  v2 ^= 0xff;
  for (int i = 0; i < 3; ++i) round();
  return static_cast<std::uint32_t>(v0 ^ v1 ^ v2 ^ v3);
}

std::uint32_t hash(std::uint64_t key, const wire::Endpoint& who, std::uint32_t offset) {
  return siphash13(key, offset + who.port + who.address.value);
}

class MaglevHashing final : public Scheduler {
 public:
  explicit MaglevHashing(const DestinationList& all) { fill(all); }

  Destination* pick(const DestinationList&, const SchedulingRequest& request) override {
    if (slots_.empty()) return nullptr;
    const wire::Endpoint who{request.flow.source.address,
                             hashed_port(request, request.flags.flag2)};
    const std::uint32_t home = hash(kKey1, who, 0) % kSlots;
    if (slots_[home]->available()) return slots_[home];
    if (!request.flags.flag1) return nullptr;
    for (std::uint32_t k = 0; k < kSlots; ++k) {
      Destination* other = slots_[hash(kKey1, who, (k + home) % kSlots) % kSlots];
      if (other->available()) return other;
    }
    return nullptr;
  }

  void on_added(const DestinationList& all, const Destination&) override { fill(all); }
  void on_edited(const DestinationList& all, const Destination&) override { fill(all); }
  void on_removed(const DestinationList& all, const Destination&) override { fill(all); }

 private:
  struct Claimant {
    Destination* destination;
    std::uint32_t position, skip, turns;
  };

  static std::vector<Claimant> claimants(const DestinationList& all) {
    std::int32_t divisor = 0, largest = 0;
    for (const Destination* d : all) {
      divisor = std::gcd(divisor, d->last_weight);
      largest = std::max(largest, d->last_weight);
    }
    std::vector<Claimant> list;
    if (divisor == 0) return list;
    // Large weights lose their low bits, so that turns stay below 2^kWeightBits.
    const int width =
        static_cast<int>(std::bit_width(static_cast<std::uint32_t>(largest / divisor)));
    const int shift = std::max(0, width - kWeightBits);
    for (Destination* d : all) {
      if (d->last_weight == 0) continue;
      const auto turns = static_cast<std::uint32_t>((d->last_weight / divisor) >> shift);
      list.push_back({d, hash(kKey1, d->address, 0) % kSlots,
                      hash(kKey2, d->address, 0) % (kSlots - 1) + 1, std::max(1u, turns)});
    }
    return list;
  }

  void fill(const DestinationList& all) {
    if (all.size() > kSlots) return;  // the table keeps what it had
    std::vector<Claimant> list = claimants(all);
    slots_.clear();
    if (list.empty()) return;
    slots_.assign(kSlots, nullptr);
    std::uint32_t taken = 0;
    while (true) {
      for (Claimant& c : list) {
        for (std::uint32_t turn = 0; turn < c.turns; ++turn) {
          while (slots_[c.position] != nullptr) c.position = (c.position + c.skip) % kSlots;
          slots_[c.position] = c.destination;
          if (++taken == kSlots) return;
        }
      }
    }
  }

  std::vector<Destination*> slots_;  ///< empty, or all kSlots taken
};

}  // namespace

std::unique_ptr<Scheduler> make_mh(const SchedulerSetup& setup) {
  return std::make_unique<MaglevHashing>(setup.all);
}

}  // namespace lvslab::lvs
