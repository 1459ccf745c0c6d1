// Defence against floods (sysctls drop_entry, drop_packet; secure_tcp is in the state tables).
// Memory is never low here, so mode 1 does nothing and mode 2 falls back to 1; mode 3 is always on.
#include "lvs/director.h"

namespace lvslab::lvs {

namespace {

constexpr int kAlways = 3, kLow = 2;
constexpr Duration kIdle = Duration::seconds(60);

void relax(int& mode) {
  if (mode == kLow) mode = 1;
}

}  // namespace

// The first packet is dropped, then every am_droprate-th.
bool Director::rate_drops_packet() {
  if (settings_.drop_packet != kAlways) return false;
  if (--packet_drop_counter_ > 0) return false;
  packet_drop_counter_ = settings_.am_droprate;
  return true;
}

// Every second a 32nd of the chains, drawn at random, is searched for entries to give up.
void Director::defend(Turn& turn) {
  relax(settings_.drop_entry);
  relax(settings_.drop_packet);
  relax(settings_.secure_tcp);
  if (settings_.drop_entry != kAlways) return;
  for (std::uint32_t k = 0; k < ConnectionTable::kBuckets / 32; ++k) {
    const auto bucket = static_cast<std::uint32_t>(random_.below(ConnectionTable::kBuckets));
    for (const std::uint32_t slot : table_.chain(bucket)) {
      if (!drops_entry(slot, turn.now())) continue;
      table_.at(slot).timeout_s = 0;
      table_.expire_soon(slot, turn.now());
    }
  }
}

bool Director::drops_entry(std::uint32_t slot, Instant now) {
  const Connection& c = table_.at(slot);
  if (table_.controlled(slot) > 0 || c.timeout_s == 0) return false;
  if (c.is(kTemplate)) {
    const Service* service = c.destination == nullptr ? nullptr : c.destination->owner;
    if (service != nullptr && service->options.one_packet) return rate_drops_entry(c, now);
    return c.state != ConnectionState::kAssured;
  }
  switch (c.state) {
    case ConnectionState::kSynRecv:
    case ConnectionState::kSynAck:
    case ConnectionState::kSctpInit1:
    case ConnectionState::kSctpInit:
      return true;
    case ConnectionState::kEstablished:
    case ConnectionState::kSctpEstablished:
    case ConnectionState::kUdp:
      return rate_drops_entry(c, now);
    default:
      return false;
  }
}

// Idle for a minute and with few packets: every i-th candidate of those with i packets.
bool Director::rate_drops_entry(const Connection& c, Instant now) {
  const Instant last_packet = c.expires - Duration::seconds(c.timeout_s);
  if (now - last_packet < kIdle) return false;
  if (c.in_packets == 0 || c.in_packets > 8) return false;
  int& counter = entry_drop_counters_[c.in_packets];
  if (--counter > 0) return false;
  counter = c.in_packets;
  return true;
}

}  // namespace lvslab::lvs
