// Two hosts on one cable with a delay and a rule of loss, and an event loop of their own: what
// transport and host tests need of a world. ARP is settled beforehand, so that every frame is the
// test's own.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "net/host.h"
#include "wire/datagram.h"
#include "wire/ethernet.h"

namespace lvslab::test {

/// A TCP segment or another IP packet as it left a host.
struct SeenFrame {
  Instant time;
  int from = 0;  ///< 0: host a, 1: host b
  wire::Ipv4 source, destination;
  std::uint8_t protocol = 0, ttl = 0;
  std::uint16_t ip_id = 0;
  bool dont_fragment = false;
  std::uint32_t ip_length = 0;
  std::uint32_t payload = 0;  ///< TCP payload
  std::uint32_t options_length = 0;
  wire::TcpHeader tcp;
  std::uint8_t icmp_type = 0, icmp_code = 0;
  Tag tag;
  bool lost = false;

  bool has(std::uint8_t flag) const { return (tcp.flags & flag) != 0; }
  std::string text() const { return (from == 0 ? "a " : "b ") + wire::tcp_flags_text(tcp.flags); }
};

/// Puts an IP header in front of what `packet` holds.
inline void push_ip(Packet& packet, wire::Ipv4Header header) {
  header.payload_length = packet.length();
  wire::emit_ipv4(packet.push(wire::kIpv4Header), header);
}

class WirePair {
 public:
  explicit WirePair(Duration delay = Duration::microseconds(50)) : delay_(delay) {
    add_host(0, a_);
    add_host(1, b_);
    settle_arp(a_, wire::ipv4(10, 0, 0, 2), 2);
    settle_arp(b_, wire::ipv4(10, 0, 0, 1), 1);
  }
  ~WirePair() {
    for (Event& e : arrivals_) pool_.retire(std::move(e.packet));
  }

  net::Host& host(int i) { return i == 0 ? a_ : b_; }
  PacketPool& pool() { return pool_; }
  Instant now() const { return now_; }
  Turn& turn() { return turn_; }
  std::deque<SeenFrame>& frames() { return frames_; }  ///< references stay good while more come
  /// Frames of `from` that satisfy `wanted`.
  template <typename Predicate>
  std::size_t count(Predicate wanted) const {
    return static_cast<std::size_t>(std::count_if(frames_.begin(), frames_.end(), wanted));
  }
  void set_level(WatchLevel level) { level_ = level; }
  void set_delay(Duration delay) { delay_ = delay; }
  /// Asked for every frame put on the cable; true: it is lost.
  void set_loss(std::function<bool(const SeenFrame&)> rule) { loss_ = std::move(rule); }

  /// Calls into host `i` from outside, as an app or an administrator would.
  template <typename Call>
  auto call(int i, Call&& what) {
    turn_.begin(now_, level_);
    if constexpr (std::is_void_v<decltype(what(turn_))>) {
      what(turn_);
      carry_out(i);
    } else {
      auto result = what(turn_);
      carry_out(i);
      return result;
    }
  }

  /// A frame of the test's own making, put before host `i`: an IP packet without link header.
  void inject(int i, Packet&& packet) {
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), {i == 0 ? 1u : 2u}, {i == 0 ? 2u : 1u},
                        0x0800);
    turn_.begin(now_, level_);
    host(i).receive(turn_, 0, std::move(packet));
    carry_out(i);
  }

  void run_for(Duration time) { run_until(now_ + time); }
  void run_until(Instant end) {
    for (std::uint64_t steps = 0; steps < 50'000'000; ++steps) {
      Instant next = std::min(a_.next_wake(), b_.next_wake());
      const bool arrival = !arrivals_.empty() && arrivals_.front().time <= next;
      if (arrival) next = arrivals_.front().time;
      if (next > end) break;
      now_ = std::max(now_, next);
      turn_.begin(now_, level_);
      int who;
      if (arrival) {
        std::pop_heap(arrivals_.begin(), arrivals_.end(), later);
        Event event = std::move(arrivals_.back());
        arrivals_.pop_back();
        who = event.to;
        host(who).receive(turn_, 0, std::move(event.packet));
      } else {
        who = a_.next_wake() <= b_.next_wake() ? 0 : 1;
        host(who).wake(turn_);
      }
      carry_out(who);
    }
    now_ = end;
  }

  /// Words of the notes of one kind, in order (only at kEverything).
  std::vector<std::string> notes(NoteKind kind) const {
    std::vector<std::string> words;
    for (const Note& n : notes_) {
      if (n.kind == kind) words.emplace_back(n.word);
    }
    return words;
  }

 private:
  struct Event {
    Instant time;
    std::uint64_t order;
    int to;
    Packet packet;
  };
  static bool later(const Event& x, const Event& y) {
    return x.time != y.time ? x.time > y.time : x.order > y.order;
  }

  void add_host(int i, net::Host& h) {
    const auto n = static_cast<std::uint64_t>(i + 1);
    turn_.begin(now_, WatchLevel::kNothing);
    h.add_ethernet(turn_, "eth0", {n}, 1500, true);
    h.add_address(turn_, 1,
                  {.local = wire::ipv4(10, 0, 0, i + 1), .prefix_length = 24, .label = "eth0"});
    turn_.transmissions().clear();
    turn_.clear();
  }
  void settle_arp(net::Host& h, wire::Ipv4 address, std::uint64_t mac) {
    h.neighbours().update(turn_, 1, address, {mac}, net::NeighbourState::kPermanent,
                          net::kOverride | net::kAdmin, true);
    turn_.clear();
  }

  void carry_out(int from) {
    for (Transmission& t : turn_.transmissions()) {
      SeenFrame seen = look(from, t.packet);
      seen.lost = loss_ && loss_(seen);
      frames_.push_back(seen);
      if (seen.lost) {
        pool_.retire(std::move(t.packet));
        continue;
      }
      arrivals_.push_back({now_ + delay_, order_++, 1 - from, std::move(t.packet)});
      std::push_heap(arrivals_.begin(), arrivals_.end(), later);
    }
    for (const LogEntry& entry : turn_.log()) {
      if (entry.kind == LogEntry::Kind::kNote) notes_.push_back(entry.note);
    }
    turn_.clear();
  }

  SeenFrame look(int from, const Packet& packet) const {
    SeenFrame seen{.time = now_, .from = from, .tag = packet.tag()};
    const std::uint8_t* p = packet.data();
    if (wire::EthernetView{p}.type() != 0x0800) return seen;
    const wire::Ipv4View ip{p + 14};
    seen.source = ip.source();
    seen.destination = ip.destination();
    seen.protocol = ip.protocol();
    seen.ttl = ip.ttl();
    seen.ip_id = ip.id();
    seen.dont_fragment = ip.dont_fragment();
    seen.ip_length = ip.total_length();
    const std::uint8_t* t = p + 14 + ip.header_length();
    if (seen.protocol == 1) {
      seen.icmp_type = t[0];
      seen.icmp_code = t[1];
    } else if (seen.protocol == 6) {
      const wire::TcpView tcp{t};
      seen.tcp = {.source_port = tcp.source_port(),
                  .destination_port = tcp.destination_port(),
                  .sequence = tcp.sequence(),
                  .acknowledgement = tcp.acknowledgement(),
                  .flags = tcp.flags(),
                  .window = tcp.window()};
      seen.options_length = tcp.header_length() - 20;
      seen.tcp.options = wire::parse_tcp_options({t + 20, seen.options_length});
      seen.payload = seen.ip_length - ip.header_length() - tcp.header_length();
    }
    return seen;
  }

  PacketPool pool_;
  Turn turn_{pool_};
  Duration delay_;
  net::Host a_{"a", 1}, b_{"b", 1};
  Instant now_;
  WatchLevel level_ = WatchLevel::kNothing;
  std::uint64_t order_ = 0;
  std::vector<Event> arrivals_;
  std::deque<SeenFrame> frames_;
  std::vector<Note> notes_;
  std::function<bool(const SeenFrame&)> loss_;
};

}  // namespace lvslab::test
