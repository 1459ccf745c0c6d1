#include "lvs/sctp_state.h"

#include <array>

#include "base/check.h"
#include "wire/sctp.h"

namespace lvslab::lvs {

namespace {

using Row = std::array<ConnectionState, kSctpStateCount>;
using Rows = std::array<Row, 10>;  // by SctpEvent

constexpr auto NO = ConnectionState::kNone, I1 = ConnectionState::kSctpInit1,
               IN = ConnectionState::kSctpInit, CS = ConnectionState::kSctpCookieSent,
               CR = ConnectionState::kSctpCookieReplied, CW = ConnectionState::kSctpCookieWait,
               CO = ConnectionState::kSctpCookie, CE = ConnectionState::kSctpCookieEchoed,
               ES = ConnectionState::kSctpEstablished, SS = ConnectionState::kSctpShutdownSent,
               SR = ConnectionState::kSctpShutdownReceived,
               SA = ConnectionState::kSctpShutdownAckSent, RJ = ConnectionState::kSctpRejected,
               CL = ConnectionState::kSctpClosed;
static_assert(NO != I1);

// Columns: NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL; rows d i ia ce ca s sa sc er ab; one table
// per direction.
constexpr std::array<Rows, 3> kTable = {{
    {{{ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {I1, IN, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, IN, IN},
      {CW, CW, CW, CS, CR, CO, CO, CE, ES, SS, SR, SA, RJ, CL},
      {CR, IN, IN, CR, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {ES, I1, IN, CS, CR, CW, CO, ES, ES, SS, SR, SA, RJ, CL},
      {SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL},
      {CL, IN, IN, CS, CR, CW, CO, CE, ES, CL, SR, CL, RJ, CL},
      {CL, CL, CL, CS, CR, CW, CO, CE, ES, SS, SR, CL, RJ, CL},
      {CL, I1, IN, CS, CR, CW, CO, CL, ES, SS, SR, SA, RJ, CL},
      {CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL}}},
    {{{ES, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {CW, CW, CW, CW, CW, CW, CW, CW, ES, CW, CW, CW, CW, CW},
      {CS, CS, CS, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {CE, CE, CE, CE, CE, CE, CE, CE, ES, SS, SR, SA, RJ, CL},
      {ES, ES, ES, ES, ES, ES, ES, ES, ES, SS, SR, SA, RJ, CL},
      {SS, SS, SS, SS, SS, SS, SS, SS, SS, SS, SR, SA, RJ, CL},
      {SA, SA, SA, SA, SA, CW, CO, CE, ES, SA, SA, SA, RJ, CL},
      {CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL, CL}}},
    {{{ES, I1, IN, CS, CR, ES, CO, CE, ES, SS, SR, SA, RJ, CL},
      {I1, IN, IN, IN, IN, IN, CO, CE, ES, SS, SR, SA, IN, IN},
      {CE, CE, CE, CE, CE, CE, CO, CE, ES, SS, SR, SA, RJ, CL},
      {ES, ES, ES, ES, ES, ES, CO, CE, ES, SS, SR, SA, RJ, CL},
      {ES, I1, IN, ES, ES, CW, ES, ES, ES, SS, SR, SA, RJ, CL},
      {SR, I1, IN, CS, CR, CW, CO, CE, SR, SS, SR, SA, RJ, CL},
      {CL, IN, IN, CS, CR, CW, CO, CE, CL, CL, SR, CL, RJ, CL},
      {CL, CL, CL, CL, CL, CW, CO, CE, ES, SS, CL, CL, RJ, CL},
      {CL, I1, IN, CS, CR, CW, CO, CE, ES, SS, SR, SA, RJ, CL},
      {CL, CL, CL, CL, CL, RJ, CL, CL, CL, CL, CL, CL, CL, CL}}},
}};

constexpr std::size_t column(ConnectionState state) {
  return state == NO ? 0 : static_cast<std::size_t>(state) - static_cast<std::size_t>(I1) + 1;
}
static_assert(column(CL) + 1 == kSctpStateCount);

SctpEvent event_of(std::uint8_t type) {
  switch (static_cast<wire::SctpChunk>(type)) {
    case wire::SctpChunk::kInit:
      return SctpEvent::kInit;
    case wire::SctpChunk::kInitAck:
      return SctpEvent::kInitAck;
    case wire::SctpChunk::kCookieEcho:
      return SctpEvent::kCookieEcho;
    case wire::SctpChunk::kCookieAck:
      return SctpEvent::kCookieAck;
    case wire::SctpChunk::kShutdown:
      return SctpEvent::kShutdown;
    case wire::SctpChunk::kShutdownAck:
      return SctpEvent::kShutdownAck;
    case wire::SctpChunk::kShutdownComplete:
      return SctpEvent::kShutdownComplete;
    case wire::SctpChunk::kError:
      return SctpEvent::kError;
    case wire::SctpChunk::kAbort:
      return SctpEvent::kAbort;
    default:
      return SctpEvent::kData;
  }
}

}  // namespace

std::optional<SctpEvent> sctp_event(std::span<const std::uint8_t> packet) {
  if (packet.size() < wire::kSctpHeader + wire::kSctpChunkHeader) return std::nullopt;
  const std::uint8_t* chunk = packet.data() + wire::kSctpHeader;
  const SctpEvent event = event_of(chunk[0]);
  if (event != SctpEvent::kCookieEcho && event != SctpEvent::kCookieAck) return event;
  // Chunks begin at multiples of 4.
  const std::size_t next = wire::kSctpHeader + ((wire::load16(chunk + 2) + 3u) & ~3u);
  if (next > wire::kSctpHeader && next + wire::kSctpChunkHeader <= packet.size() &&
      packet[next] == static_cast<std::uint8_t>(wire::SctpChunk::kAbort)) {
    return SctpEvent::kAbort;
  }
  return event;
}

ConnectionState next_sctp_state(TcpDirection direction, SctpEvent event, ConnectionState state) {
  const std::size_t from = column(state);
  LVSLAB_CHECK(from < kSctpStateCount);
  return kTable[static_cast<std::size_t>(direction)][static_cast<std::size_t>(event)][from];
}

}  // namespace lvslab::lvs
