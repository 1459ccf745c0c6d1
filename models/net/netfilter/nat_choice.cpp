// Which address and port a new connection gets.
#include <algorithm>
#include <bit>

#include "net/netfilter/nat.h"

namespace lvslab::net::netfilter {
namespace {

constexpr unsigned kMostTries = 128, kFewestTries = 16;
constexpr auto kIcmp = static_cast<std::uint8_t>(wire::Protocol::kIcmp);

bool numbered(std::uint8_t protocol) {
  switch (static_cast<wire::Protocol>(protocol)) {
    case wire::Protocol::kTcp:
    case wire::Protocol::kUdp:
    case wire::Protocol::kSctp:
    case wire::Protocol::kIcmp:
      return true;
    default:
      return false;
  }
}

wire::Endpoint& end_of(Tuple& tuple, End end) {
  return end == End::kSource ? tuple.source : tuple.destination;
}

class Choice {
 public:
  Choice(Conntrack& tracker, const ConntrackEntry& entry, End end, const NatRange& range,
         Random& random, Instant now)
      : tracker_(tracker), entry_(entry), end_(end), range_(range), random_(random), now_(now) {}

  Tuple choose(const Tuple& present) {
    // A source that is mapped already keeps its mapping towards others too (RFC 4787 4.1).
    if (end_ == End::kSource && !range_.random) {
      if (allowed(present)) {
        if (!taken(present)) return present;
      } else if (Tuple same; find_same_source(present, &same) && !taken(same)) {
        return same;
      }
    }
    Tuple tuple = present;
    if (range_.addresses) {
      end_of(tuple, end_).address =
          spread(range_, present.source.address, present.destination.address);
    }
    if (!range_.random) {
      if (!range_.ports) {
        if (!taken(tuple)) return tuple;
      } else if (!range_.offset && port_allowed(tuple) &&
                 (range_.port_low == range_.port_high || !taken(tuple))) {
        return tuple;
      }
    }
    find_port(tuple);
    return tuple;
  }

 private:
  bool taken(const Tuple& tuple) {
    const auto reply = reply_to(tuple);
    return !reply || tracker_.reply_taken(*reply, entry_, now_);
  }
  bool port_allowed(const Tuple& tuple) const {
    if (!numbered(tuple.protocol)) return true;
    const std::uint16_t port = end_ == End::kSource || tuple.protocol == kIcmp
                                   ? tuple.source.port
                                   : tuple.destination.port;
    return port >= range_.port_low && port <= range_.port_high;
  }
  bool allowed(const Tuple& tuple) const {
    const wire::Ipv4 address = tuple.source.address;
    if (range_.addresses && (address < range_.low || address > range_.high)) return false;
    return !range_.ports || port_allowed(tuple);
  }
  bool find_same_source(const Tuple& present, Tuple* same) const {
    for (std::uint32_t slot = tracker_.first_of_source(present); slot != Conntrack::kNone;
         slot = tracker_.at(slot).next_of_source) {
      const ConntrackEntry& other = tracker_.at(slot);
      if (other.slot == entry_.slot || other.tuples[0].source != present.source ||
          other.tuples[0].protocol != present.protocol ||
          (other.confirmed && other.expires <= now_)) {
        continue;
      }
      const auto mapped = reply_to(other.tuples[1]);
      if (!mapped) continue;
      *same = *mapped;
      same->destination = present.destination;
      if (allowed(*same)) return true;
    }
    return false;
  }

  // Without a range of its own a port stays in its class: below 512, up to 1023, above.
  void find_port(Tuple& tuple) {
    if (!numbered(tuple.protocol)) return;
    const bool icmp = tuple.protocol == kIcmp;
    std::uint16_t& port = icmp ? tuple.source.port : end_of(tuple, end_).port;
    unsigned low = range_.port_low, high = range_.port_high;
    if (!range_.ports) {
      if (!icmp && end_ == End::kDestination) return;
      low = icmp ? 0 : port < 512 ? 1 : port < 1024 ? 600 : 1024;
      high = icmp ? 65'535 : port < 512 ? 511 : port < 1024 ? 1023 : 65'535;
    }
    if (high < low) std::swap(low, high);
    const unsigned size = high - low + 1;
    unsigned tries = std::min(size, kMostTries);
    unsigned from = 0;
    if (range_.offset)
      from = static_cast<std::uint16_t>(port - range_.port_base);
    else if (range_.random || end_ == End::kSource)
      from = chance();
    while (true) {
      for (unsigned i = 0; i < tries; ++i) {
        port = static_cast<std::uint16_t>(low + (from + i) % size);
        if (!taken(tuple)) return;
      }
      if (tries >= size || tries < kFewestTries) return;
      tries /= 2;
      from = chance();
    }
  }
  unsigned chance() { return static_cast<unsigned>(random_.bits() & 0xffff); }

  Conntrack& tracker_;
  const ConntrackEntry& entry_;
  End end_;
  const NatRange& range_;
  Random& random_;
  Instant now_;
};

std::uint32_t as_stored(wire::Ipv4 address) {
  const std::uint32_t v = address.value;
  return (v >> 24) | ((v >> 8) & 0xff00) | ((v << 8) & 0xff0000) | (v << 24);
}

}  // namespace

// lookup3 (B. Jenkins, 2006, public domain) of four words, of which three are zero: the source as
// it lies in memory, seeded with the destination; scaled to the size of the range.
wire::Ipv4 spread(const NatRange& range, wire::Ipv4 source, wire::Ipv4 destination) {
  if (range.low == range.high) return range.low;
  const std::uint32_t seed = range.persistent ? 0 : as_stored(destination);
  std::uint32_t a = 0xdeadbeef + (4u << 2) + seed, b = a, c = a;
  a += as_stored(source);
  const auto turn = [](std::uint32_t& x, std::uint32_t& y, std::uint32_t& z, int bits) {
    x -= z;
    x ^= std::rotl(z, bits);
    z += y;
  };
  turn(a, b, c, 4), turn(b, c, a, 6), turn(c, a, b, 8);
  turn(a, b, c, 16), turn(b, c, a, 19), turn(c, a, b, 4);
  const auto end = [](std::uint32_t& x, std::uint32_t y, int bits) {
    x ^= y;
    x -= std::rotl(y, bits);
  };
  end(c, b, 14), end(a, c, 11), end(b, a, 25), end(c, b, 16), end(a, c, 4), end(b, a, 14);
  end(c, b, 24);
  const std::uint64_t size = std::uint64_t{range.high.value} - range.low.value + 1;
  return {range.low.value + static_cast<std::uint32_t>((std::uint64_t{c} * size) >> 32)};
}

void settle(Conntrack& tracker, ConntrackEntry& entry, End end, const NatRange& range,
            std::string_view rule, Random& random, Instant now) {
  if (entry.confirmed) return;
  const auto which = static_cast<std::size_t>(end);
  const auto present = reply_to(entry.tuples[1]);
  if (!present) return;
  const Tuple chosen = Choice(tracker, entry, end, range, random, now).choose(*present);
  if (!(chosen == *present)) {
    if (const auto reply = reply_to(chosen)) tracker.alter_reply(entry, *reply);
    entry.translated[which] = true;
    entry.rule[which] = rule;
  }
  if (end == End::kSource && !entry.source_known) tracker.remember_source(entry);
  entry.settled[which] = true;
}

}  // namespace lvslab::net::netfilter
