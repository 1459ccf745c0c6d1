// Where Tcp keeps its connections: a slab of objects that stay where they are and are used again, a
// hash table of (local, remote) with open addressing, and the deadlines of all.
#pragma once

#include <cstdint>
#include <vector>

#include "base/chunks.h"
#include "transport/tcp_connection.h"

namespace lvslab::transport {

class TcpTable {
 public:
  TcpConnection* find(const wire::Endpoint& local, const wire::Endpoint& remote);
  /// Null when the id is stale.
  TcpConnection* get(SocketId id);
  TcpConnection& at(std::uint32_t slot) { return connections_[slot]; }

  /// A fresh connection under (local, remote), which must not be there yet.
  TcpConnection& create(const wire::Endpoint& local, const wire::Endpoint& remote);
  /// Takes it out of the hash: segments no longer find it. The object stays until recycle().
  void unlink(TcpConnection& c);
  void recycle(TcpConnection& c);

  std::uint32_t slots() const { return static_cast<std::uint32_t>(connections_.size()); }
  std::uint32_t size() const { return count_; }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t slot = 0;  ///< + 1; 0: empty
  };
  void grow();
  void insert(std::uint32_t hash, std::uint32_t slot);

  Chunks<TcpConnection, 8> connections_;
  std::vector<std::uint32_t> free_;
  std::vector<Entry> entries_;
  std::uint32_t count_ = 0;
};

/// Deadlines of all connections in (time, order of insertion). Nearly all come in the order in
/// which they will be due, kind by kind (a delayed acknowledgement is always 40 ms ahead, TIME-WAIT
/// always 60 s), so each kind has a queue; what does not fit at its end goes into a heap. Entries
/// may be stale: whoever takes one re-checks.
class TcpTimers {
 public:
  enum Kind : std::uint8_t { kAck, kFirst, kRetransmit, kTimeWait, kKinds };
  struct Entry {
    Instant when;
    std::uint64_t order;
    std::uint32_t slot;
    Kind kind;
  };
  void push(Instant when, std::uint32_t slot, Kind kind);
  Instant next() const { return next_; }
  /// The first entry; there must be one.
  Entry pop();
  void clear();

 private:
  struct Queue {
    std::vector<Entry> entries;
    std::size_t head = 0;
    bool empty() const { return head == entries.size(); }
  };
  void find_first();

  Queue queues_[kKinds];
  std::vector<Entry> heap_;
  std::uint64_t next_order_ = 0;
  Instant next_ = Instant::never();
  int source_ = kKinds;  ///< where next_ is: a queue, or the heap
};

}  // namespace lvslab::transport
