#include "live/driver.h"

#include <algorithm>
#include <ctime>

namespace lvslab::live {
namespace {

constexpr int kFramesAtOnce = 64;  // of one interface, before the others have their turn
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

std::int64_t monotonic_ns() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kNanosecondsPerSecond + t.tv_nsec;
}

}  // namespace

Driver::Driver(Node& node) : node_(node), turn_(pool_), started_ns_(monotonic_ns()) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, &signals_outside_);
}

Driver::~Driver() {
  turn_.clear();
  pthread_sigmask(SIG_SETMASK, &signals_outside_, nullptr);
}

void Driver::attach(PortIndex port, PacketSocket socket) {
  cables_.push_back({port, std::move(socket), {}});
  waiting_.push_back({.fd = cables_.back().socket.descriptor(), .events = POLLIN, .revents = 0});
}

void Driver::watch(Watcher* watcher, WatchLevel level) {
  watcher_ = watcher;
  level_ = watcher == nullptr ? WatchLevel::kNothing : level;
}

Instant Driver::now() const {
  return Instant::at(Duration::nanoseconds(monotonic_ns() - started_ns_));
}

void Driver::act(const std::function<void(Turn&)>& what) {
  begin_turn();
  what(turn_);
  carry_out();
}

// After a wake it does not wait: what the wake changed is the caller's to see first.
bool Driver::round(Instant until) {
  const bool woken = wake_if_due();
  return wait(woken ? now() : until);
}

bool Driver::wake_if_due() {
  if (node_.next_wake() > now()) return false;
  begin_turn();
  node_.wake(turn_);
  carry_out();
  return true;
}

bool Driver::wait(Instant until) {
  const Instant next = std::min(until, node_.next_wake());
  const std::int64_t ns = next.is_never()
                              ? 3600 * kNanosecondsPerSecond
                              : std::max<std::int64_t>(0, ((next - now()).ps() + 999) / 1000);
  timespec timeout{};
  timeout.tv_sec = ns / kNanosecondsPerSecond;
  timeout.tv_nsec = ns % kNanosecondsPerSecond;
  if (ppoll(waiting_.data(), waiting_.size(), &timeout, &signals_outside_) <= 0) return true;
  bool good = true;
  for (std::size_t i = 0; i < cables_.size(); ++i) {
    if (waiting_[i].revents != 0) good = receive_from(cables_[i]) && good;
  }
  return good;
}

// What became due while frames waited comes before them, as it would have on time.
bool Driver::receive_from(Cable& cable) {
  for (int i = 0; i < kFramesAtOnce; ++i) {
    switch (cable.socket.receive()) {
      case PacketSocket::Got::kNothing:
        return true;
      case PacketSocket::Got::kDown:
        return cable.socket.interface_exists();
      case PacketSocket::Got::kRefused:
        ++cable.traffic.refused;
        break;
      case PacketSocket::Got::kFrame:
        wake_if_due();
        if (!restorer_.restore(
                cable.socket.frame(), cable.socket.offload(),
                [&](std::span<const std::uint8_t> frame) { hand_over(cable, frame); }))
          ++cable.traffic.refused;
        break;
    }
  }
  return true;
}

void Driver::hand_over(Cable& cable, std::span<const std::uint8_t> frame) {
  if (frame.size() > PacketPool::kLargest) {
    ++cable.traffic.refused;
    return;
  }
  ++cable.traffic.received;
  Packet packet = pool_.copy_of(frame);
  begin_turn();
  if (level_ == WatchLevel::kEverything)
    record(frame_record(RecordKind::kFrameIn, node_.interface_at(cable.port), packet));
  node_.receive(turn_, cable.port, std::move(packet));
  carry_out();
}

void Driver::begin_turn() {
  ++event_;
  turn_.begin(now(), level_);
  if (level_ == WatchLevel::kEverything) record({.kind = RecordKind::kTurn});
}

void Driver::carry_out() {
  if (level_ != WatchLevel::kNothing)
    unfold_log(turn_, [this](const Record& seen, const Transmission*) { record(seen); });
  for (Transmission& out : turn_.transmissions()) send(out);
  turn_.clear();
}

void Driver::record(Record record) {
  if (watcher_ == nullptr) return;
  record.time = turn_.now();
  record.event = event_;
  record.node = 0;
  watcher_->on_record(record);
}

void Driver::send(Transmission& out) {
  const auto cable = std::find_if(cables_.begin(), cables_.end(),
                                  [&](const Cable& c) { return c.port == out.port; });
  if (cable == cables_.end()) {
    turn_.count_drop(DropReason::kNoLink);
  } else if (cable->socket.send(out.packet)) {
    ++cable->traffic.sent;
  } else {
    ++cable->traffic.not_sent;
    turn_.count_drop(DropReason::kQueueFull);
  }
  pool_.retire(std::move(out.packet));
}

const Traffic& Driver::traffic(std::size_t cable) {
  cables_[cable].traffic.missed += cables_[cable].socket.missed();
  return cables_[cable].traffic;
}

}  // namespace lvslab::live
