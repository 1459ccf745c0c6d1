#include "net/netfilter/targets/nat_target.h"

#include <algorithm>
#include <array>

namespace lvslab::net::netfilter {
namespace {

constexpr auto kWithPorts = std::to_array<std::uint8_t>({6, 17, 132, 33});

std::optional<std::uint16_t> port_of(Words& words, const std::string& text) {
  if (const auto number = read_number(text); number && *number <= 0xffff)
    return static_cast<std::uint16_t>(*number);
  const auto port = words.names().port(text, static_cast<wire::Protocol>(words.protocol));
  if (!port) words.fail("Port `" + text + "' not valid");
  return port;
}

}  // namespace

void NatTarget::read_ports(Words& words, const std::string& text, bool with_base) {
  const bool has_ports = !words.protocol_inverted && std::find(kWithPorts.begin(), kWithPorts.end(),
                                                               words.protocol) != kWithPorts.end();
  if (!has_ports) return words.fail("Need TCP, UDP, SCTP or DCCP with port specification");
  std::string rest = text;
  if (const std::size_t slash = rest.find('/'); with_base && slash != std::string::npos) {
    range_.offset = true;
    range_.port_base = port_of(words, rest.substr(slash + 1)).value_or(0);
    rest.resize(slash);
  }
  const std::size_t dash = rest.find('-');
  range_.ports = true;
  range_.port_low = range_.port_high = port_of(words, rest.substr(0, dash)).value_or(0);
  if (dash == std::string::npos) return;
  range_.port_high = port_of(words, rest.substr(dash + 1)).value_or(0);
  if (!words.failed() && range_.port_high < range_.port_low)
    words.fail("Port range `" + text + "' funky");
}

void NatTarget::read_range(Words& words, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos) read_ports(words, text.substr(colon + 1), true);
  if (words.failed() || colon == 0) return;
  const std::string addresses = text.substr(0, colon);
  const std::size_t dash = addresses.find('-');
  const auto address = [&](const std::string& word) {
    const auto parsed = wire::parse_ipv4(word);
    if (!parsed) words.fail("Bad IP address \"" + word + "\"");
    return parsed.value_or(wire::Ipv4{});
  };
  range_.addresses = true;
  range_.low = range_.high = address(addresses.substr(0, dash));
  if (dash != std::string::npos) range_.high = address(addresses.substr(dash + 1));
  if (range_.high < range_.low) std::swap(range_.low, range_.high);
}

bool NatTarget::read_flags(Words& words, bool fully, bool persistent) {
  if (words.is("--random")) {
    random_ = true;
  } else if (fully && words.is("--random-fully")) {
    fully_ = true;
  } else if (persistent && words.is("--persistent")) {
    range_.persistent = true;
  } else {
    return false;
  }
  range_.random = random_ || fully_;
  return true;
}

std::string NatTarget::ports_text() const {
  std::string text = std::to_string(range_.port_low);
  if (range_.port_high != range_.port_low) text += "-" + std::to_string(range_.port_high);
  if (range_.offset) text += "/" + std::to_string(range_.port_base);
  return text;
}

std::string NatTarget::range_text() const {
  std::string text;
  if (range_.addresses) {
    text = to_string(range_.low);
    if (range_.high != range_.low) text += "-" + to_string(range_.high);
  }
  return range_.ports ? text + ":" + ports_text() : text;
}

std::string NatTarget::flags_text(bool save) const {
  const std::string dashes = save ? " --" : " ";
  std::string text;
  if (random_) text += dashes + "random";
  if (fully_) text += dashes + "random-fully";
  if (range_.persistent) text += dashes + "persistent";
  return text;
}

Effect NatTarget::settle_as(Seen& seen, End end, const NatRange& range) const {
  ConntrackEntry* entry = seen.tracker->entry(*seen.info.track);
  if (entry != nullptr)
    settle(*seen.tracker, *entry, end, range, seen.rule, *seen.random, seen.turn.now());
  return Effect::kAccept;
}

}  // namespace lvslab::net::netfilter
