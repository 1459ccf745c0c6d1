#include "base/random.h"
#include "trace/writers.h"

namespace lvslab::trace {

// The trajectory in one number: time, place, kind and bytes of every frame, kinds and numbers of
// every note. Words are hashed by their letters. The recipe must never change: numbers are compared
// across versions.
void Fingerprint::on_record(const Record& record) {
  const auto add = [&](std::uint64_t x) { value_ = mix(value_, x); };
  if (record.kind == RecordKind::kTurn) return;
  add(static_cast<std::uint64_t>(record.kind));
  add(static_cast<std::uint64_t>(record.time.ps()));
  add((std::uint64_t{record.node} << 16) | record.interface);
  for (std::size_t i = 0; i < record.bytes.size(); i += 8) {
    std::uint64_t word = 0;
    for (std::size_t k = i; k < i + 8 && k < record.bytes.size(); ++k)
      word = (word << 8) | record.bytes[k];
    add(word);
  }
  add(record.zeros);
  if (record.kind == RecordKind::kNote || record.kind == RecordKind::kLost) {
    const Note& n = record.note;
    add(static_cast<std::uint64_t>(n.kind));
    add((std::uint64_t{n.a} << 32) | n.b);
    add((std::uint64_t{n.x} << 32) | n.y);
    add(n.z);
    add(n.m);
    add(n.v);
    add(hash_name(n.word));
  }
  if (record.console != nullptr) {
    add(hash_name(record.console->command));
    add(hash_name(record.console->out));
    add(hash_name(record.console->err));
    add(static_cast<std::uint64_t>(record.console->status));
  }
}

}  // namespace lvslab::trace
