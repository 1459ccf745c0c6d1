// Any sequence of fragments through the reassembly queue: what comes out whole holds the bytes that
// were sent, memory stays bounded, and every packet ends somewhere. Five input bytes a fragment: id
// and flags, offset (two), length, how far the clock moves.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "base/check.h"
#include "net/fragment.h"
#include "wire/ipv4.h"

namespace {

using namespace lvslab;

constexpr std::size_t kStep = 5;
constexpr std::uint64_t kMostWaiting = 16'384;  ///< packets: far more than 4 MiB of any size holds

std::uint8_t content(std::uint32_t id, std::uint32_t at) {
  return static_cast<std::uint8_t>(id * 31 + at * 7 + (at >> 8));
}

Packet piece(PacketPool& pool, std::uint32_t id, std::uint32_t offset, std::uint32_t length,
             bool more) {
  Packet packet = pool.make(wire::kIpv4Header + length);
  std::uint8_t* const payload = packet.append(length);
  for (std::uint32_t i = 0; i < length; ++i) payload[i] = content(id, offset + i);
  wire::emit_ipv4(packet.push(wire::kIpv4Header), {.source = wire::ipv4(10, 0, 0, 1),
                                                   .destination = wire::ipv4(10, 0, 0, 2),
                                                   .protocol = 17,
                                                   .more_fragments = more,
                                                   .id = static_cast<std::uint16_t>(id),
                                                   .fragment_offset = offset,
                                                   .payload_length = length});
  return packet;
}

void check_whole(const wire::Datagram& whole) {
  const std::uint32_t id = whole.ip().id();
  LVSLAB_CHECK(!whole.ip().is_fragment());
  LVSLAB_CHECK(whole.packet().length() <= 65'535);
  LVSLAB_CHECK(whole.ip().total_length() == whole.packet().length());
  for (std::uint32_t i = 0; i < whole.transport_real_size(); ++i)
    LVSLAB_CHECK(whole.transport()[i] == content(id, i));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  PacketPool pool;
  {
    Turn turn(pool);
    net::Fragments fragments;
    const net::GlobalConf conf;
    Instant now = Instant::start();
    for (std::size_t at = 0; at + kStep <= size; at += kStep) {
      const std::uint8_t* const step = data + at;
      const std::uint32_t offset = (step[1] | (step[2] & 0x1fu) << 8) * 8u;
      const std::uint32_t length = std::min<std::uint32_t>(step[3] * 8u + (step[0] >> 5), 1480);
      now = now + Duration::milliseconds(step[4] * 10);
      turn.begin(now, WatchLevel::kNothing);
      for (net::Fragments::Expired& late : fragments.expire(turn))
        turn.drop(late.first.take(), DropReason::kReassemblyTimeout);
      Packet packet = piece(pool, step[0] & 3, offset, length, (step[0] & 4) != 0);
      wire::Datagram datagram;
      LVSLAB_CHECK(wire::Datagram::parse(packet, datagram) == wire::Datagram::Problem::kNone);
      if (!datagram.ip().is_fragment()) {
        turn.deliver(datagram.take());
        continue;
      }
      auto whole = fragments.add(turn, std::move(datagram), 1, conf);
      if (whole) {
        check_whole(*whole);
        turn.deliver(whole->take());
      }
      LVSLAB_CHECK(pool.alive() <= kMostWaiting);
    }
    fragments.clear(turn);
  }
  LVSLAB_CHECK(pool.alive() == 0 && pool.leaked() == 0);
  return 0;
}
