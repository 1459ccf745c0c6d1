// For every method and random packets: what to_real does to_client undoes, and checksums that were
// right are right afterwards, computed anew from the bytes.
#include <optional>

#include "director_bed.h"
#include "lvs/forwarder.h"
#include "lvs/local_pool.h"

namespace lvslab::lvs::test {
namespace {

bool transport_ok(Bed& bed, const wire::Datagram& d) {
  Packet segment = d.packet().share();
  segment.pull(d.header_length());
  bool ok = true;
  if (d.protocol() == wire::Protocol::kTcp) {
    ok = wire::tcp_checksum_ok(segment, d.ip().source(), d.ip().destination());
  } else if (d.protocol() == wire::Protocol::kUdp) {
    ok = wire::udp_checksum_ok(segment, d.ip().source(), d.ip().destination());
  } else {
    ok = wire::load_sctp_checksum(segment.data()) ==
         wire::sctp_checksum(segment.bytes(), segment.zeros());
  }
  bed.pool.retire(std::move(segment));
  return ok;
}

class ForwarderProperty : public testing::TestWithParam<ForwarderEntry> {
 protected:
  ForwarderProperty() {
    bed.turn.begin(bed.now, WatchLevel::kNothing);
    pool.add_address(service, kLip);
    bed.routes.local.erase(kVip);  // bypass is for addresses that are not here
    bed.routes.local.insert(kLip);
  }
  static constexpr wire::Ipv4 kLip = wire::ipv4(10, 1, 0, 200);

  std::uint16_t port() { return static_cast<std::uint16_t>(1 + random.below(65535)); }

  Connection connection(wire::Protocol protocol) {
    Connection c;
    c.client = client(static_cast<int>(random.below(5000)), port());
    c.service = {kVip, port()};
    c.real = server(1 + static_cast<int>(random.below(199)),
                    random.below(2) == 0 ? c.service.port : port());
    c.method = GetParam().method;
    c.protocol = protocol;
    c.destination = &destination;
    if (c.method == Method::kFullNat) local_end = pool.take(service, protocol, c.real, bed.now);
    return c;
  }

  /// Random header fields and payload: text bytes, then zeros, of any length, odd ones too.
  wire::Datagram packet(wire::Protocol protocol, wire::Endpoint from, wire::Endpoint to,
                        std::uint8_t flags) {
    Built b{.ttl = static_cast<std::uint8_t>(2 + random.below(250)),
            .dont_fragment = random.below(2) == 0,
            .payload = static_cast<std::uint32_t>(random.below(1300))};
    if (protocol == wire::Protocol::kUdp) return bed.udp(from, to, b);
    if (protocol == wire::Protocol::kSctp) {
      return bed.sctp(from, to, {static_cast<wire::SctpChunk>(random.below(15))}, b);
    }
    wire::TcpHeader h;
    h.flags = flags;
    h.sequence = static_cast<std::uint32_t>(random.bits());
    h.acknowledgement = static_cast<std::uint32_t>(random.bits());
    h.window = port();
    if (flags == kSyn) h.options.mss = 1460;
    if (random.below(2) == 0) {
      h.options.timestamps = true;
      h.options.timestamp = static_cast<std::uint32_t>(random.bits());
    }
    if (flags != kSyn && random.below(3) == 0) {
      h.options.sack_count = 2;
      h.options.sack[0] = {1, 2};
      h.options.sack[1] = {0xfffffff0, 5};
    }
    return bed.segment(from, to, h, b);
  }

  ForwardContext context(const Connection& c) {
    return {.turn = bed.turn,
            .connection = c,
            .info = info,
            .routes = bed.routes,
            .settings = settings,
            .local_end = local_end == kNoSlot ? nullptr : &pool.at(local_end)};
  }
  bool translates() const {
    return GetParam().method == Method::kMasq || GetParam().method == Method::kFullNat;
  }

  Bed bed;
  Random random{7, "forwarders"};
  Service service;
  LocalPool pool{42};
  std::uint32_t local_end = kNoSlot;  ///< of the connection made last
  Destination destination;
  DirectorSettings settings;
  hook::PacketInfo info{.hook = hook::Hook::kLocalIn, .route = hook::RouteKind::kLocal};
};

void expect_sound(Bed& bed, const wire::Datagram& d) {
  ASSERT_EQ(wire::checksum(d.packet().bytes().first(d.header_length())), 0);
  ASSERT_EQ(d.ip().total_length(), d.packet().length());
  ASSERT_TRUE(transport_ok(bed, d)) << int(d.ip().protocol());
}

TEST_P(ForwarderProperty, ToClientUndoesToReal) {
  const Forwarder& method = GetParam().get();
  for (int i = 0; i < 1500; ++i) {
    const wire::Protocol protocol = i % 3 == 0   ? wire::Protocol::kTcp
                                    : i % 3 == 1 ? wire::Protocol::kUdp
                                                 : wire::Protocol::kSctp;
    const Connection c = connection(protocol);
    for (const std::uint8_t flags : {kSyn, kAck}) {
      wire::Datagram d = packet(protocol, c.client, c.service, flags);
      const hook::Verdict verdict = method.to_real(context(c), d);
      ASSERT_TRUE(verdict.kind == Kind::kSendToward || verdict.kind == Kind::kAccept);
      if (GetParam().method == Method::kTunnel) {
        d.packet().pull(wire::kIpv4Header);
        d.reparse();
      }
      ASSERT_NO_FATAL_FAILURE(expect_sound(bed, d));
      const wire::Flow at_server = wire::flow_of(d);
      bed.pool.retire(d.take());
      if (translates()) {
        ASSERT_EQ(at_server.destination, c.real);
      } else {
        ASSERT_EQ(at_server.destination, c.service);
      }
      // The server's answer goes to whom it saw, and the client must see it come from the service.
      d = packet(protocol, at_server.destination, at_server.source,
                 flags == kSyn ? kSyn | kAck : kAck);
      ASSERT_NE(method.to_client(context(c), d).kind, Kind::kDrop);
      ASSERT_NO_FATAL_FAILURE(expect_sound(bed, d));
      ASSERT_EQ(wire::flow_of(d).source, c.service);
      ASSERT_EQ(wire::flow_of(d).destination, c.client);
      bed.pool.retire(d.take());
    }
    if (local_end != kNoSlot) pool.release(local_end);
  }
}

TEST_P(ForwarderProperty, AWrongChecksumStaysWrong) {
  for (int i = 0; i < 300; ++i) {
    const Connection c = connection(wire::Protocol::kTcp);
    wire::Datagram d = packet(wire::Protocol::kTcp, c.client, c.service, kSyn);
    const auto flip = static_cast<std::uint16_t>(1 + random.below(0xfffe));
    std::uint8_t* field = d.edit_transport() + 16;
    wire::store16(field, static_cast<std::uint16_t>(wire::load16(field) ^ flip));
    GetParam().get().to_real(context(c), d);
    if (GetParam().method == Method::kTunnel) {
      d.packet().pull(wire::kIpv4Header);
      d.reparse();
    }
    EXPECT_FALSE(transport_ok(bed, d));
    bed.pool.retire(d.take());
    if (local_end != kNoSlot) pool.release(local_end);
  }
}

TEST_P(ForwarderProperty, ACutHeaderIsDroppedOrPassedOnUntouchedNotReadBeyond) {
  for (const wire::Protocol protocol :
       {wire::Protocol::kTcp, wire::Protocol::kUdp, wire::Protocol::kSctp}) {
    for (std::uint32_t keep = 4; keep < 20; ++keep) {
      const Connection c = connection(protocol);
      wire::Datagram d = packet(protocol, c.client, c.service, kAck);
      d.packet().trim(wire::kIpv4Header + keep);
      const hook::Verdict verdict = GetParam().get().to_real(context(c), d);
      if (verdict.kind == Kind::kDrop) {
        EXPECT_EQ(verdict.reason, DropReason::kBadTransportHeader);
      }
      bed.pool.retire(d.take());
      if (local_end != kNoSlot) pool.release(local_end);
    }
  }
}

TEST_P(ForwarderProperty, IsInTheTableWithANameAndAnExplanation) {
  EXPECT_EQ(find_forwarder(GetParam().method)->name, GetParam().name);
  EXPECT_FALSE(GetParam().name.empty());
  EXPECT_FALSE(GetParam().about.empty());
}

std::string entry_name(const testing::TestParamInfo<ForwarderEntry>& entry) {
  return std::string(entry.param.name);
}
INSTANTIATE_TEST_SUITE_P(All, ForwarderProperty,
                         testing::ValuesIn(forwarders().begin(), forwarders().end()), entry_name);

}  // namespace
}  // namespace lvslab::lvs::test
