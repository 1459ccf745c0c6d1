#include "app/client_state.h"

#include <utility>

namespace lvslab::app {

std::string_view failure_status(transport::SocketError error) {
  switch (error) {
    case transport::SocketError::kRefused:
      return "refused";
    case transport::SocketError::kNone:
    case transport::SocketError::kReset:
      return "reset";
    case transport::SocketError::kTimedOut:
      return "timeout";
    default:
      return "unreachable";
  }
}

std::uint32_t Client::State::take() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(sessions_.size()));
    sessions_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  sessions_[slot] = {};
  sessions_[slot].serial = next_serial_++;
  return slot;
}

void Client::State::release(std::uint32_t slot) {
  unschedule(slot);
  sessions_[slot].phase = Phase::kFree;
  sessions_[slot].serial = 0;
  free_.push_back(slot);
}

bool Client::State::before(std::uint32_t a, std::uint32_t b) const {
  const ClientSession& x = sessions_[a];
  const ClientSession& y = sessions_[b];
  if (x.wake() != y.wake()) return x.wake() < y.wake();
  if (x.tag.traffic != y.tag.traffic) return x.tag.traffic < y.tag.traffic;
  return x.tag.connection < y.tag.connection;
}

/// Moves the entry at `place` up or down to where it belongs.
void Client::State::settle_place(std::uint32_t place) {
  const auto put = [this](std::uint32_t where, std::uint32_t slot) {
    timers_[where] = slot;
    sessions_[slot].place = where;
  };
  const std::uint32_t slot = timers_[place];
  while (place > 0 && before(slot, timers_[(place - 1) / 2])) {
    put(place, timers_[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  const auto size = static_cast<std::uint32_t>(timers_.size());
  for (std::uint32_t child = 2 * place + 1; child < size; child = 2 * place + 1) {
    if (child + 1 < size && before(timers_[child + 1], timers_[child])) ++child;
    if (!before(timers_[child], slot)) break;
    put(place, timers_[child]);
    place = child;
  }
  put(place, slot);
}

/// To be called whenever deadline or action changed.
void Client::State::schedule(std::uint32_t slot) {
  ClientSession& s = sessions_[slot];
  if (s.wake().is_never()) return unschedule(slot);
  if (s.place == kNone) {
    s.place = static_cast<std::uint32_t>(timers_.size());
    timers_.push_back(slot);
  }
  settle_place(s.place);
}

void Client::State::unschedule(std::uint32_t slot) {
  const std::uint32_t place = std::exchange(sessions_[slot].place, kNone);
  if (place == kNone) return;
  const std::uint32_t last = timers_.back();
  timers_.pop_back();
  if (last == slot) return;
  timers_[place] = last;
  sessions_[last].place = place;
  settle_place(place);
}

}  // namespace lvslab::app
