// Nodes that do what a test tells them, and a watcher that keeps what it saw.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/world.h"

namespace lvslab::engine {

/// Notes what arrives and when; `on_frame` may pass it on, else it is delivered. Wakes at the
/// moments of `alarms`.
class Box : public Node {
 public:
  void receive(Turn& turn, PortIndex port, Packet packet) override {
    arrivals.push_back(
        {turn.now(), port,
         packet.length() > 0 && packet.real_size() > 0 ? packet.data()[0] : std::uint8_t{0}});
    if (on_frame) return on_frame(turn, port, std::move(packet));
    turn.deliver(std::move(packet));
  }
  void wake(Turn& turn) override {
    next_wake_ = Instant::never();
    wakes.push_back(turn.now());
    if (on_wake) on_wake(turn);
  }
  void carrier_changed(Turn& turn, PortIndex port, bool up) override {
    carrier.push_back({turn.now(), port, up});
  }

  void want_wake(Instant when) { next_wake_ = when; }

  struct Arrived {
    Instant time;
    PortIndex port;
    std::uint8_t first_byte;
  };
  struct Carrier {
    Instant time;
    PortIndex port;
    bool up;
  };
  std::vector<Arrived> arrivals;
  std::vector<Instant> wakes;
  std::vector<Carrier> carrier;
  std::function<void(Turn&, PortIndex, Packet&&)> on_frame;
  std::function<void(Turn&)> on_wake;
};

/// Copies every frame to all its other ports, as a switch that learnt nothing.
class Hub final : public Node {
 public:
  explicit Hub(PortIndex ports) : ports_(ports) {}
  void receive(Turn& turn, PortIndex in, Packet packet) override {
    for (PortIndex port = 0; port < ports_; ++port) {
      if (port != in) turn.transmit(port, packet.share());
    }
    turn.deliver(std::move(packet));
  }
  void wake(Turn&) override {}
  void carrier_changed(Turn&, PortIndex, bool) override {}

 private:
  PortIndex ports_;
};

inline Packet frame_of(Turn& turn, std::uint8_t first_byte, std::uint32_t length = 60) {
  std::vector<std::uint8_t> bytes(60, 0);
  bytes[0] = first_byte;
  return turn.packets().copy_of(bytes, length - 60);
}

/// A record without what only one run can have.
class Transcript final : public Watcher {
 public:
  void on_record(const Record& r) override {
    std::string line = std::to_string(r.time.ps()) + " node " + std::to_string(r.node) + " kind " +
                       std::to_string(static_cast<int>(r.kind)) + " if " +
                       std::to_string(r.interface) + " packet " + std::to_string(r.packet) +
                       " cause " + std::to_string(r.cause) + " event " + std::to_string(r.event);
    if (!r.bytes.empty()) line += " first " + std::to_string(r.bytes[0]);
    if (r.kind == RecordKind::kNote || r.kind == RecordKind::kLost)
      line += " reason " + std::to_string(r.note.x);
    lines.push_back(std::move(line));
  }
  std::vector<std::string> lines;
};

}  // namespace lvslab::engine
