// Any bytes as a script: read, then run on a machine with one interface for up to 200 wakes.
// Nothing may crash, hang or leak a packet, whatever is typed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/machine.h"
#include "admin/script.h"

namespace {

void retire_all(lvslab::Turn& turn, lvslab::PacketPool& pool) {
  for (lvslab::Transmission& t : turn.transmissions()) pool.retire(std::move(t.packet));
  turn.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lvslab;
  std::vector<admin::PlacedError> errors;
  auto script = std::make_shared<const admin::Script>(
      admin::Script::parse({reinterpret_cast<const char*>(data), size}, {"fuzz", 1, 1}, errors));
  PacketPool pool;
  Turn turn(pool);
  {
    admin::Machine machine("fuzz", 1, 0);
    turn.begin(Instant::start(), WatchLevel::kNothing);
    machine.host().add_ethernet(turn, "eth0", {0x020000000001}, 1500, true);
    retire_all(turn, pool);
    turn.begin(Instant::start(), WatchLevel::kNothing);
    machine.run(turn, script);
    retire_all(turn, pool);
    Instant now;
    for (int i = 0; i < 200 && !machine.host().next_wake().is_never(); ++i) {
      now = std::max(now, machine.host().next_wake());
      turn.begin(now, WatchLevel::kNothing);
      machine.host().wake(turn);
      retire_all(turn, pool);
    }
    turn.begin(now, WatchLevel::kNothing);
    machine.set_power(turn, false);
    retire_all(turn, pool);
  }
  return 0;
}
