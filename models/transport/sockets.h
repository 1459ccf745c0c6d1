// The sockets of a host: UDP, and TCP as a Linux 6.1 host speaks it. Apps own sockets through the
// two owner interfaces; everything happens inside a Turn. Data is a run of real bytes followed by a
// length of zeros, so a 1460-byte segment of nothing in particular costs no memory traffic.
//
// Source of behaviour: RFC 793/5961 (states), 6298 (RTO), 5681 (congestion), 7323 (timestamps,
// scaling), with Linux's figures: initial window 10, minimum RTO 200 ms, six SYN retries, delayed
// ACK 40 ms, MSS from the device MTU, DF always set. Timers fire as kernel timers do
// (base/kernel_timer.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/host.h"

namespace lvslab::transport {

/// Names a socket; a number is used again only with another generation.
struct SocketId {
  std::uint32_t index = 0xffffffff;
  std::uint32_t generation = 0;
  bool operator==(const SocketId&) const = default;
  bool valid() const { return index != 0xffffffff; }
};

/// Bytes handed to an app: valid during the call.
struct Chunk {
  std::span<const std::uint8_t> bytes;  ///< real ones
  std::uint32_t zeros = 0;              ///< then so many zeros
  bool push = false;  ///< TCP: ends with the last byte of a write (PSH); UDP: always
  Tag tag;            ///< whose packet it came in
  std::uint32_t length() const { return static_cast<std::uint32_t>(bytes.size()) + zeros; }
};

enum class SocketError : std::uint8_t {
  kNone,
  kAddressInUse,
  kAddressNotAvailable,
  kNetUnreachable,
  kHostUnreachable,
  kRefused,
  kReset,
  kTimedOut,
  kNoPorts,
  kMessageTooLong,
  kNotPermitted,
  kProtocolNotAvailable,
  kInvalid
};
std::string_view socket_error_text(SocketError e);  ///< "Connection refused", as strerror says it

enum class TcpState : std::uint8_t {
  kClosed,
  kListen,
  kSynSent,
  kSynReceived,
  kEstablished,
  kFinWait1,
  kFinWait2,
  kCloseWait,
  kClosing,
  kLastAck,
  kTimeWait
};
std::string_view tcp_state_name(TcpState s);  ///< as ss prints: "ESTAB" "SYN-SENT" "TIME-WAIT" ...

class TcpOwner {
 public:
  virtual ~TcpOwner() = default;
  /// connect() succeeded.
  virtual void on_connected(Turn& turn, SocketId socket) { (void)turn, (void)socket; }
  /// A listener's handshake is complete; `socket` belongs to the listener's owner from now on.
  virtual void on_accepted(Turn& turn, SocketId listener, SocketId socket) {
    (void)turn, (void)listener, (void)socket;
  }
  virtual void on_data(Turn& turn, SocketId socket, const Chunk& chunk) {
    (void)turn, (void)socket, (void)chunk;
  }
  /// The peer's FIN came (after all its data).
  virtual void on_peer_closed(Turn& turn, SocketId socket) { (void)turn, (void)socket; }
  /// Everything written so far was acknowledged by the peer.
  virtual void on_drained(Turn& turn, SocketId socket) { (void)turn, (void)socket; }
  /// The socket is gone for its owner: kNone after both FINs were exchanged (or acknowledged), else
  /// why.
  virtual void on_closed(Turn& turn, SocketId socket, SocketError error) {
    (void)turn, (void)socket, (void)error;
  }
};

class UdpOwner {
 public:
  virtual ~UdpOwner() = default;
  /// `to` is the local address the datagram was sent to.
  virtual void on_datagram(Turn& turn, SocketId socket, const wire::Endpoint& from, wire::Ipv4 to,
                           const Chunk& chunk) = 0;
  /// An ICMP error about a datagram this socket sent to `remote`.
  virtual void on_error(Turn& turn, SocketId socket, const wire::Endpoint& remote,
                        SocketError error) {
    (void)turn, (void)socket, (void)remote, (void)error;
  }
};

struct IpOptions {
  std::uint8_t ttl = 0;  ///< 0: default
  std::uint8_t tos = 0;
  bool dont_fragment =
      true;  ///< UDP: path MTU discovery as Linux does by default (DF on what fits)
  bool must_not_fragment = false;  ///< UDP: what does not fit the path is refused
};

struct ListenOptions {
  std::uint32_t backlog = 128;  ///< accept queue bound (somaxconn caps it)
};

/// What `ss` shows, and what SQLite state and tests read.
struct SocketView {
  wire::Protocol protocol;
  TcpState state;  ///< UDP: kClosed (unconnected) or kEstablished
  wire::Endpoint local, remote;
  std::uint32_t send_queue = 0, receive_queue = 0;
};

class Tcp;
class Udp;

class Sockets final : public net::Component {
 public:
  /// Registers itself with the host for TCP and UDP and as a component.
  explicit Sockets(net::Host& host);
  ~Sockets() override;

  net::Host& host() { return host_; }

  // --- TCP ------------------------------------------------------------------------------------
  /// `local.address` 0: any. Errors: kAddressInUse, kAddressNotAvailable.
  tl::expected<SocketId, SocketError> tcp_listen(Turn& turn, wire::Endpoint local, TcpOwner* owner,
                                                 const ListenOptions& options = {});
  /// `local` address 0: chosen by route; port 0: an ephemeral one. kNetUnreachable when there is no
  /// route. Later failures come through on_closed.
  tl::expected<SocketId, SocketError> tcp_connect(Turn& turn, wire::Endpoint local,
                                                  wire::Endpoint remote, TcpOwner* owner,
                                                  const Tag& tag, const IpOptions& ip = {});
  /// Queues `text` (must outlive the connection) and then `zeros`; one write ends with PSH. Packets
  /// that carry it bear `tag`.
  void tcp_write(Turn& turn, SocketId socket, std::string_view text, std::uint64_t zeros,
                 const Tag& tag);
  /// The same for bytes that do not outlive the call.
  void tcp_write_copy(Turn& turn, SocketId socket, std::span<const std::uint8_t> bytes,
                      std::uint64_t zeros, const Tag& tag);
  void tcp_close(Turn& turn,
                 SocketId socket);  ///< FIN after what is queued; the owner hears on_closed
  void tcp_abort(Turn& turn, SocketId socket);  ///< RST; no on_closed
  /// A process that does not read: data waits, the window closes.
  void tcp_set_reading(Turn& turn, SocketId socket, bool reading);
  /// A process that does not accept: connections complete up to the backlog, on_accepted waits.
  void tcp_set_accepting(Turn& turn, SocketId listener, bool accepting);
  std::optional<SocketView> tcp_view(SocketId socket) const;
  std::uint32_t tcp_retransmissions(SocketId socket) const;
  wire::Endpoint tcp_local(SocketId socket) const;
  wire::Endpoint tcp_remote(SocketId socket) const;
  /// Whose connection it is: the tag given to connect, or that of the SYN for an accepted one.
  Tag tcp_tag(SocketId socket) const;

  // --- UDP ------------------------------------------------------------------------------------
  /// `local.port` 0: an ephemeral one.
  tl::expected<SocketId, SocketError> udp_bind(Turn& turn, wire::Endpoint local, UdpOwner* owner);
  /// Source: the socket's bound address, else `source` if not 0, else by route.
  SocketError udp_send(Turn& turn, SocketId socket, wire::Endpoint to,
                       std::span<const std::uint8_t> bytes, std::uint32_t zeros, const Tag& tag,
                       const IpOptions& ip = {}, wire::Ipv4 source = {});
  wire::Endpoint udp_local(SocketId socket) const;

  void close(Turn& turn, SocketId socket);  ///< UDP or a listener: gone at once
  std::vector<SocketView> list() const;     ///< by protocol, local, remote
  /// Power off: everything is forgotten, nothing is sent.
  void reset();

  void wake(Turn& turn) override;
  void fetch_ahead() const override;

 private:
  friend class Tcp;
  friend class Udp;
  /// What the host hands datagrams to. It makes Tcp or Udp when the first one comes: a host without
  /// sockets carries neither.
  class Gate final : public net::ProtocolHandler {
   public:
    Gate(Sockets& sockets, bool tcp) : sockets_(sockets), tcp_(tcp) {}
    void receive_datagram(Turn& turn, wire::Datagram&& datagram,
                          const net::InputInfo& info) override;
    void receive_error(Turn& turn, const net::IcmpError& error) override;
    bool heeds_redirect(const net::IcmpError&, Instant) override { return !tcp_; }

   private:
    Sockets& sockets_;
    bool tcp_;
  };
  Tcp& tcp();
  Udp& udp();
  /// The earliest moment TCP has something to do; the host is told when it moved earlier.
  void wake_at(Instant when);

  net::Host& host_;
  Gate tcp_gate_{*this, true};
  Gate udp_gate_{*this, false};
  std::unique_ptr<Tcp> tcp_;
  std::unique_ptr<Udp> udp_;
};

}  // namespace lvslab::transport
