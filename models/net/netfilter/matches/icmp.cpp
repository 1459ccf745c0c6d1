// -m icmp: type and code, by number or by name.
#include <array>

#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::uint8_t kAnyType = 255;

struct Kind {
  std::string_view name;
  std::uint8_t type;
  std::uint8_t first_code = 0, last_code = 255;
};
constexpr auto kKinds = std::to_array<Kind>({
    {"any", kAnyType},
    {"echo-reply", 0},
    {"pong", 0},
    {"destination-unreachable", 3},
    {"network-unreachable", 3, 0, 0},
    {"host-unreachable", 3, 1, 1},
    {"protocol-unreachable", 3, 2, 2},
    {"port-unreachable", 3, 3, 3},
    {"fragmentation-needed", 3, 4, 4},
    {"source-route-failed", 3, 5, 5},
    {"network-unknown", 3, 6, 6},
    {"host-unknown", 3, 7, 7},
    {"network-prohibited", 3, 9, 9},
    {"host-prohibited", 3, 10, 10},
    {"TOS-network-unreachable", 3, 11, 11},
    {"TOS-host-unreachable", 3, 12, 12},
    {"communication-prohibited", 3, 13, 13},
    {"host-precedence-violation", 3, 14, 14},
    {"precedence-cutoff", 3, 15, 15},
    {"source-quench", 4},
    {"redirect", 5},
    {"network-redirect", 5, 0, 0},
    {"host-redirect", 5, 1, 1},
    {"TOS-network-redirect", 5, 2, 2},
    {"TOS-host-redirect", 5, 3, 3},
    {"echo-request", 8},
    {"ping", 8},
    {"router-advertisement", 9},
    {"router-solicitation", 10},
    {"time-exceeded", 11},
    {"ttl-exceeded", 11},
    {"ttl-zero-during-transit", 11, 0, 0},
    {"ttl-zero-during-reassembly", 11, 1, 1},
    {"parameter-problem", 12},
    {"ip-header-bad", 12, 0, 0},
    {"required-option-missing", 12, 1, 1},
    {"timestamp-request", 13},
    {"timestamp-reply", 14},
    {"address-mask-request", 17},
    {"address-mask-reply", 18},
});

class Icmp final : public Match {
 public:
  bool matches(const Seen& seen) const override {
    const wire::Datagram& datagram = seen.datagram;
    if (!datagram.first_fragment() || datagram.transport_real_size() < 4) return false;
    const wire::IcmpView icmp{datagram.transport()};
    const bool fits = wanted_.type == kAnyType ||
                      (icmp.type() == wanted_.type && icmp.code() >= wanted_.first_code &&
                       icmp.code() <= wanted_.last_code);
    return fits != inverted_;
  }
  bool read(Words& words) override {
    if (!words.is("--icmp-type")) return false;
    const std::string text = words.value();
    inverted_ = words.inverted();
    for (const Kind& kind : kKinds) {
      if (kind.name != text) continue;
      wanted_ = kind;
      return true;
    }
    const std::size_t slash = text.find('/');
    const auto type = read_number(std::string_view(text).substr(0, slash));
    if (!type || *type > 255) {
      words.fail("Unknown ICMP type `" + text + "'");
      return true;
    }
    wanted_ = {{}, static_cast<std::uint8_t>(*type)};
    if (slash == std::string::npos) return true;
    const auto code = read_number(std::string_view(text).substr(slash + 1));
    if (!code || *code > 255) {
      words.fail("Invalid ICMP code `" + text.substr(slash + 1) + "'\n");
      return true;
    }
    wanted_.first_code = wanted_.last_code = static_cast<std::uint8_t>(*code);
    return true;
  }
  std::string save() const override {
    std::string text = inverted_ ? " ! --icmp-type " : " --icmp-type ";
    if (wanted_.type == kAnyType) return text + "any";
    text += std::to_string(wanted_.type);
    return every_code() ? text : text + "/" + std::to_string(wanted_.first_code);
  }
  std::string list(const Listing& listing) const override {
    if (!listing.numeric) {
      for (const Kind& kind : kKinds) {
        if (kind.type == wanted_.type && kind.first_code == wanted_.first_code &&
            kind.last_code == wanted_.last_code) {
          return " icmp " + std::string(inverted_ ? "!" : "") + std::string(kind.name);
        }
      }
    }
    const std::string text =
        std::string(" icmp") + (inverted_ ? " !" : "") + "type " + std::to_string(wanted_.type);
    return every_code() ? text : text + " code " + std::to_string(wanted_.first_code);
  }

 private:
  bool every_code() const { return wanted_.first_code == 0 && wanted_.last_code == 255; }
  Kind wanted_{"any", kAnyType};
  bool inverted_ = false;
};

}  // namespace

std::unique_ptr<Match> make_icmp_match() { return std::make_unique<Icmp>(); }

}  // namespace lvslab::net::netfilter
