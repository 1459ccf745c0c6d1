// Drives one node on real interfaces: poll, CLOCK_MONOTONIC, and nothing else. What the world of
// the simulator is to its nodes, this is to a node whose cables are real: it hands over each frame
// that arrives, wakes the node when it asked for it, and sends what its turns want sent.
#pragma once

#include <poll.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "base/node.h"
#include "base/record.h"
#include "live/packet_socket.h"

namespace lvslab::live {

/// Frames at one interface since the start.
struct Traffic {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t not_sent = 0;  ///< the kernel did not take them
  std::uint64_t refused = 0;   ///< came in a form that cannot be put right
  std::uint64_t missed = 0;    ///< the kernel had no room to keep them for us
};

class Driver {
 public:
  /// Time counts from here. From now until it is destroyed SIGINT and SIGTERM come in only while
  /// it waits.
  explicit Driver(Node& node);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// `port` of the node is this socket's interface from now on.
  void attach(PortIndex port, PacketSocket socket);
  /// Null: nobody watches. Records are those of the simulator, of node 0.
  void watch(Watcher* watcher, WatchLevel level);
  /// A record of the caller's own (console), placed in the current turn.
  void record(Record record);

  Instant now() const;
  /// Lets the node act now, from outside of frames and wakes.
  void act(const std::function<void(Turn&)>& what);
  /// Wakes the node if it is due; else waits until something arrives, the node's next wake or
  /// `until`. Hands over what arrived. Returns early on a signal. False: an interface was removed.
  bool round(Instant until);

  std::size_t cables() const { return cables_.size(); }
  PacketSocket& socket(std::size_t cable) { return cables_[cable].socket; }
  const Traffic& traffic(std::size_t cable);
  const Turn& turn() const { return turn_; }
  /// Handles destroyed while holding a packet: must stay 0.
  std::uint64_t leaked() const { return pool_.leaked(); }

 private:
  struct Cable {
    PortIndex port;
    PacketSocket socket;
    Traffic traffic;
  };
  bool wake_if_due();
  bool wait(Instant until);
  bool receive_from(Cable& cable);
  void hand_over(Cable& cable, std::span<const std::uint8_t> frame);
  void begin_turn();
  void carry_out();
  void send(Transmission& out);

  Node& node_;
  PacketPool pool_;
  Turn turn_;
  Restorer restorer_;
  std::vector<Cable> cables_;
  std::vector<pollfd> waiting_;  ///< one for each cable
  std::int64_t started_ns_;
  sigset_t signals_outside_;
  Watcher* watcher_ = nullptr;
  WatchLevel level_ = WatchLevel::kNothing;
  std::uint64_t event_ = 0;
};

}  // namespace lvslab::live
