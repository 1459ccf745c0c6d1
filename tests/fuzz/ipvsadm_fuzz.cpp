// ipvsadm with any words: lines of the input are typed one after the other on a director with two
// addresses. Nothing may crash, and listing and saving must always work.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "admin/machine.h"
#include "typed.h"

namespace {

constexpr std::size_t kLongest = 4096;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kLongest) return 0;
  using lvslab::wire::ipv4;
  lvslab::PacketPool pool;
  lvslab::Turn turn(pool);
  lvslab::admin::Machine machine("lvs", 1, 0);
  turn.begin(lvslab::Instant::start(), lvslab::WatchLevel::kNothing);
  const auto nic = machine.host().add_ethernet(turn, "eth0", {0x020000000001}, 1500, true);
  machine.host().add_address(turn, nic,
                             {.local = ipv4(10, 0, 0, 1), .prefix_length = 24, .label = "eth0"});
  machine.host().add_address(turn, nic,
                             {.local = ipv4(10, 0, 0, 100), .prefix_length = 32, .label = "eth0"});
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lvslab::fuzz::type(turn, machine, lvslab::fuzz::quoted("ipvsadm", text.substr(at, end - at)));
    at = end + 1;
  }
  for (const char* line : {"ipvsadm -Ln", "ipvsadm -Ln --stats", "ipvsadm -Lnc", "ipvsadm -Sn"})
    lvslab::fuzz::type(turn, machine, line);
  for (lvslab::Transmission& out : turn.transmissions()) pool.retire(std::move(out.packet));
  turn.clear();
  return 0;
}
