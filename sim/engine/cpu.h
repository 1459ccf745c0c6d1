// What frames cost a host's processor. Frames wait in a queue per core, first come first served;
// which core it is follows from addresses and ports, as receive-side scaling of network cards
// spreads flows, so the frames of a flow stay in order. A frame is handled when a core takes it up,
// and what the host then sends leaves when the core is through with it. Frames that cost nothing
// (ARP, what the host itself receives) wait their turn as well.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "app/distribution.h"
#include "base/node.h"
#include "base/random.h"
#include "base/record.h"
#include "engine/link.h"

namespace lvslab::engine {

inline constexpr std::size_t kWorkKinds = static_cast<std::size_t>(Work::kWorkCount);

struct CpuModel {
  std::uint32_t cores = 1;
  std::uint32_t queue_frames = 1000;  ///< that may wait for a core; beyond them frames are dropped
  std::array<app::Distribution, kWorkKinds> per_packet;  ///< by Work, in picoseconds
};

/// What a core did, from the start of the run.
struct CoreTally {
  Duration busy;
  std::uint64_t frames = 0;  ///< that cost something
  std::uint64_t dropped = 0;
  std::uint32_t most_waiting = 0;
};

class Cpu {
 public:
  struct Waiting {
    PortIndex port = 0;
    Instant since;
    std::uint64_t cause = 0;
    Packet packet;
  };
  struct Core {
    bool busy = false;
    Ring<Waiting> queue;
    std::vector<Transmission> held;  ///< leave when it is through
    std::uint64_t event = 0;         ///< in which they were made
    CoreTally tally;
  };

  Cpu(CpuModel model, std::uint64_t seed, const std::string& name)
      : model_(std::move(model)), key_(mix(seed, hash_name("cpu " + name))), cores_(model_.cores) {}

  const CpuModel& model() const { return model_; }
  std::vector<Core>& cores() { return cores_; }
  const std::vector<Core>& cores() const { return cores_; }
  std::uint32_t core_of(const Packet& frame) const;
  /// Draw k of a host is f(seed, name, k).
  Duration cost(Work work) {
    if (work == Work::kNone) return {};
    const app::Distribution& law = model_.per_packet[static_cast<std::size_t>(work)];
    if (law.is_zero()) return {};
    return Duration::picoseconds(law.sample(Random(mix(key_, draws_++))));
  }

 private:
  CpuModel model_;
  std::uint64_t key_, draws_ = 0;
  std::vector<Core> cores_;
};

}  // namespace lvslab::engine
