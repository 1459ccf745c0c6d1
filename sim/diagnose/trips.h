// The way of each demand through the lab: from the client to the service, from the director to each
// of its real servers, and back to the client, each leg as the tables stand.
#pragma once

#include "diagnose/walk.h"

namespace lvslab::diagnose {

/// One real server's part of a trip.
struct Leg {
  const lvs::Destination* real = nullptr;
  Walk to_real;
  bool tunnelled = false;
  Walk inside;  ///< TUN: what comes out of the tunnel at the real server
  /// What the real server's process is to hear.
  wire::Endpoint heard;
  std::optional<std::size_t> server;  ///< the host that got the request
  std::optional<Walk> reply;          ///< nothing: the request never came to a real server
  std::optional<Walk> answer;         ///< NAT, FULLNAT: on from the director to the client
};

struct Trip {
  const Demand* demand = nullptr;
  Walk request;
  const Balanced* balanced = nullptr;  ///< null: no service took it
  std::vector<Leg> legs;
};

/// How a leg's real server is reached and what is wrong with it, in the words of ipvsadm.
std::string_view method_text(lvs::Method method);  ///< "DR" "TUN" "NAT" "FULLNAT" "local"

}  // namespace lvslab::diagnose
