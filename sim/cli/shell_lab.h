// A lab under a prompt: a run that goes on as far as it is told to, and that can be brought back to
// any earlier point by running it again from the start, which is exact.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "trace/frame_filter.h"
#include "trace/writers.h"

namespace lvslab::cli {

/// Something done at the prompt that moved the lab: a script on a host, or time. `events` and
/// `until` say where it ended, so that a repetition stops at the same event.
struct ShellAct {
  std::size_t host = 0;
  std::string script;  ///< empty: only time passed
  int line = 0;        ///< of the input
  std::uint64_t events = 0;
  Instant until;
};

class ShellLab final : private Watcher {
 public:
  /// Reads the file, starts the lab and lets it run until it is ready. Null: mistakes were printed.
  static std::unique_ptr<ShellLab> open(const Options& options);

  scenario::Lab& lab() { return session_->lab(); }
  Session& session() { return *session_; }
  Instant now() const { return session_->lab().world().now(); }
  std::uint64_t events() const { return session_->lab().world().totals().events; }

  enum class Stop : std::uint8_t { kTime, kEnough, kInterrupted };
  /// Runs up to `limit`, or until `enough` (asked after each event) says so.
  Stop advance(Instant limit, const std::function<bool()>& enough);
  /// Starts a script on a host. False: it cannot be read; what is wrong was printed.
  bool start(std::size_t host, const std::string& text, int line);
  /// Does again what was done, without a word.
  bool repeat(const ShellAct& act);

  /// What commands print is shown: those of `foreground` as they are, others with time and host.
  void show_console(bool show) { show_ = show; }
  void set_foreground(std::optional<std::size_t> host) { foreground_ = host; }
  /// The next frame that fits is remembered in found().
  void look_for(std::optional<trace::FrameFilter> filter);
  const std::string& found() const { return found_; }
  /// The ladder of what happened since it was last asked.
  std::string news() { return ladder_->text(); }
  /// Id of the packet last seen anywhere; 0: none yet.
  std::uint64_t last_packet() const { return last_packet_; }
  /// Watches a repetition from its start on.
  using Extra = std::function<std::unique_ptr<trace::Ladder>(const trace::Scene&)>;
  static std::unique_ptr<ShellLab> open(const Options& options, const Extra& ladder);

 private:
  void on_record(const Record& record) override;
  void console(const Record& record) const;

  std::unique_ptr<Session> session_;
  std::unique_ptr<trace::Ladder> ladder_;
  std::optional<trace::FrameFilter> filter_;
  std::string found_;
  std::optional<std::size_t> foreground_;
  std::uint64_t last_packet_ = 0;
  bool show_ = false;
};

/// "web/1" to its numbers; nothing: there is no such traffic.
std::optional<Tag> find_connection(const trace::Scene& scene, const std::string& text);

}  // namespace lvslab::cli
