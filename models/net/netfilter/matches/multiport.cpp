// -m multiport: up to 15 ports, a range counting as two.
#include <algorithm>
#include <vector>

#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::size_t kMost = 15;
enum class Which : std::uint8_t { kNone, kSource, kDestination, kEither };

class Multiport final : public Match {
 public:
  bool matches(const Seen& seen) const override {
    if (!seen.datagram.has_ports()) return false;
    const bool source = which_ != Which::kDestination && any(seen.datagram.source_port());
    const bool destination = which_ != Which::kSource && any(seen.datagram.destination_port());
    return (source || destination) != inverted_;
  }

  bool read(Words& words) override {
    Which which = Which::kNone;
    if (words.is("--sports") || words.is("--source-ports")) which = Which::kSource;
    if (words.is("--dports") || words.is("--destination-ports")) which = Which::kDestination;
    if (words.is("--ports")) which = Which::kEither;
    if (which == Which::kNone) return false;
    const std::string text = words.value();
    if (which_ != Which::kNone) words.fail("multiport can only have one option");
    which_ = which;
    inverted_ = words.inverted();
    protocol_ = static_cast<wire::Protocol>(words.protocol);
    constexpr std::uint8_t kWithPorts[] = {6, 17, 136, 132, 33};
    if (words.protocol_inverted || std::find(std::begin(kWithPorts), std::end(kWithPorts),
                                             words.protocol) == std::end(kWithPorts)) {
      words.fail("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'");
    }
    read_list(words, text);
    return true;
  }

  void finish(Words& words) override {
    if (which_ == Which::kNone) words.fail("multiport expection an option");
  }

  std::string save() const override {
    return (inverted_ ? " ! --" : " --") + std::string(name()) + " " + text(nullptr);
  }
  std::string list(const Listing& listing) const override {
    return " multiport " + std::string(name()) + " " + (inverted_ ? " !" : "") + text(&listing);
  }

 private:
  bool any(std::uint16_t port) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const PortRange& range) { return range.contains(port); });
  }
  void read_list(Words& words, std::string_view text) {
    std::size_t used = 0;
    while (!text.empty() && !words.failed()) {
      const std::size_t comma = std::min(text.find(','), text.size());
      const std::string_view item = text.substr(0, comma);
      text.remove_prefix(std::min(comma + 1, text.size()));
      const std::size_t colon = item.find(':');
      PortRange range;
      range.first = range.last = read_port(words, item.substr(0, colon)).value_or(0);
      if (colon != std::string_view::npos) {
        range.last = read_port(words, item.substr(colon + 1)).value_or(0);
        if (range.first >= range.last) words.fail("invalid portrange specified");
        ++used;
      }
      if (++used > kMost) words.fail("too many ports specified");
      ranges_.push_back(range);
    }
  }
  std::string_view name() const {
    return which_ == Which::kSource ? "sports" : which_ == Which::kDestination ? "dports" : "ports";
  }
  std::string text(const Listing* listing) const {
    const auto port = [&](std::uint16_t number) {
      return listing != nullptr ? port_text(number, protocol_, *listing) : std::to_string(number);
    };
    std::string all;
    for (const PortRange& range : ranges_) {
      all += (all.empty() ? "" : ",") + port(range.first);
      if (range.last != range.first) all += ":" + port(range.last);
    }
    return all;
  }

  Which which_ = Which::kNone;
  bool inverted_ = false;
  wire::Protocol protocol_ = wire::Protocol::kTcp;
  std::vector<PortRange> ranges_;
};

}  // namespace

std::unique_ptr<Match> make_multiport_match() { return std::make_unique<Multiport>(); }

}  // namespace lvslab::net::netfilter
