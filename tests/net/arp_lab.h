// A LAN in a test: hosts on one wire that carries every frame to everybody else 10 us later, with a
// clock and a record of all ARP frames. No engine, no switch.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "net/host.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"

namespace lvslab::net {

inline Instant ms(std::int64_t n) { return Instant::at(Duration::milliseconds(n)); }

class ArpLab {
 public:
  struct SeenArp {
    Host* host;
    InterfaceIndex device;
    Instant when;
    wire::Arp arp;
    wire::Mac destination;
  };

  ArpLab() { turn.begin(Instant::start(), WatchLevel::kEverything); }
  ~ArpLab() {
    for (auto& host : hosts_) host->set_power(turn, false);
    for (Transmission& left : turn.transmissions()) pool.retire(std::move(left.packet));
    turn.clear();
    for (Flight& f : flights_) pool.retire(std::move(f.frame));
    EXPECT_EQ(pool.leaked(), 0u);
  }

  Host& add_host(const std::string& name) {
    hosts_.push_back(std::make_unique<Host>(name, 1));
    return *hosts_.back();
  }
  /// A NIC on the LAN; MACs count up from 02:...:01 in order of creation.
  InterfaceIndex add_nic(Host& host, const std::string& name, const char* address = nullptr) {
    const InterfaceIndex nic =
        host.add_ethernet(turn, name, {0x020000000000ULL + ++macs_}, 1500, true);
    if (address != nullptr) add_address(host, nic, address);
    return nic;
  }
  ConfigError add_address(Host& host, InterfaceIndex nic, const char* text,
                          Scope scope = Scope::kUniverse) {
    const wire::Prefix prefix = *wire::parse_prefix(text);
    const ConfigError e = host.add_address(
        turn, nic, {.local = prefix.address, .prefix_length = prefix.length, .scope = scope});
    return e;
  }

  /// Carries everything out until `end`.
  void run_to(Instant end) {
    carry_out();
    for (;;) {
      Instant next = Instant::never();
      for (const Flight& f : flights_) next = std::min(next, f.when);
      for (const auto& h : hosts_) next = std::min(next, h->next_wake());
      if (next > end) break;
      turn.begin(std::max(next, turn.now()), WatchLevel::kEverything);
      step();
    }
    turn.begin(end, WatchLevel::kEverything);
  }
  void run_for(Duration d) { run_to(turn.now() + d); }

  /// A frame from nowhere on the LAN.
  void inject(const wire::Arp& arp, wire::Mac destination, Host* except = nullptr) {
    Packet frame = pool.make(64);
    wire::emit_arp(frame.append(wire::kArpSize), arp);
    wire::emit_ethernet(frame.push(wire::kEthernetHeader), destination, arp.sender_mac, 0x0806);
    for (const auto& h : hosts_) {
      if (h.get() == except) continue;
      for (const Interface& nic : h->interfaces()) {
        if (nic.kind == InterfaceKind::kEthernet) {
          flights_.push_back({turn.now(), h.get(), nic.port, frame.share()});
        }
      }
    }
    pool.retire(std::move(frame));
  }
  void inject_bytes(Host& host, InterfaceIndex nic, std::vector<std::uint8_t> bytes) {
    flights_.push_back({turn.now(), &host, host.interface(nic).port, pool.copy_of(bytes)});
    run_for(Duration::microseconds(1));
  }
  void ping(Host& host, wire::Ipv4 source, wire::Ipv4 destination) {
    Outgoing out;
    out.packet = pool.make(16);
    std::uint8_t* icmp = out.packet.append(8);
    const std::uint8_t echo[8] = {8, 0, 0xf7, 0xfe, 0, 1, 0, 0};
    std::copy(echo, echo + 8, icmp);
    out.source = source;
    out.destination = destination;
    out.protocol = wire::Protocol::kIcmp;
    host.send(turn, std::move(out));
    carry_out();
  }

  std::string state(Host& host, InterfaceIndex nic, wire::Ipv4 of) const {
    const Neighbour* entry = std::as_const(host).neighbours().find(nic, of);
    return entry == nullptr ? "none" : std::string(neighbour_state_name(entry->state));
  }
  wire::Mac mac(Host& host, InterfaceIndex nic, wire::Ipv4 of) const {
    const Neighbour* entry = std::as_const(host).neighbours().find(nic, of);
    return entry == nullptr ? wire::Mac{} : entry->mac;
  }
  void set_neighbour(Host& host, InterfaceIndex nic, wire::Ipv4 of, wire::Mac mac,
                     NeighbourState state) {
    host.neighbours().update(turn, nic, of, mac, state, kOverride | kAdmin, true);
    host.neighbours_changed();
  }
  std::vector<SeenArp> replies() const {
    std::vector<SeenArp> found;
    for (const SeenArp& s : arps) {
      if (s.arp.operation == wire::kArpReply) found.push_back(s);
    }
    return found;
  }
  /// "host:device" of everyone who answered, sorted.
  std::vector<std::string> repliers() const {
    std::vector<std::string> names;
    for (const SeenArp& s : replies())
      names.push_back(s.host->name() + "." + s.host->interface(s.device).name);
    std::sort(names.begin(), names.end());
    return names;
  }
  std::uint64_t dropped(DropReason reason) const {
    return turn.dropped()[static_cast<std::size_t>(reason)];
  }
  bool noted(NoteKind kind, std::string_view word) const {
    return std::any_of(notes.begin(), notes.end(),
                       [&](const Note& n) { return n.kind == kind && n.word == word; });
  }

  PacketPool pool;
  Turn turn{pool};
  std::vector<SeenArp> arps;  ///< every ARP frame a host sent
  std::vector<Note> notes;

 private:
  struct Flight {
    Instant when;
    Host* host;
    PortIndex port;
    Packet frame;
  };
  void step() {
    for (auto& host : hosts_) {
      if (host->next_wake() <= turn.now()) {
        host->wake(turn);
        carry_out(host.get());
      }
    }
    for (std::size_t i = 0; i < flights_.size();) {
      if (flights_[i].when > turn.now()) {
        ++i;
        continue;
      }
      Flight f = std::move(flights_[i]);
      flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(i));
      f.host->receive(turn, f.port, std::move(f.frame));
      carry_out(f.host);
    }
  }
  Host* sender_of(const Transmission& t) {
    const wire::Mac source = wire::EthernetView{t.packet.data()}.source();
    for (auto& host : hosts_) {
      for (const Interface& nic : host->interfaces()) {
        if (nic.kind == InterfaceKind::kEthernet && nic.mac == source) return host.get();
      }
    }
    return nullptr;
  }
  void carry_out(Host* known = nullptr) {
    for (Transmission& t : turn.transmissions()) {
      Host* sender = known != nullptr ? known : sender_of(t);
      const wire::EthernetView frame{t.packet.data()};
      if (frame.type() == 0x0806) {
        arps.push_back({sender, t.interface, turn.now(),
                        *wire::parse_arp(t.packet.bytes().subspan(wire::kEthernetHeader)),
                        frame.destination()});
      }
      for (auto& host : hosts_) {
        for (const Interface& nic : host->interfaces()) {
          if (nic.kind != InterfaceKind::kEthernet || (host.get() == sender && nic.port == t.port))
            continue;
          flights_.push_back(
              {turn.now() + Duration::microseconds(10), host.get(), nic.port, t.packet.share()});
        }
      }
      pool.retire(std::move(t.packet));
    }
    for (const LogEntry& entry : turn.log()) {
      if (entry.kind == LogEntry::Kind::kNote) notes.push_back(entry.note);
    }
    turn.clear();
  }

  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<Flight> flights_;
  std::uint64_t macs_ = 0;
};

}  // namespace lvslab::net
