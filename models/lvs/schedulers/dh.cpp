// dh, destination hashing: 256 slots filled with the list over and over, weights ignored; the slot
// of the packet's destination address decides, without a fallback.
#include <array>

#include "lvs/hashing.h"
#include "lvs/scheduler.h"

namespace lvslab::lvs {

namespace {

constexpr int kBits = 8;

class DestinationHashing final : public Scheduler {
 public:
  explicit DestinationHashing(const DestinationList& all) { fill(all); }

  Destination* pick(const DestinationList&, const SchedulingRequest& request) override {
    Destination* chosen = slots_[hash32(request.header_destination().value, kBits)];
    return chosen != nullptr && chosen->available() ? chosen : nullptr;
  }

  void on_added(const DestinationList& all, const Destination&) override { fill(all); }
  void on_removed(const DestinationList& all, const Destination&) override { fill(all); }

 private:
  void fill(const DestinationList& all) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      slots_[i] = all.empty() ? nullptr : all[i % all.size()];
    }
  }

  std::array<Destination*, 1u << kBits> slots_{};
};

}  // namespace

std::unique_ptr<Scheduler> make_dh(const SchedulerSetup& setup) {
  return std::make_unique<DestinationHashing>(setup.all);
}

}  // namespace lvslab::lvs
