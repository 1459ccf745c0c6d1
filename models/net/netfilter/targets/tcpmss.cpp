// -j TCPMSS: the largest segment that a SYN announces is lowered, to a number or to what the paths
// both ways can carry (the cure for a path whose ICMP errors are lost; RFC 879, RFC 1191 6.4).
#include <algorithm>
#include <cstring>

#include "net/netfilter/table.h"
#include "net/netfilter/targets/targets.h"
#include "wire/tcp.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::uint32_t kHeaders = wire::kIpv4Header + wire::kTcpHeader;
constexpr std::uint32_t kDefaultMss = 536;  ///< RFC 1122 4.2.2.6
constexpr std::uint32_t kMostTcpHeader = 60, kOption = 4;
constexpr std::uint8_t kMssKind = 2;

void store_summed(std::uint8_t* transport, std::uint32_t at, std::uint16_t value) {
  // The option may begin at an odd byte; then its bytes belong to two words of the checksum.
  std::uint8_t* first = transport + (at & ~1u);
  const std::uint32_t words = (at & 1u) != 0 ? 2 : 1;
  std::uint16_t before[2] = {};
  for (std::uint32_t i = 0; i < words; ++i) before[i] = wire::load16(first + i * 2);
  wire::store16(transport + at, value);
  std::uint16_t sum = wire::load16(transport + 16);
  for (std::uint32_t i = 0; i < words; ++i)
    sum = wire::update_checksum(sum, before[i], wire::load16(first + i * 2));
  wire::store16(transport + 16, sum);
}

class TcpMss final : public Target {
 public:
  Effect apply(Seen& seen) const override {
    wire::Datagram& d = seen.datagram;
    if (!d.first_fragment() || d.transport_real_size() < wire::kTcpHeader) return Effect::kContinue;
    const std::uint32_t header = wire::TcpView{d.transport()}.header_length();
    if (header < wire::kTcpHeader || header > d.transport_real_size()) return Effect::kDrop;
    std::uint32_t mss = mss_;
    if (clamp_) {
      const std::uint32_t mtu = std::min(seen.host.path_mtu(d.ip().destination(), seen.turn.now()),
                                         seen.host.path_mtu(d.ip().source(), seen.turn.now()));
      if (mtu <= kHeaders) return Effect::kDrop;
      mss = mtu - kHeaders;
    }
    if (const std::uint32_t at = find_option(d.transport(), header); at != 0) {
      if (wire::load16(d.transport() + at + 2) > mss)
        store_summed(d.edit_transport(), at + 2, static_cast<std::uint16_t>(mss));
      return Effect::kContinue;
    }
    // Data behind the header: there is no room that its sender would not miss.
    if (d.transport_length() > header || header + kOption > kMostTcpHeader)
      return Effect::kContinue;
    insert_option(d, static_cast<std::uint16_t>(std::min(mss, kDefaultMss)));
    return Effect::kContinue;
  }
  bool works_at(hook::Hook where) const override {
    using hook::Hook;
    return !clamp_ || where == Hook::kForward || where == Hook::kLocalOut ||
           where == Hook::kPostrouting;
  }
  bool valid(const Rule& rule) const override {
    return rule.protocol == 6 && !rule.protocol_inverted &&
           std::any_of(rule.matches.begin(), rule.matches.end(),
                       [](const Rule::Use& use) { return use.match->needs_syn(); });
  }
  bool read(Words& words) override {
    if (words.option().size() > 3 &&
        std::string_view("--clamp-mss-to-pmtu").starts_with(words.option())) {
      clamp_ = true;
      return true;
    }
    if (!words.is("--set-mss")) return false;
    const std::string text = words.value();
    const auto number = read_number(text);
    if (!words.failed() && (!number || *number > 65'535 - 40)) {
      words.fail("TCPMSS: bad value for option \"--set-mss\", or out of range (0-65495).\n");
    }
    mss_ = number.value_or(0);
    set_ = true;
    return true;
  }
  void finish(Words& words) override {
    if (!set_ && !clamp_) words.fail("TCPMSS target: At least one parameter is required");
    if (set_ && clamp_)
      words.fail(
          "TCPMSS: option \"--clamp-mss-to-pmtu\" cannot be used together "
          "with \"--set-mss\".\n");
  }
  std::string save() const override {
    return clamp_ ? " --clamp-mss-to-pmtu" : " --set-mss " + std::to_string(mss_);
  }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return clamp_ ? " TCPMSS clamp to PMTU" : " TCPMSS set " + std::to_string(mss_);
  }

 private:
  /// Where the MSS option begins; 0: there is none.
  static std::uint32_t find_option(const std::uint8_t* tcp, std::uint32_t header) {
    for (std::uint32_t at = wire::kTcpHeader; at + kOption <= header;) {
      if (tcp[at] == kMssKind && tcp[at + 1] == kOption) return at;
      at += tcp[at] < 2 || tcp[at + 1] == 0 ? 1 : tcp[at + 1];
    }
    return 0;
  }
  // Directly behind the fixed header; the checksum is mended for the new words and the length.
  static void insert_option(wire::Datagram& d, std::uint16_t mss) {
    const std::uint32_t ip_header = d.header_length(), fixed = ip_header + wire::kTcpHeader;
    const auto old_length = static_cast<std::uint16_t>(d.transport_length());
    std::uint8_t* p = d.packet().push(kOption);
    std::memmove(p, p + kOption, fixed);
    std::uint8_t* tcp = p + ip_header;
    std::uint8_t* option = tcp + wire::kTcpHeader;
    option[0] = kMssKind;
    option[1] = kOption;
    wire::store16(option + 2, mss);
    std::uint16_t sum = wire::load16(tcp + 16);
    sum = wire::update_checksum(sum, 0, wire::load16(option));
    sum = wire::update_checksum(sum, 0, mss);
    sum = wire::update_checksum(sum, old_length, static_cast<std::uint16_t>(old_length + kOption));
    const std::uint16_t offset = wire::load16(tcp + 12);
    tcp[12] = static_cast<std::uint8_t>(tcp[12] + 0x10);
    sum = wire::update_checksum(sum, offset, wire::load16(tcp + 12));
    wire::store16(tcp + 16, sum);
    const std::uint16_t total = wire::load16(p + 2);
    wire::store16(p + 2, static_cast<std::uint16_t>(total + kOption));
    wire::store16(p + 10, wire::update_checksum(wire::load16(p + 10), total, wire::load16(p + 2)));
  }

  std::uint32_t mss_ = 0;
  bool set_ = false, clamp_ = false;
};

}  // namespace

std::unique_ptr<Target> make_tcpmss_target() { return std::make_unique<TcpMss>(); }

}  // namespace lvslab::net::netfilter
