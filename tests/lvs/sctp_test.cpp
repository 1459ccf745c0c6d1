// SCTP associations through the director: states by chunk, timeouts, checksum; and the sysctls that
// decide whether a packet is looked at.
#include "director_bed.h"
#include "lvs/sctp_state.h"

namespace lvslab::lvs::test {
namespace {

using Chunk = wire::SctpChunk;
constexpr auto kSctp = wire::Protocol::kSctp;

class Sctp : public testing::Test {
 protected:
  void add(Method method, std::uint16_t port = 80) {
    ASSERT_EQ(bed.director.add_service(bed.turn, key, {.scheduler = "rr"}), AdminError::kNone);
    ASSERT_EQ(bed.director.add_destination(bed.turn, key, server(1, port), {.method = method},
                                           bed.routes),
              AdminError::kNone);
  }
  hook::Verdict in(const std::vector<Chunk>& chunks, int n = 1) {
    return bed.push(bed.sctp(client(n), kWeb, chunks));
  }
  hook::Verdict out(const std::vector<Chunk>& chunks, std::uint16_t port = 80) {
    return bed.push(bed.sctp(server(1, port), client(1), chunks), hook::Hook::kForward);
  }
  std::string state() const {
    const Connection* c = bed.find(client(1), kWeb, kSctp);
    return c == nullptr ? "-" : std::string(connection_state_name(c->state));
  }

  Bed bed;
  ServiceKey key{.protocol = kSctp, .address = kWeb};
};

TEST_F(Sctp, AnAssociationSeenFromBothSides) {
  add(Method::kMasq);
  EXPECT_EQ(in({Chunk::kInit}).toward, server(1).address);
  EXPECT_EQ(state(), "INIT1");
  EXPECT_EQ(bed.find(client(1), kWeb, kSctp)->timeout_s, 4u);
  out({Chunk::kInitAck});
  EXPECT_EQ(state(), "C-SENT");
  in({Chunk::kCookieEcho});
  EXPECT_EQ(state(), "C-REPLIED");
  EXPECT_EQ(bed.real(1, key).active, 0u);
  out({Chunk::kCookieAck});
  EXPECT_EQ(state(), "ESTABLISHED");
  EXPECT_EQ(bed.find(client(1), kWeb, kSctp)->timeout_s, 900u);
  EXPECT_EQ(bed.real(1, key).active, 1u);
  in({Chunk::kData});
  in({Chunk::kShutdown});
  EXPECT_EQ(state(), "S-RECEIVED");
  EXPECT_EQ(bed.real(1, key).inactive(), 1u);
  out({Chunk::kShutdownAck});
  EXPECT_EQ(state(), "S-ACK-SENT");
  in({Chunk::kShutdownComplete});
  EXPECT_EQ(state(), "CLOSED");
  EXPECT_EQ(bed.find(client(1), kWeb, kSctp)->timeout_s, 61u);
  in({Chunk::kInit});  // over the closed one: scheduled anew
  EXPECT_EQ(state(), "INIT1");
}

TEST_F(Sctp, AnAssociationSeenFromTheClientsSideOnly) {
  add(Method::kRoute);
  in({Chunk::kInit});
  EXPECT_EQ(state(), "INIT1");
  in({Chunk::kCookieEcho, Chunk::kData});
  EXPECT_EQ(state(), "ESTABLISHED");
  in({Chunk::kAbort});
  EXPECT_EQ(state(), "CLOSED");
}

TEST_F(Sctp, AnAbortBundledBehindACookieEchoCounts) {
  EXPECT_EQ(sctp_event(std::vector<std::uint8_t>(15)), std::nullopt);
  add(Method::kRoute);
  in({Chunk::kInit});
  in({Chunk::kCookieEcho, Chunk::kAbort});
  EXPECT_EQ(state(), "CLOSED");
}

TEST_F(Sctp, OnlyAnInitBeginsUnlessSloppy) {
  add(Method::kRoute);
  EXPECT_EQ(in({Chunk::kData}).kind, Kind::kAccept);
  bed.director.settings().sloppy_sctp = 1;
  EXPECT_EQ(in({Chunk::kAbort}).kind, Kind::kAccept);
  EXPECT_EQ(in({Chunk::kData}).kind, Kind::kSendToward);
  EXPECT_EQ(state(), "ESTABLISHED");
}

TEST_F(Sctp, TheChecksumIsComputedAnewWhenThePortChanges) {
  add(Method::kMasq, 9080);
  in({Chunk::kInit});
  const std::span<const std::uint8_t> sctp(bed.last.data() + 20, bed.last.size() - 20);
  EXPECT_EQ(wire::load16(sctp.data() + 2), 9080);
  EXPECT_EQ(wire::load_sctp_checksum(sctp.data()), wire::sctp_checksum(sctp));
  out({Chunk::kInitAck}, 9080);
  const std::span<const std::uint8_t> back(bed.last.data() + 20, bed.last.size() - 20);
  EXPECT_EQ(wire::load16(back.data()), 80);
  EXPECT_EQ(wire::load_sctp_checksum(back.data()), wire::sctp_checksum(back));
}

TEST(SctpChecksum, Crc32cOfKnownBytes) {
  // The field's own bytes count as zeros: 32 bytes of 0 give CRC32c's published 0x8a9136aa.
  const std::vector<std::uint8_t> zeros(32);
  EXPECT_EQ(wire::sctp_checksum(zeros), 0x8a9136aau);
  EXPECT_EQ(wire::sctp_checksum(std::span(zeros).first(12), 20), 0x8a9136aau);
}

TEST(SctpState, EveryCellStaysAmongSctpsStates) {
  for (int direction = 0; direction < 3; ++direction) {
    for (int event = 0; event < 10; ++event) {
      for (int s = 0; s < static_cast<int>(kSctpStateCount); ++s) {
        const auto from = s == 0 ? ConnectionState::kNone
                                 : static_cast<ConnectionState>(
                                       static_cast<int>(ConnectionState::kSctpInit1) + s - 1);
        const ConnectionState to = next_sctp_state(static_cast<TcpDirection>(direction),
                                                   static_cast<SctpEvent>(event), from);
        EXPECT_GE(to, ConnectionState::kSctpInit1);
        EXPECT_LT(to, ConnectionState::kCount);
        EXPECT_EQ(counts_as_active(to), to == ConnectionState::kSctpEstablished);
      }
    }
  }
}

TEST(Sysctls, BackupOnlyStandsAsideWhileTheBackupDaemonRuns) {
  Bed bed;
  bed.add_web("rr", {1});
  bed.director.settings().backup_only = 1;
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kSendToward);
  bed.director.sync_daemons()[1] = SyncDaemon{};
  EXPECT_EQ(bed.send(client(1), kAck).kind, Kind::kAccept);
  EXPECT_EQ(bed.send(client(2), kSyn).kind, Kind::kAccept);
  bed.director.settings().backup_only = 0;
  EXPECT_EQ(bed.send(client(2), kSyn).kind, Kind::kSendToward);
}

TEST(Sysctls, IgnoreTunneledMarksOtherProtocols) {
  Bed bed;
  bed.add_web("rr", {1});
  const auto tunnelled = [&](std::uint8_t protocol) {
    wire::Datagram d = bed.tcp(client(1), kWeb, kSyn);
    d.edit_ip()[9] = protocol;
    return bed.push(std::move(d));
  };
  EXPECT_FALSE(tunnelled(4).leave_alone);
  bed.director.settings().ignore_tunneled = 1;
  EXPECT_TRUE(tunnelled(4).leave_alone);
  EXPECT_FALSE(tunnelled(50).leave_alone) << "IPsec is IPVS's business";
  EXPECT_EQ(bed.send(client(1), kSyn).kind, Kind::kSendToward);
}

}  // namespace
}  // namespace lvslab::lvs::test
