// sh, source hashing: 256 slots, each server taking as many in a row as its weight (weight 0 takes
// one too). flag 1 (sh-fallback): an unusable slot leads to others; flag 2 (sh-port): the port
// counts.
#include <algorithm>
#include <array>

#include "lvs/hashing.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

constexpr int kBits = 8;
constexpr std::uint32_t kSlots = 1u << kBits;

class SourceHashing final : public Scheduler {
 public:
  explicit SourceHashing(const DestinationList& all) { fill(all); }

  Destination* pick(const DestinationList&, const SchedulingRequest& request) override {
    const std::uint32_t port = hashed_port(request, request.flags.flag2);
    const std::uint32_t home = hash32(request.flow.source.address.value + port, kBits);
    if (usable(slots_[home])) return slots_[home];
    if (!request.flags.flag1) return nullptr;
    // The search adds the home slot twice: it starts at double the home slot.
    for (std::uint32_t k = 0; k < kSlots; ++k) {
      Destination* other = slots_[(2 * home + k) % kSlots];
      if (usable(other)) return other;
    }
    return nullptr;
  }

  void on_added(const DestinationList& all, const Destination&) override { fill(all); }
  void on_edited(const DestinationList& all, const Destination&) override { fill(all); }
  void on_removed(const DestinationList& all, const Destination&) override { fill(all); }

 private:
  static bool usable(const Destination* d) { return d != nullptr && d->available(); }

  void fill(const DestinationList& all) {
    slots_.fill(nullptr);
    if (all.empty()) return;
    std::size_t slot = 0;
    for (std::size_t i = 0; slot < kSlots; i = (i + 1) % all.size()) {
      const auto turns = static_cast<std::size_t>(std::max(1, all[i]->options.weight));
      for (std::size_t n = 0; n < turns && slot < kSlots; ++n) slots_[slot++] = all[i];
    }
  }

  std::array<Destination*, kSlots> slots_{};
};

}  // namespace

std::unique_ptr<Scheduler> make_sh(const SchedulerSetup& setup) {
  return std::make_unique<SourceHashing>(setup.all);
}

}  // namespace lvslab::lvs
