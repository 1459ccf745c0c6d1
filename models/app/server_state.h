// What a Server keeps of each connection, datagram, planned close and request in service. Internal
// to models/app.
#pragma once

#include <cstdint>
#include <vector>

#include "app/server.h"

namespace lvslab::app {

struct Server::Session {
  std::uint32_t generation = 0;
  bool open = false;
  bool peer_closed = false;
  Tag tag;                 ///< request 0
  std::uint32_t jobs = 0;  ///< its requests in service or waiting for it
  std::uint32_t replies = 0;
};

/// Of the request being read, where requests are echoed.
struct Server::Echo {
  std::vector<std::uint8_t> bytes;
  std::uint64_t zeros = 0;
};

/// A datagram that a paused process has not read.
struct Server::Waiting {
  wire::Endpoint from;
  wire::Ipv4 to;
  std::vector<std::uint8_t> bytes;
  std::uint32_t zeros;
  Tag tag;
};

struct Server::Closing {
  Instant when;
  std::uint64_t connection;  ///< order among equal moments: traffic, then connection
  transport::SocketId socket;
  bool operator<(const Closing& o) const {  // for std heaps, whose top is the largest
    return when != o.when ? when > o.when : connection > o.connection;
  }
};

struct Server::Job {
  transport::SocketId socket;  ///< TCP: of its connection, which may be gone
  Tag tag;
  wire::Endpoint from;  ///< UDP: who asked, and at which address of ours
  wire::Ipv4 to;
  std::vector<std::uint8_t> bytes;  ///< for an echo
  std::uint64_t zeros = 0;
  bool timed = false;  ///< it queued for the workers
  Instant came;
  Duration work;
};

}  // namespace lvslab::app
