#include "transport/sockets.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/prefetch.h"
#include "transport/tcp.h"
#include "transport/udp.h"

namespace lvslab::transport {

std::string_view socket_error_text(SocketError e) {
  switch (e) {
    case SocketError::kNone:
      return "Success";
    case SocketError::kAddressInUse:
      return "Address already in use";
    case SocketError::kAddressNotAvailable:
      return "Cannot assign requested address";
    case SocketError::kNetUnreachable:
      return "Network is unreachable";
    case SocketError::kHostUnreachable:
      return "No route to host";
    case SocketError::kRefused:
      return "Connection refused";
    case SocketError::kReset:
      return "Connection reset by peer";
    case SocketError::kTimedOut:
      return "Connection timed out";
    case SocketError::kNoPorts:
      return "Cannot assign requested address";
    case SocketError::kMessageTooLong:
      return "Message too long";
    case SocketError::kNotPermitted:
      return "Operation not permitted";
    case SocketError::kProtocolNotAvailable:
      return "Protocol not available";
    case SocketError::kInvalid:
      return "Invalid argument";
  }
  return "";
}

std::string_view tcp_state_name(TcpState s) {
  switch (s) {
    case TcpState::kClosed:
      return "UNCONN";
    case TcpState::kListen:
      return "LISTEN";
    case TcpState::kSynSent:
      return "SYN-SENT";
    case TcpState::kSynReceived:
      return "SYN-RECV";
    case TcpState::kEstablished:
      return "ESTAB";
    case TcpState::kFinWait1:
      return "FIN-WAIT-1";
    case TcpState::kFinWait2:
      return "FIN-WAIT-2";
    case TcpState::kCloseWait:
      return "CLOSE-WAIT";
    case TcpState::kClosing:
      return "CLOSING";
    case TcpState::kLastAck:
      return "LAST-ACK";
    case TcpState::kTimeWait:
      return "TIME-WAIT";
  }
  return "";
}

Sockets::Sockets(net::Host& host) : host_(host) {
  host_.set_protocol(wire::Protocol::kTcp, &tcp_gate_);
  host_.set_protocol(wire::Protocol::kUdp, &udp_gate_);
  host_.add_component(this);
}

Sockets::~Sockets() = default;

Tcp& Sockets::tcp() {
  if (!tcp_) {
    tcp_ = std::make_unique<Tcp>(*this);
    host_.set_protocol(wire::Protocol::kTcp, tcp_.get());
  }
  return *tcp_;
}

Udp& Sockets::udp() {
  if (!udp_) {
    udp_ = std::make_unique<Udp>(*this);
    host_.set_protocol(wire::Protocol::kUdp, udp_.get());
  }
  return *udp_;
}

void Sockets::Gate::receive_datagram(Turn& turn, wire::Datagram&& datagram,
                                     const net::InputInfo& info) {
  if (tcp_) {
    sockets_.tcp().receive_datagram(turn, std::move(datagram), info);
  } else {
    sockets_.udp().receive_datagram(turn, std::move(datagram), info);
  }
}

void Sockets::Gate::receive_error(Turn&, const net::IcmpError&) {}  // nothing was ever sent

void Sockets::wake_at(Instant when) {
  const bool earlier = when < next_wake_;
  next_wake_ = when;
  if (earlier) host_.component_changed(*this);
}

void Sockets::fetch_ahead() const {
  if (udp_ == nullptr) return;
  constexpr std::size_t kLine = 64;
  const char* const udp = reinterpret_cast<const char*>(udp_.get());
  for (std::size_t at = 0; at < sizeof(Udp); at += kLine) prefetch(udp + at);
}

void Sockets::wake(Turn& turn) {
  if (tcp_) tcp_->wake(turn);
}

void Sockets::reset() {
  if (tcp_) tcp_->reset();
  if (udp_) udp_->reset();
}

// --- TCP ----------------------------------------------------------------------------------------

tl::expected<SocketId, SocketError> Sockets::tcp_listen(Turn& turn, wire::Endpoint local,
                                                        TcpOwner* owner,
                                                        const ListenOptions& options) {
  return tcp().listen(turn, local, owner, options);
}

tl::expected<SocketId, SocketError> Sockets::tcp_connect(Turn& turn, wire::Endpoint local,
                                                         wire::Endpoint remote, TcpOwner* owner,
                                                         const Tag& tag, const IpOptions& ip) {
  return tcp().connect(turn, local, remote, owner, tag, ip);
}

void Sockets::tcp_write(Turn& turn, SocketId socket, std::string_view text, std::uint64_t zeros,
                        const Tag& tag) {
  SendBuffer* buffer = tcp().writable(socket);
  if (buffer == nullptr) return;
  buffer->append(tcp_->send_pool(), text, zeros, tag);
  tcp_->wrote(turn, socket);
}

void Sockets::tcp_write_copy(Turn& turn, SocketId socket, std::span<const std::uint8_t> bytes,
                             std::uint64_t zeros, const Tag& tag) {
  SendBuffer* buffer = tcp().writable(socket);
  if (buffer == nullptr) return;
  buffer->append_copy(tcp_->send_pool(), bytes, zeros, tag);
  tcp_->wrote(turn, socket);
}

void Sockets::tcp_close(Turn& turn, SocketId socket) {
  if ((socket.index & Tcp::kListenerBit) != 0) return close(turn, socket);
  tcp().close(turn, socket);
}

void Sockets::tcp_abort(Turn& turn, SocketId socket) { tcp().abort(turn, socket); }

void Sockets::tcp_set_reading(Turn& turn, SocketId socket, bool reading) {
  tcp().set_reading(turn, socket, reading);
}

void Sockets::tcp_set_accepting(Turn& turn, SocketId listener, bool accepting) {
  tcp().set_accepting(turn, listener, accepting);
}

std::optional<SocketView> Sockets::tcp_view(SocketId socket) const {
  return tcp_ ? tcp_->view(socket) : std::nullopt;
}

std::uint32_t Sockets::tcp_retransmissions(SocketId socket) const {
  const TcpConnection* c = tcp_ ? tcp_->find(socket) : nullptr;
  return c != nullptr ? c->retransmissions : 0;
}

wire::Endpoint Sockets::tcp_local(SocketId socket) const {
  return tcp_ ? tcp_->local(socket) : wire::Endpoint{};
}

wire::Endpoint Sockets::tcp_remote(SocketId socket) const {
  const TcpConnection* c = tcp_ ? tcp_->find(socket) : nullptr;
  return c != nullptr ? c->remote : wire::Endpoint{};
}

Tag Sockets::tcp_tag(SocketId socket) const {
  const TcpConnection* c = tcp_ ? tcp_->find(socket) : nullptr;
  return c != nullptr ? c->tag : Tag{};
}

// --- UDP ----------------------------------------------------------------------------------------

tl::expected<SocketId, SocketError> Sockets::udp_bind(Turn& turn, wire::Endpoint local,
                                                      UdpOwner* owner) {
  return udp().bind(turn, local, owner);
}

SocketError Sockets::udp_send(Turn& turn, SocketId socket, wire::Endpoint to,
                              std::span<const std::uint8_t> bytes, std::uint32_t zeros,
                              const Tag& tag, const IpOptions& ip, wire::Ipv4 source) {
  return udp().send(turn, socket, to, bytes, zeros, tag, ip, source);
}

wire::Endpoint Sockets::udp_local(SocketId socket) const {
  return udp_ ? udp_->local(socket) : wire::Endpoint{};
}

void Sockets::close(Turn& turn, SocketId socket) {
  if (!socket.valid()) return;
  if ((socket.index & Tcp::kListenerBit) != 0) {
    if (tcp_) tcp_->close_listener(turn, socket);
  } else if ((socket.index & Udp::kUdpBit) != 0) {
    if (udp_) udp_->close(turn, socket);
  }
}

std::vector<SocketView> Sockets::list() const {
  std::vector<SocketView> views;
  if (tcp_) tcp_->list(views);
  if (udp_) udp_->list(views);
  std::sort(views.begin(), views.end(), [](const SocketView& a, const SocketView& b) {
    return std::tie(a.protocol, a.local, a.remote) < std::tie(b.protocol, b.local, b.remote);
  });
  return views;
}

}  // namespace lvslab::transport
