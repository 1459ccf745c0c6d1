// The watchers that write files. Each takes records as they come and holds no more than it needs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/record.h"
#include "base/result.h"
#include "lang/lang.h"
#include "trace/scene.h"

namespace lvslab::trace {

/// A watcher that writes files.
class Writer : public Watcher {
 public:
  /// Writes what is left and ends the files; no record may come after it. False: not everything
  /// could be written (the disk is full). Destroying a writer finishes it too, unasked about the
  /// outcome.
  virtual bool finish() = 0;
};

/// frames.jsonl: a line per frame seen at an interface, keys as OUTPUTS.md fixes them. Header
/// changes are derived: the frame that entered a node with the same packet id is compared with the
/// one that leaves.
Result<std::unique_ptr<Writer>> frames_writer(const Scene& scene, const std::string& path);

/// console.jsonl.
Result<std::unique_ptr<Writer>> console_writer(const Scene& scene, const std::string& path);

/// HOST-IFACE.pcapng for each interface that saw a frame, and all.pcapng: nanosecond or finer
/// stamps, interface names, a comment per frame saying what changed. Finished when destroyed.
Result<std::unique_ptr<Writer>> pcapng_writer(const Scene& scene, const std::string& directory);

/// The SQLite recording (`--record`): tables as OUTPUTS.md lists them. An interrupted run leaves a
/// readable file.
Result<std::unique_ptr<Writer>> sqlite_recording(const Scene& scene, const std::string& path,
                                                 const std::string& scenario_text);

/// What a run's judges say, added to a finished recording: rows of its tables `expectations`
/// (place, kind, passed, expected, actual) and `findings` (as its columns stand). False: not
/// everything could be written.
struct JudgedRows {
  std::vector<std::vector<std::string>> expectations, findings;
};
bool add_to_recording(const std::string& path, const JudgedRows& rows);

/// 64-bit fingerprint of all records (own hash, must never change).
class Fingerprint final : public Watcher {
 public:
  void on_record(const Record& record) override;
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x6c76736c61620001ULL;
};

struct LadderOptions {
  std::optional<Tag>
      connection;  ///< only packets of this traffic/connection, and the ARP they caused
  std::optional<std::uint64_t> packet;  ///< text: only the way of this packet
  enum class Format : std::uint8_t { kText, kMermaid } format = Format::kText;
  bool colour = false;
  lang::Words words{};
};

/// The ladder of `explain`: for each hop the frame in and out, the fields that changed with old and
/// new value, and why. Collects while the run goes on; text(), called between turns, gives what
/// came since it was last called (the mermaid form: all, once, when the run is over).
class Ladder : public Watcher {
 public:
  static std::unique_ptr<Ladder> make(const Scene& scene, const LadderOptions& options);
  virtual std::string text() = 0;
};

}  // namespace lvslab::trace
