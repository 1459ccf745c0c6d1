// -j REJECT: the packet ends here, and its sender is told: by an ICMP error, or by a RST that looks
// as if the addressed host had sent it (RFC 793 3.4 on which numbers a RST bears).
#include <array>

#include "net/netfilter/targets/targets.h"
#include "wire/icmp.h"
#include "wire/tcp.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::uint8_t kTcpReset = 255;

struct Answer {
  std::string_view name, alias;
  std::uint8_t code;
};
constexpr auto kAnswers = std::to_array<Answer>({
    {"icmp-net-unreachable", "net-unreach", wire::kNetUnreachable},
    {"icmp-host-unreachable", "host-unreach", wire::kHostUnreachable},
    {"icmp-proto-unreachable", "proto-unreach", wire::kProtocolUnreachable},
    {"icmp-port-unreachable", "port-unreach", wire::kPortUnreachable},
    {"icmp-net-prohibited", "net-prohib", wire::kNetProhibited},
    {"icmp-host-prohibited", "host-prohib", wire::kHostProhibited},
    {"tcp-reset", "tcp-rst", kTcpReset},
    {"icmp-admin-prohibited", "admin-prohib", wire::kAdminProhibited},
});

// Nobody answers a RST with a RST.
void send_reset(Seen& seen) {
  const wire::Datagram& about = seen.datagram;
  if (!about.first_fragment() || about.transport_real_size() < wire::kTcpHeader) return;
  const wire::TcpView tcp{about.transport()};
  const std::uint8_t flags = tcp.flags();
  const std::uint32_t header = tcp.header_length();
  if ((flags & wire::kRst) != 0 || header < wire::kTcpHeader || header > about.transport_length())
    return;
  if (seen.info.route == hook::RouteKind::kBroadcast) return;
  wire::TcpHeader reset{.source_port = tcp.destination_port(),
                        .destination_port = tcp.source_port(),
                        .flags = wire::kRst};
  if ((flags & wire::kAck) != 0) {
    reset.sequence = tcp.acknowledgement();
  } else {
    const std::uint32_t length = about.transport_length() - header;
    reset.acknowledgement = tcp.sequence() + length + ((flags & wire::kSyn) != 0 ? 1 : 0) +
                            ((flags & wire::kFin) != 0 ? 1 : 0);
    reset.flags |= wire::kAck;
  }
  const wire::Ipv4 source = about.ip().destination(), destination = about.ip().source();
  Packet packet = seen.turn.packets().make(0);
  packet.set_tag(about.packet().tag());
  wire::push_tcp(packet, source, destination, reset);
  (void)seen.host.send(seen.turn, {.packet = std::move(packet),
                                   .source = source,
                                   .destination = destination,
                                   .protocol = wire::Protocol::kTcp,
                                   .dont_fragment = true,
                                   .id = std::uint16_t{0},
                                   .track = seen.info.track->related()});
}

class Reject final : public Target {
 public:
  Effect apply(Seen& seen) const override {
    if (answer_->code == kTcpReset) {
      send_reset(seen);
      return Effect::kDrop;
    }
    const InputInfo info{.device = seen.info.in_device,
                         .link = seen.info.link,
                         .route = seen.info.route,
                         .mark = seen.mark,
                         .track = *seen.info.track};
    seen.host.send_icmp_error(seen.turn, seen.datagram, info,
                              static_cast<std::uint8_t>(wire::IcmpType::kUnreachable),
                              answer_->code, 0);
    return Effect::kDrop;
  }

  // The beginning of a name is enough.
  bool read(Words& words) override {
    if (!words.is("--reject-with")) return false;
    const std::string text = words.value();
    for (const Answer& answer : kAnswers) {
      if (!text.empty() && (answer.name.starts_with(text) || answer.alias.starts_with(text))) {
        answer_ = &answer;
        return true;
      }
    }
    words.fail("unknown reject type \"" + text + "\"");
    return true;
  }
  void finish(Words& words) override {
    needs_tcp_ = answer_->code == kTcpReset && (words.protocol != 6 || words.protocol_inverted);
  }
  bool valid(const Rule& rule) const override {
    (void)rule;
    return !needs_tcp_;
  }
  std::string save() const override { return " --reject-with " + std::string(answer_->name); }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return " reject-with " + std::string(answer_->name);
  }

 private:
  const Answer* answer_ = &kAnswers[3];
  bool needs_tcp_ = false;
};

}  // namespace

std::unique_ptr<Target> make_reject_target() { return std::make_unique<Reject>(); }

}  // namespace lvslab::net::netfilter
