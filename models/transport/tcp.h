// TCP of one host: demultiplexing, listeners, ports, and what happens to a connection. One class
// whose functions are spread over files by what sets them off:
//   tcp.cpp          the list of connections with something to do, the life of a connection
//   tcp_calls.cpp    calls of apps, ports, what there is
//   tcp_listen.cpp   listeners, SYNs, the accept queue
//   tcp_input.cpp    a segment arrives (RFC 793 pages 64 on, RFC 5961)
//   tcp_ack.cpp      acknowledgements: round trip, congestion window, losses (RFC 5681, 6298, 6675)
//   tcp_receive.cpp  payload: order, delayed acknowledgement, handing over
//   tcp_output.cpp   segments leave
//   tcp_timers.cpp   timers and ICMP errors
//
// Simplified against Linux: Reno instead of CUBIC; no RACK and no tail loss probe (a lost tail
// costs an RTO); no DSACK; no Nagle (every app as with TCP_NODELAY); one round-trip sample at a
// time; no SYN cookies (state is kept for up to 65536 half-open connections); no keepalive.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "transport/sockets.h"
#include "transport/tcp_tables.h"

namespace lvslab::transport {

class Tcp final : public net::ProtocolHandler {
 public:
  explicit Tcp(Sockets& sockets);

  void receive_datagram(Turn& turn, wire::Datagram&& datagram, const net::InputInfo& info) override;
  void receive_error(Turn& turn, const net::IcmpError& error) override;
  bool heeds_redirect(const net::IcmpError& redirect, Instant now) override;
  void wake(Turn& turn);
  void reset();

  tl::expected<SocketId, SocketError> listen(Turn& turn, wire::Endpoint local, TcpOwner* owner,
                                             const ListenOptions& options);
  tl::expected<SocketId, SocketError> connect(Turn& turn, wire::Endpoint local,
                                              wire::Endpoint remote, TcpOwner* owner,
                                              const Tag& tag, const IpOptions& ip);
  /// The buffer to append a write to, or null when the socket takes none. wrote() must follow.
  SendBuffer* writable(SocketId socket);
  SendPool& send_pool() { return send_pool_; }
  void wrote(Turn& turn, SocketId socket);
  void close(Turn& turn, SocketId socket);
  void abort(Turn& turn, SocketId socket);
  void set_reading(Turn& turn, SocketId socket, bool reading);
  void set_accepting(Turn& turn, SocketId listener, bool accepting);
  void close_listener(Turn& turn, SocketId listener);
  TcpConnection* find(SocketId socket) { return table_.get(socket); }
  std::optional<SocketView> view(SocketId socket);
  wire::Endpoint local(SocketId socket);
  void list(std::vector<SocketView>& to);

  /// Listeners are told from connections by this bit of SocketId::index.
  static constexpr std::uint32_t kListenerBit = 0x80000000;

 private:
  struct Listener {
    wire::Endpoint local;
    TcpOwner* owner = nullptr;
    std::uint32_t generation = 0;
    std::uint32_t backlog = 0;
    std::uint32_t half_open = 0;              ///< connections in SYN-RECV
    std::vector<std::uint32_t> accept_queue;  ///< slots of complete connections nobody accepted
    bool open = false;
    bool accepting = true;
    bool pending = false;
  };
  /// While one exists callbacks may happen; at the end of the outermost the host's connections with
  /// something to do are served.
  class Scope {
   public:
    Scope(Tcp& tcp, Turn& turn) : tcp_(tcp), turn_(turn), outermost_(!tcp.busy_) {
      tcp.busy_ = true;
    }
    ~Scope() {
      if (outermost_) tcp_.settle(turn_);
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Tcp& tcp_;
    Turn& turn_;
    bool outermost_;
  };

  // tcp.cpp
  void settle(Turn& turn);
  void serve(Turn& turn, TcpConnection& c);
  void mark_pending(TcpConnection& c);
  void update_wake(Turn& turn);
  void set_state(Turn& turn, TcpConnection& c, TcpState state);
  void event(Turn& turn, const TcpConnection& c, std::string_view what);
  TcpTrouble& trouble(TcpConnection& c);
  void end_trouble(TcpConnection& c);
  /// The connection ends: its owner hears on_closed(error) unless it closed without caring to hear.
  void finish(Turn& turn, TcpConnection& c, SocketError error);
  /// Gone without a word to the owner.
  void release(Turn& turn, TcpConnection& c);
  void tell_closed(Turn& turn, TcpConnection& c, SocketError error);
  void init_connection(TcpConnection& c, std::uint32_t path_mtu);
  void start_send_space(TcpConnection& c, std::uint32_t iss);

  // tcp_calls.cpp
  SocketError choose_port(wire::Endpoint& local, const wire::Endpoint& remote);
  bool listens_on(std::uint16_t port) const;
  std::uint32_t pick_port(wire::Endpoint local, const wire::Endpoint& remote);

  // tcp_listen.cpp
  Listener* listener_of(const TcpConnection& c);
  Listener* find_listener(const wire::Endpoint& local, std::uint32_t* index);
  Listener* get_listener(SocketId id);
  DropReason listener_segment(Turn& turn, Listener& listener, std::uint32_t index, Segment& s,
                              std::uint32_t iss);
  DropReason complete_handshake(Turn& turn, TcpConnection& c, const Segment& s);
  void accept(Turn& turn, Listener& listener, std::uint32_t index, TcpConnection& c);
  void serve_listener(Turn& turn, std::uint32_t index);
  void leave_listener(TcpConnection& c);

  // tcp_input.cpp
  DropReason segment_arrives(Turn& turn, Segment& s);
  DropReason syn_sent(Turn& turn, TcpConnection& c, const Segment& s);
  DropReason synchronized(Turn& turn, TcpConnection& c, const Segment& s);
  bool repeated_syn(Turn& turn, TcpConnection& c, const Segment& s);
  DropReason check_segment(Turn& turn, TcpConnection& c, const Segment& s);
  DropReason out_of_window(Turn& turn, TcpConnection& c, const Segment& s, std::string_view why);
  DropReason time_wait(Turn& turn, TcpConnection& c, Segment& s);
  DropReason reset_arrives(Turn& turn, TcpConnection& c, const Segment& s);
  void take_syn_options(TcpConnection& c, const Segment& s);
  void enter_time_wait(Turn& turn, TcpConnection& c);
  void note_delivered(Turn& turn, const Segment& s);

  // tcp_ack.cpp
  /// False: the connection ended.
  bool acknowledge(Turn& turn, TcpConnection& c, const Segment& s);
  void new_data_acknowledged(Turn& turn, TcpConnection& c, const Segment& s, std::uint32_t acked);
  void grow_window(TcpConnection& c, std::uint32_t acked, std::uint32_t flight);
  void measure(Turn& turn, TcpConnection& c, const Segment& s);
  void sample(TcpConnection& c, std::uint32_t microseconds);
  void take_sack(TcpConnection& c, const Segment& s);
  void detect_loss(Turn& turn, TcpConnection& c);
  void mark_lost_by_sack(TcpConnection& c);
  void restart_retransmission(Turn& turn, TcpConnection& c);
  std::uint32_t pipe(const TcpConnection& c) const;

  // tcp_receive.cpp
  struct Arrival {
    std::uint32_t offset = 0, length = 0;  ///< part of the segment's payload that is now in order
    std::uint32_t released = 0;            ///< pieces of out_of_order that follow it
    bool at_once = false;                  ///< acknowledge at once
    bool soon = false;                     ///< else within 100 us, not 40 ms
    bool fin = false;                      ///< the peer's FIN is in order now
  };
  DropReason receive_payload(Turn& turn, TcpConnection& c, const Segment& s, Arrival& arrival);
  void take_in_order(TcpConnection& c, const Segment& s, Arrival& arrival);
  void keep_out_of_order(TcpConnection& c, const Segment& s);
  void report_block(TcpTrouble& t, wire::SackBlock block);
  void release_in_order(TcpConnection& c, Arrival& arrival);
  void peer_closed(Turn& turn, TcpConnection& c, Arrival& arrival);
  void decide_ack(Turn& turn, TcpConnection& c, const Arrival& arrival);
  /// False: the connection ended.
  bool hand_over(Turn& turn, TcpConnection& c, const Segment& s, const Arrival& arrival);
  bool give(Turn& turn, TcpConnection& c, std::span<const std::uint8_t> bytes, std::uint32_t zeros,
            bool push, const Tag& tag);
  bool give_waiting(Turn& turn, TcpConnection& c);
  std::uint32_t receive_room(const TcpConnection& c) const;

  // tcp_output.cpp
  void output(Turn& turn, TcpConnection& c);
  void retransmit_lost(Turn& turn, TcpConnection& c);
  void send_new(Turn& turn, TcpConnection& c);
  void send_syn(Turn& turn, TcpConnection& c);
  void send_ack(Turn& turn, TcpConnection& c);
  /// For segments out of window and suspicious ones: at most one in 500 ms.
  void challenge(Turn& turn, TcpConnection& c, std::string_view why);
  void send_probe(Turn& turn, TcpConnection& c);
  void send_reset(Turn& turn, TcpConnection& c);
  /// RST for a segment that has no connection.
  void answer_with_reset(Turn& turn, const Segment& s);
  void send_data(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint32_t limit,
                 bool fin, bool again);
  void transmit(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint8_t flags,
                Packet&& payload, const Tag& tag);
  void push_header(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint8_t flags,
                   Packet& packet);
  void push_plain_header(Turn& turn, TcpConnection& c, std::uint32_t sequence, std::uint8_t flags,
                         Packet& packet);
  void lower_mss(Turn& turn, TcpConnection& c, std::uint32_t path_mtu);
  std::uint16_t window_field(TcpConnection& c, bool syn);

  // tcp_timers.cpp
  void arm_retransmit(Turn& turn, TcpConnection& c, Duration delay);
  void arm_ack(Turn& turn, TcpConnection& c, bool soon);
  void arm_retransmission(Turn& turn, TcpConnection& c);
  void schedule(TcpConnection& c);
  void on_timer(Turn& turn, TcpConnection& c);
  void retransmission_timeout(Turn& turn, TcpConnection& c);
  bool gave_up(const TcpConnection& c) const;

  Sockets& sockets_;
  net::Host& host_;
  TcpTable table_;
  SendPool send_pool_;
  TcpTimers timers_;
  std::vector<Listener> listeners_;
  std::vector<std::uint32_t> pending_;  ///< slots, or listener index with kListenerBit
  std::size_t pending_head_ = 0;
  std::vector<std::uint32_t> released_;  ///< slots to reuse at the end of the call
  std::vector<std::unique_ptr<TcpTrouble>> spare_troubles_;
  std::uint64_t key_ = 0;       ///< of timestamp offsets
  std::uint32_t arriving_ = 0;  ///< in order but not yet handed over, of the segment at hand
  bool busy_ = false;
};

}  // namespace lvslab::transport
