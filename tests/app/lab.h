// A bed for apps: hosts with real stacks on cables of 10 us, driven by hand, and the notes their
// apps report.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/client.h"
#include "app/server.h"
#include "base/turn.h"
#include "net/host.h"
#include "transport/sockets.h"

namespace lvslab::app {

/// One computer: address 10.0.0.(n+1)/24 on eth0, n counted from 0.
struct Box {
  Box(const std::string& name, std::uint32_t number)
      : host(name, 1), sockets(host), address(wire::ipv4(10, 0, 0, static_cast<int>(number) + 1)) {}
  net::Host host;
  transport::Sockets sockets;
  wire::Ipv4 address;
  std::vector<Note> notes;
  std::uint64_t frames_out = 0;
};

/// All boxes share one segment: a frame reaches every other box, which keeps what is addressed to
/// it.
class Lab {
 public:
  explicit Lab(std::uint32_t boxes, WatchLevel level = WatchLevel::kConnections) : level_(level) {
    for (std::uint32_t i = 0; i < boxes; ++i) {
      boxes_.push_back(std::make_unique<Box>("h" + std::to_string(i), i));
      act(i, [&](Turn& turn) {
        Box& box = *boxes_[i];
        const InterfaceIndex eth0 =
            box.host.add_ethernet(turn, "eth0", {0x020000000001u + i}, 1500, true);
        box.host.add_address(turn, eth0,
                             {.local = box.address, .prefix_length = 24, .label = "eth0"});
      });
    }
  }
  ~Lab() {
    for (auto& [key, frame] : frames_) pool_.retire(std::move(frame.packet));
  }

  Box& box(std::uint32_t i) { return *boxes_[i]; }
  Instant now() const { return now_; }
  PacketPool& pool() { return pool_; }
  /// Frames from this box are lost from now on.
  void cut(std::uint32_t i, bool cut) { cut_[i] = cut; }

  /// Runs `step` as a turn of box `i`.
  template <typename Step>
  void act(std::uint32_t i, Step step) {
    turn_.begin(now_, level_);
    step(turn_);
    carry_out(i);
  }

  void run(Duration time) { run_until(now_ + time); }
  void run_until(Instant end) {
    for (;;) {
      const std::uint32_t sleeper = earliest();
      const Instant wake = boxes_[sleeper]->host.next_wake();
      const Instant frame = frames_.empty() ? Instant::never() : frames_.begin()->first.first;
      if (std::min(wake, frame) > end) break;
      now_ = std::max(now_, std::min(wake, frame));
      if (frame <= wake) {
        Frame f = std::move(frames_.begin()->second);
        frames_.erase(frames_.begin());
        act(f.to, [&](Turn& turn) { boxes_[f.to]->host.receive(turn, 0, std::move(f.packet)); });
      } else {
        act(sleeper, [&](Turn& turn) { boxes_[sleeper]->host.wake(turn); });
      }
    }
    now_ = end;
  }

  std::vector<Note> notes(std::uint32_t i, NoteKind kind, std::uint32_t connection = 0) const {
    std::vector<Note> found;
    for (const Note& n : boxes_[i]->notes)
      if (n.kind == kind && (connection == 0 || n.tag.connection == connection)) found.push_back(n);
    return found;
  }
  /// Instants are kept beside the notes.
  std::vector<Duration> times(std::uint32_t i, NoteKind kind) const {
    std::vector<Duration> found;
    for (std::size_t k = 0; k < boxes_[i]->notes.size(); ++k)
      if (boxes_[i]->notes[k].kind == kind) found.push_back(times_.at(i)[k]);
    return found;
  }
  /// Status of a connection of traffic 1, "" while none was reported.
  std::string status(std::uint32_t i, std::uint32_t connection) const {
    const auto closed = notes(i, NoteKind::kAppClosed, connection);
    return closed.empty() ? "" : std::string(closed.back().word);
  }

 private:
  struct Frame {
    std::uint32_t to;
    Packet packet;
  };

  std::uint32_t earliest() const {
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < boxes_.size(); ++i)
      if (boxes_[i]->host.next_wake() < boxes_[best]->host.next_wake()) best = i;
    return best;
  }

  void carry_out(std::uint32_t from) {
    for (const LogEntry& entry : turn_.log()) {
      if (entry.kind != LogEntry::Kind::kNote) continue;
      boxes_[from]->notes.push_back(entry.note);
      times_[from].push_back(now_.since_start());
    }
    for (Transmission& t : turn_.transmissions()) {
      ++boxes_[from]->frames_out;
      if (!cut_[from]) {
        for (std::uint32_t to = 0; to < boxes_.size(); ++to) {
          if (to == from) continue;
          frames_.emplace(std::pair(now_ + Duration::microseconds(10), ++sequence_),
                          Frame{to, t.packet.share()});
        }
      }
      pool_.retire(std::move(t.packet));
    }
    turn_.clear();
  }

  PacketPool pool_;
  Turn turn_{pool_};
  WatchLevel level_;
  Instant now_;
  std::uint64_t sequence_ = 0;
  std::vector<std::unique_ptr<Box>> boxes_;
  std::map<std::pair<Instant, std::uint64_t>, Frame> frames_;
  std::map<std::uint32_t, bool> cut_;
  std::map<std::uint32_t, std::vector<Duration>> times_;
};

}  // namespace lvslab::app
