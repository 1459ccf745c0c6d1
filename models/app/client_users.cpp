// Closed loops: a number of users, each with one connection at a time. User u of n (from 0) belongs
// to client u modulo the number of clients; its k-th connection (from 0) has the number k n + u + 1
// and is preceded by a pause for thought drawn for that connection.
#include <algorithm>

#include "app/client_state.h"

namespace lvslab::app {

void Client::State::start_users() {
  for (std::uint32_t t = 1; t <= plan_.traffics.size(); ++t) {
    const TrafficPlan& traffic = *plan_.traffic(t);
    if (traffic.arrivals != Arrivals::kClosed) continue;
    const auto clients = static_cast<std::uint32_t>(traffic.clients.size());
    for (std::uint32_t user = 0; user < traffic.users; ++user) {
      if (traffic.clients[user % clients] == node_)
        plan_user(later(ready_, traffic.start), t, std::uint64_t{user} + 1);
    }
  }
}

void Client::State::plan_user(Instant from, std::uint32_t number, std::uint64_t connection) {
  const TrafficPlan& traffic = *plan_.traffic(number);
  if (connection > traffic.count || connection > 0xffffffffu) return;
  const auto c = static_cast<std::uint32_t>(connection);
  const std::int64_t pause = traffic.user_think.sample(plan_.chance({number, c, 0}, "think"));
  const Instant at = later(from, Duration::picoseconds(pause));
  if (at.is_never() || at > later(later(ready_, traffic.start), traffic.lasts)) return;
  users_.push_back({at, number, c});
  std::push_heap(users_.begin(), users_.end());
}

void Client::State::settled_one(Instant now, const Tag& tag) {
  --open_;
  const TrafficPlan& traffic = *plan_.traffic(tag.traffic);
  if (traffic.arrivals != Arrivals::kClosed) return;
  plan_user(now, tag.traffic, std::uint64_t{tag.connection} + traffic.users);
}

}  // namespace lvslab::app
