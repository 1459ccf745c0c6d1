// Requests that take time: they queue for the workers and are answered when they are through.
#include <algorithm>
#include <utility>

#include "app/server_state.h"

namespace lvslab::app {

Duration Server::draw_service(const Tag& tag) {
  const bool known = tag.traffic != 0 && plan_ != nullptr;
  const Random chance = known ? plan_->chance(tag, "service") : Random(chance_.bits());
  return Duration::picoseconds(spec_.service.sample(chance));
}

void Server::enqueue(Turn& turn, Job job) {
  job.timed = true;
  job.came = turn.now();
  job.work = draw_service(job.tag);
  turn.report({.kind = NoteKind::kAppServed, .x = spec_.port, .y = 1, .tag = job.tag});
  if (free_jobs_.empty()) {
    free_jobs_.push_back(static_cast<std::uint32_t>(jobs_.size()));
    jobs_.emplace_back();
  }
  const std::uint32_t place = free_jobs_.back();
  free_jobs_.pop_back();
  jobs_[place] = std::move(job);
  work_.add(turn.now(), jobs_[place].work, place);
  plan_wake();
}

void Server::serve_due(Turn& turn) {
  while (const auto place = work_.take(turn.now())) {
    Job job = std::move(jobs_[*place]);
    free_jobs_.push_back(*place);
    answer(turn, job);
  }
}

void Server::answer(Turn& turn, Job& job) {
  if (spec_.protocol == wire::Protocol::kUdp) {
    return answer_datagram(turn, job, job.bytes);
  }
  Session* s = find(job.socket);
  if (s == nullptr) {
    return report_given_up(turn, job);
  }
  --s->jobs;
  write_reply(turn, job.socket, job);
  s = find(job.socket);
  if (s != nullptr && s->peer_closed && s->jobs == 0) sockets_.tcp_close(turn, job.socket);
}

/// Of a request that took time also which port, when it had come and what it drew.
void Server::report_reply(Turn& turn, const Job& job, std::uint64_t length) {
  const auto came = static_cast<std::uint64_t>(job.came.ps());
  Note note{.kind = NoteKind::kAppServerReply, .v = length, .tag = job.tag};
  if (job.timed) {
    note.x = static_cast<std::uint32_t>(came >> 32);
    note.y = static_cast<std::uint32_t>(came);
    note.z = spec_.port;
    note.m = static_cast<std::uint64_t>(job.work.ps());
  }
  turn.report(note);
}

void Server::report_given_up(Turn& turn, const Job& job) {
  turn.report({.kind = NoteKind::kAppServed,
               .x = spec_.port,
               .y = 2,
               .m = static_cast<std::uint64_t>(job.came.ps()),
               .tag = job.tag});
}

/// Nobody will hear of what is in service or waits for it.
void Server::drop_jobs(Turn& turn) {
  std::vector<bool> free(jobs_.size());
  for (const std::uint32_t place : free_jobs_) free[place] = true;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (free[i]) continue;
    report_given_up(turn, jobs_[i]);
    if (Session* s = find(jobs_[i].socket)) s->jobs = 0;
  }
  jobs_.clear();
  free_jobs_.clear();
  work_.clear();
}

/// A process that is stopped or hangs does no work; what was begun goes on when it is up again.
void Server::apply_speed(Instant now) {
  work_.set_speed(now, reads() ? spec_.speed : 0);
  plan_wake();
}

void Server::change(Turn& turn, const ServerChange& change) {
  if (change.service) spec_.service = *change.service;
  if (change.speed) {
    spec_.speed = *change.speed;
    apply_speed(turn.now());
  }
  if (change.state) set_state(turn, *change.state);
}

void Server::lose_power(Turn& turn) {
  drop_jobs(turn);
  for (std::uint32_t i = 0; i < sessions_.size(); ++i) sessions_[i].open = false;
  closings_.clear();
  next_wake_ = Instant::never();
}

void Server::plan_wake() {
  const Instant closing = closings_.empty() ? Instant::never() : closings_.front().when;
  const Instant before = std::exchange(next_wake_, std::min(closing, work_.next()));
  if (next_wake_ < before) sockets_.host().component_changed(*this);
}

}  // namespace lvslab::app
