#include "transport/udp.h"

#include <cstring>
#include <utility>

#include "transport/icmp_errors.h"
#include "wire/icmp.h"
#include "wire/udp.h"

namespace lvslab::transport {
namespace {

constexpr std::uint32_t kLargestPayload = 65'507;

SocketError error_of(net::SendResult result) {
  switch (result) {
    case net::SendResult::kSent:
      return SocketError::kNone;
    case net::SendResult::kNetUnreachable:
      return SocketError::kNetUnreachable;
    case net::SendResult::kHostUnreachable:
      return SocketError::kHostUnreachable;
    case net::SendResult::kProhibited:
      return SocketError::kNotPermitted;
    case net::SendResult::kInvalid:
      return SocketError::kInvalid;
    case net::SendResult::kMessageTooLong:
      return SocketError::kMessageTooLong;
    case net::SendResult::kFiltered:
      return SocketError::kNotPermitted;
  }
  return SocketError::kInvalid;
}

}  // namespace

Udp::Udp(Sockets& sockets) : host_(sockets.host()) { buckets_.fill(kNone); }

void Udp::note_state(Turn& turn, const Socket& socket, std::string_view word) const {
  turn.note({.kind = NoteKind::kStateSocket,
             .a = socket.local.address.value,
             .x = socket.local.port,
             .z = static_cast<std::uint32_t>(wire::Protocol::kUdp),
             .word = word});
}

// --- sockets ------------------------------------------------------------------------------------

bool Udp::conflicts(const wire::Endpoint& local) const {
  for (std::uint32_t i = buckets_[local.port % kBuckets]; i != kNone; i = slots_[i].next) {
    const wire::Endpoint& other = slots_[i].local;
    if (other.port == local.port &&
        (other.address == local.address || other.address.is_zero() || local.address.is_zero())) {
      return true;
    }
  }
  return false;
}

tl::expected<SocketId, SocketError> Udp::bind(Turn& turn, wire::Endpoint local, UdpOwner* owner) {
  if (!local.address.is_zero() && !host_.is_local(local.address) &&
      host_.global().ip_nonlocal_bind == 0) {
    return tl::unexpected(SocketError::kAddressNotAvailable);
  }
  if (local.port != 0) {
    if (conflicts(local)) return tl::unexpected(SocketError::kAddressInUse);
  } else {
    const int low = host_.global().port_range_low, high = host_.global().port_range_high;
    if (low < 1 || high > 65'535 || low > high) return tl::unexpected(SocketError::kNoPorts);
    const auto count = static_cast<std::uint32_t>(high - low + 1);
    auto port = static_cast<std::uint32_t>(host_.random().below(count));
    std::uint32_t tried = 0;
    do {
      if (tried++ == count) return tl::unexpected(SocketError::kNoPorts);
      local.port = static_cast<std::uint16_t>(port + static_cast<std::uint32_t>(low));
      port = port + 1 == count ? 0 : port + 1;
    } while (conflicts(local));
  }
  std::uint32_t slot = free_;
  if (slot == kNone) {
    slot = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    free_ = slots_[slot].next;
  }
  Socket& socket = slots_[slot];
  socket.local = local;
  socket.owner = owner;
  std::uint32_t& head = buckets_[local.port % kBuckets];
  socket.next = head;
  head = slot;
  note_state(turn, socket, "UNCONN");
  return SocketId{slot | kUdpBit, socket.generation};
}

const Udp::Socket* Udp::get(SocketId id) const {
  const std::uint32_t slot = id.index & ~kUdpBit;
  if ((id.index & kUdpBit) == 0 || slot >= slots_.size()) return nullptr;
  const Socket& socket = slots_[slot];
  return socket.owner != nullptr && socket.generation == id.generation ? &socket : nullptr;
}

void Udp::close(Turn& turn, SocketId id) {
  if (get(id) == nullptr) return;
  const std::uint32_t slot = id.index & ~kUdpBit;
  Socket& socket = slots_[slot];
  std::uint32_t* link = &buckets_[socket.local.port % kBuckets];
  while (*link != slot) link = &slots_[*link].next;
  *link = socket.next;
  note_state(turn, socket, {});
  socket.owner = nullptr;
  ++socket.generation;
  socket.next = free_;
  free_ = slot;
}

wire::Endpoint Udp::local(SocketId socket) const {
  const Socket* s = get(socket);
  return s != nullptr ? s->local : wire::Endpoint{};
}

void Udp::list(std::vector<SocketView>& to) const {
  for (const Socket& s : slots_) {
    if (s.owner == nullptr) continue;
    to.push_back({.protocol = wire::Protocol::kUdp, .state = TcpState::kClosed, .local = s.local});
  }
}

void Udp::reset() {
  buckets_.fill(kNone);
  free_ = kNone;
  for (std::uint32_t i = static_cast<std::uint32_t>(slots_.size()); i-- > 0;) {
    slots_[i].owner = nullptr;
    ++slots_[i].generation;
    slots_[i].next = free_;
    free_ = i;
  }
}

// --- datagrams ----------------------------------------------------------------------------------

SocketError Udp::send(Turn& turn, SocketId id, wire::Endpoint to,
                      std::span<const std::uint8_t> bytes, std::uint32_t zeros, const Tag& tag,
                      const IpOptions& ip, wire::Ipv4 source) {
  const Socket* socket = get(id);
  if (socket == nullptr) return SocketError::kInvalid;
  if (bytes.size() > PacketPool::kLargest - wire::kUdpHeader || zeros > kLargestPayload ||
      bytes.size() + zeros > kLargestPayload) {
    return SocketError::kMessageTooLong;
  }
  if (!socket->local.address.is_zero()) source = socket->local.address;
  const std::uint16_t port = socket->local.port;
  const net::Host::Path path = host_.route_output(source, to.address);
  if (path.kind == hook::RouteKind::kNone && path.route == nullptr)
    return SocketError::kNetUnreachable;
  if (path.kind == hook::RouteKind::kBroadcast) return SocketError::kNotPermitted;

  const auto real = static_cast<std::uint32_t>(bytes.size());
  Packet packet = turn.packets().make(wire::kUdpHeader + real);
  std::uint8_t* p = packet.append(wire::kUdpHeader + real);
  if (real > 0) std::memcpy(p + wire::kUdpHeader, bytes.data(), real);
  packet.pull(wire::kUdpHeader);  // leaves the header's room in front
  packet.append_zeros(zeros);
  packet.set_tag(tag);
  wire::push_udp(packet, {path.source, port}, to);
  host_.count(net::Counter::kUdpOutDatagrams);
  const std::uint32_t length = packet.length() + wire::kIpv4Header;
  // What fits the path carries DF; what does not is fragmented here, without.
  const bool fits =
      length <= 552 ||
      length <= (host_.has_learnt_paths() ? host_.path_mtu(to.address, turn.now()) : path.mtu);
  const bool may_discover = ip.dont_fragment && fits;
  return error_of(host_.send(turn,
                             {.packet = std::move(packet),
                              .source = path.source,
                              .destination = to.address,
                              .protocol = wire::Protocol::kUdp,
                              .ttl = ip.ttl,
                              .tos = ip.tos,
                              .dont_fragment = ip.must_not_fragment || may_discover},
                             &path));
}

std::uint32_t Udp::find(const wire::Endpoint& local) const {
  std::uint32_t any = kNone;
  for (std::uint32_t i = buckets_[local.port % kBuckets]; i != kNone; i = slots_[i].next) {
    const wire::Endpoint& own = slots_[i].local;
    if (own.port != local.port) continue;
    if (own.address == local.address) return i;
    if (own.address.is_zero()) any = i;
  }
  return any;
}

void Udp::receive_datagram(Turn& turn, wire::Datagram&& datagram, const net::InputInfo& info) {
  const auto refuse = [&](DropReason reason) {
    host_.count(net::Counter::kUdpInErrors);
    turn.drop(datagram.take(), reason);
  };
  if (datagram.transport_real_size() < wire::kUdpHeader) {
    return refuse(DropReason::kBadTransportHeader);
  }
  const wire::UdpView header{datagram.transport()};
  if (header.length() < wire::kUdpHeader || header.length() > datagram.transport_length()) {
    return refuse(DropReason::kBadTransportHeader);
  }
  const wire::Ipv4 source = datagram.ip().source(), destination = datagram.ip().destination();
  Packet segment = datagram.packet().share();
  segment.pull(datagram.header_length());
  segment.trim(header.length());
  const bool sound = wire::udp_checksum_ok(segment, source, destination);
  const wire::Endpoint from{source, header.source_port()};
  const wire::Endpoint to{destination, header.destination_port()};
  const std::uint32_t slot = sound ? find(to) : kNone;
  if (slot == kNone) {
    turn.packets().retire(std::move(segment));
    if (!sound) return refuse(DropReason::kBadTransportChecksum);
    host_.count(net::Counter::kUdpNoPorts);
    host_.send_icmp_error(turn, datagram, info,
                          static_cast<std::uint8_t>(wire::IcmpType::kUnreachable),
                          wire::kPortUnreachable, 0);
    return turn.drop(datagram.take(), DropReason::kNoSocket);
  }
  host_.count(net::Counter::kUdpInDatagrams);
  Packet packet = datagram.take();
  turn.note(
      packet,
      {.kind = NoteKind::kDelivered, .a = destination.value, .x = to.port, .word = "udp socket"});
  const Chunk chunk{.bytes = segment.bytes().subspan(wire::kUdpHeader),
                    .zeros = segment.zeros(),
                    .push = true,
                    .tag = packet.tag()};
  const Socket& socket = slots_[slot];
  socket.owner->on_datagram(turn, {slot | kUdpBit, socket.generation}, from, destination, chunk);
  turn.packets().retire(std::move(segment));
  turn.deliver(std::move(packet));
}

void Udp::receive_error(Turn& turn, const net::IcmpError& error) {
  // A datagram that was too long for its path is lost: unlike TCP nobody sends it again.
  const bool too_long = error.type == static_cast<std::uint8_t>(wire::IcmpType::kUnreachable) &&
                        error.code == wire::kFragmentationNeeded;
  const SocketError what =
      too_long ? SocketError::kMessageTooLong : socket_error_of(error.type, error.code);
  const std::uint32_t slot = find(error.quoted.source);
  if (slot == kNone || what == SocketError::kNone) return;
  const Socket& socket = slots_[slot];
  socket.owner->on_error(turn, {slot | kUdpBit, socket.generation}, error.quoted.destination, what);
}

}  // namespace lvslab::transport
