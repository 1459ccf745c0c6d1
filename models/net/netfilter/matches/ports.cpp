// -m tcp and -m udp: one range of ports on each side, and TCP's flags.
#include <algorithm>
#include <array>

#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

struct Side {
  PortRange range;
  bool inverted = false;

  bool fits(std::uint16_t port) const { return range.contains(port) != inverted; }
  void read(Words& words) {
    const std::string text = words.value();
    const std::size_t colon = text.find(':');
    range = {};
    inverted = words.inverted();
    if (colon == std::string::npos) {
      range.first = range.last = read_port(words, text).value_or(0);
      return;
    }
    if (colon > 0) range.first = read_port(words, text.substr(0, colon)).value_or(0);
    if (colon + 1 < text.size()) range.last = read_port(words, text.substr(colon + 1)).value_or(0);
    if (range.first > range.last) words.fail("invalid portrange (min > max)");
  }
  std::string save(std::string_view option) const {
    if (range.all() && !inverted) return {};
    std::string text = (inverted ? " ! " : " ") + std::string(option) + " ";
    if (range.first == range.last) return text + std::to_string(range.first);
    return text + std::to_string(range.first) + ":" + std::to_string(range.last);
  }
  std::string list(std::string_view name, wire::Protocol protocol, const Listing& how) const {
    if (range.all() && !inverted) return {};
    const bool one = range.first == range.last;
    return " " + std::string(name) + (one ? ":" : "s:") + (inverted ? "!" : "") +
           port_text(range.first, protocol, how) +
           (one ? "" : ":" + port_text(range.last, protocol, how));
  }
};

class Ports : public Match {
 public:
  explicit Ports(wire::Protocol protocol) : protocol_(protocol) {}

  // A later fragment has no ports: no test of them fits it.
  bool matches(const Seen& seen) const override {
    const wire::Datagram& datagram = seen.datagram;
    return datagram.has_ports() && source_.fits(datagram.source_port()) &&
           destination_.fits(datagram.destination_port());
  }
  bool read(Words& words) override {
    if (words.is("--sport") || words.is("--source-port")) {
      source_.read(words);
    } else if (words.is("--dport") || words.is("--destination-port")) {
      destination_.read(words);
    } else {
      return false;
    }
    return true;
  }
  std::string save() const override {
    return source_.save("--sport") + destination_.save("--dport");
  }
  std::string list(const Listing& listing) const override {
    return (protocol_ == wire::Protocol::kTcp ? " tcp" : " udp") +
           source_.list("spt", protocol_, listing) + destination_.list("dpt", protocol_, listing);
  }

 private:
  wire::Protocol protocol_;
  Side source_, destination_;
};

struct Flag {
  std::string_view name;
  std::uint8_t bits;
};
constexpr auto kFlags = std::to_array<Flag>({{"FIN", wire::kFin},
                                             {"SYN", wire::kSyn},
                                             {"RST", wire::kRst},
                                             {"PSH", wire::kPsh},
                                             {"ACK", wire::kAck},
                                             {"URG", wire::kUrg}});
constexpr std::uint8_t kAllFlags = 0x3f;

std::uint8_t read_flags(Words& words, std::string_view text) {
  std::uint8_t bits = 0;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view name = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (name == "ALL") bits |= kAllFlags;
    bool known = name == "ALL" || name == "NONE";
    for (const Flag& flag : kFlags) {
      if (flag.name != name) continue;
      bits |= flag.bits;
      known = true;
    }
    if (!known) words.fail("Unknown TCP flag `" + std::string(name) + "'");
  }
  return bits;
}

std::string flags_text(std::uint8_t bits) {
  std::string text;
  for (const Flag& flag : kFlags) {
    if ((bits & flag.bits) != 0) text += (text.empty() ? "" : ",") + std::string(flag.name);
  }
  return text.empty() ? "NONE" : text;
}

class Tcp final : public Ports {
 public:
  Tcp() : Ports(wire::Protocol::kTcp) {}
  bool matches(const Seen& seen) const override {
    if (!Ports::matches(seen)) return false;
    if (mask_ == 0) return true;
    if (seen.datagram.transport_real_size() < wire::kTcpHeader) return false;
    const std::uint8_t flags = wire::TcpView{seen.datagram.transport()}.flags();
    return ((flags & mask_) == set_) != inverted_;
  }
  bool read(Words& words) override {
    if ((words.is("--syn") || words.is("--tcp-flags")) && mask_ != 0) {
      words.fail("Only one of `--syn' or `--tcp-flags'  allowed");
      return true;
    }
    if (words.is("--syn")) {
      mask_ = wire::kFin | wire::kSyn | wire::kRst | wire::kAck;
      set_ = wire::kSyn;
    } else if (words.is("--tcp-flags")) {
      const std::string mask = words.value();
      if (!words.more() || words.peek().starts_with('-')) {
        words.fail("--tcp-flags requires two args.");
        return true;
      }
      mask_ = read_flags(words, mask);
      set_ = read_flags(words, words.take());
    } else {
      return Ports::read(words);
    }
    inverted_ = words.inverted();
    return true;
  }
  bool needs_syn() const override {
    return (mask_ & wire::kSyn) != 0 && (set_ & wire::kSyn) != 0 && !inverted_;
  }
  std::string save() const override {
    if (mask_ == 0) return Ports::save();
    return Ports::save() + (inverted_ ? " ! --tcp-flags " : " --tcp-flags ") + flags_text(mask_) +
           " " + flags_text(set_);
  }
  std::string list(const Listing& listing) const override {
    if (mask_ == 0) return Ports::list(listing);
    return Ports::list(listing) + " flags:" + (inverted_ ? "!" : "") +
           (listing.numeric ? two_digits(mask_) + "/" + two_digits(set_)
                            : flags_text(mask_) + "/" + flags_text(set_));
  }

 private:
  static std::string two_digits(std::uint8_t bits) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return std::string("0x") + kDigits[bits >> 4] + kDigits[bits & 15];
  }
  std::uint8_t mask_ = 0, set_ = 0;
  bool inverted_ = false;
};

}  // namespace

std::unique_ptr<Match> make_tcp_match() { return std::make_unique<Tcp>(); }
std::unique_ptr<Match> make_udp_match() { return std::make_unique<Ports>(wire::Protocol::kUdp); }

}  // namespace lvslab::net::netfilter
