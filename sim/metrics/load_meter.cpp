#include "metrics/load_meter.h"

namespace lvslab::metrics {

void LoadMeter::declare(NodeIndex node, std::uint32_t port, std::uint32_t workers,
                        std::uint64_t speed, bool steady) {
  ServerLoad& load = at(node, port);
  load.workers = workers;
  load.speed = speed;
  load.steady = steady;
}

void LoadMeter::advance(NodeIndex node, ServerLoad& load, Instant now, Series& series) {
  const __int128 time = (now - load.changed).ps();
  load.present_time += time * static_cast<__int128>(load.present());
  load.busy_time += time * load.busy();
  series.add_busy(node, load.changed, now, load.busy());
  load.changed = now;
}

void LoadMeter::came(const Record& record, Series& series) {
  ServerLoad& load = at(record.node, record.note.x);
  advance(record.node, load, record.time, series);
  ++load.arrived;
  load.arrivals += record.time.ps();
}

void LoadMeter::leave(ServerLoad& load, Instant arrived, Instant now) {
  load.arrivals -= arrived.ps();
  load.sojourn += (now - arrived).ps();
}

void LoadMeter::answered(const Record& record, Series& series) {
  const Note& note = record.note;
  ServerLoad& load = at(record.node, note.z);
  advance(record.node, load, record.time, series);
  ++load.answered;
  load.work += static_cast<__int128>(note.m);
  const double seconds = static_cast<double>(note.m) * 1e-12;
  load.work_squares += seconds * seconds;
  const auto arrived = static_cast<std::int64_t>((std::uint64_t{note.x} << 32) | note.y);
  leave(load, Instant::at(Duration::picoseconds(arrived)), record.time);
}

void LoadMeter::given_up(const Record& record, Series& series) {
  ServerLoad& load = at(record.node, record.note.x);
  advance(record.node, load, record.time, series);
  ++load.given_up;
  const auto arrived = static_cast<std::int64_t>(record.note.m);
  leave(load, Instant::at(Duration::picoseconds(arrived)), record.time);
}

void LoadMeter::advance_all(Instant now, Series& series) {
  for (auto& [key, load] : loads_) advance(key.first, load, now, series);
}

LoadMeter::Total LoadMeter::total(NodeIndex node) const {
  Total total;
  for (auto it = loads_.lower_bound({node, 0}); it != loads_.end() && it->first.first == node;
       ++it) {
    total.present += it->second.present();
    total.busy += it->second.busy();
    total.workers += it->second.workers;
  }
  return total;
}

}  // namespace lvslab::metrics
