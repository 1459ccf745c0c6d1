// The shell of a machine: runs scripts as an explicit stack of frames over the syntax tree, so that
// a command which waits in simulated time (ping, sleep) simply leaves its frame on the stack. One
// job is the administrator's; each `&` adds another. Bounds (steps, depth, sizes) end a script with
// status 2.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "admin/command.h"
#include "admin/expand.h"
#include "admin/files.h"
#include "admin/machine.h"
#include "admin/shell_state.h"
#include "net/component.h"

namespace lvslab::admin {

class Shell final : public net::Component {
 public:
  explicit Shell(Machine& machine);
  ~Shell() override;

  void set_variable(const std::string& name, const std::string& value);
  void run(Turn& turn, std::shared_ptr<const Script> script);
  bool busy() const;
  void wake(Turn& turn) override;
  /// Recomputes next_wake().
  void process_changed();
  /// Everything that runs is gone; presets stay.
  void lose_power();
  /// Stops what would go on for ever, as Ctrl-C does; what stands behind it in a pipeline runs on.
  void hang_up(Turn& turn);
  bool watches() const;

 private:
  /// Where text goes to or comes from.
  struct Stream {
    enum class Kind : std::uint8_t { kConsoleOut, kConsoleErr, kNull, kFile, kText };
    Kind kind = Kind::kNull;
    std::string text;
    std::string path;      ///< kFile
    std::size_t read = 0;  ///< how much of an input was taken
  };
  struct Io {
    std::size_t in = 2, out = 0, err = 1;
  };
  static constexpr std::size_t kClosed = 3;
  static constexpr std::size_t kMostJobs = 64;
  enum class Boundary : std::uint8_t { kNone, kLoop, kCall, kSource, kSubshell };

  struct Frame {
    const Node* node = nullptr;
    const Script* script = nullptr;
    Io io;
    std::size_t stream_base = 0;  ///< streams from here on end with the frame
    int step = 0;
    std::size_t index = 0;
    bool tested = false;  ///< its status is a condition's
    bool quiet = false;   ///< within a substitution: no console entries
    bool owns_entry = false;
    bool redirected = false;
    Boundary boundary = Boundary::kNone;
    Memo memo;
    std::vector<std::string> fields;   ///< expanded words
    std::vector<std::string> targets;  ///< expanded redirection targets
    std::vector<std::string> values;   ///< expanded assignments
    std::vector<std::string> shown;    ///< the command as the console shows it
    std::size_t capture = 0;           ///< stream of the substitution being run
    int substitution_status = 0;
    std::unique_ptr<ShellState> saved;  ///< kSubshell: what to go back to
    std::vector<std::string> saved_positional;
    std::vector<std::pair<std::string, std::optional<Variable>>> saved_variables;
    std::unique_ptr<Process> process;
    Instant deadline = Instant::never();  ///< `timeout`: when the process is ended
  };

  struct Job {
    std::uint32_t id = 0;
    ShellState state;
    std::vector<std::unique_ptr<Frame>> frames;
    std::vector<Stream> streams;
    std::optional<ConsoleEntry> entry;
    bool waits_for_jobs = false;
    std::uint64_t resumed = 0;  ///< in which advance() its process was resumed last
    bool finished = false;
  };
  /// Nothing: the builtin has arranged the frames itself.
  using BuiltinResult = std::optional<int>;
  struct Builtin {
    std::string_view name;
    BuiltinResult (Shell::*run)(Turn& turn, Job& job, Frame& frame);
  };
  friend bool is_builtin(std::string_view name);
  static const Builtin* find_builtin(std::string_view name);

  // shell.cpp: jobs, frames, streams, console
  void reset_job(Job& job) const;
  void advance(Turn& turn);
  bool start_next_script();
  bool runnable(const Turn& turn, const Job& job) const;
  void run_job(Turn& turn, Job& job);
  void resume_process(Turn& turn, Job& job, Frame& frame);
  /// Lets the process of the topmost frame say its last words. The status it ends with.
  int terminate_process(Turn& turn, Job& job, int status);
  /// Ends a whole job as a signal does.
  void end_job(Turn& turn, Job& job, int status);
  /// The frame's endless process goes on as a job of its own, the script with its next command.
  void move_to_background(Turn& turn, Job& job, Frame& frame);
  void step_aside();
  void end_late_process(Turn& turn, Job& job);  ///< `timeout` has run out
  void step(Turn& turn, Job& job);
  Frame& push(Job& job, const Frame& parent, const Node* node);
  Frame& push_subshell(Job& job, const Frame& parent, const Node* node);
  void pop(Turn& turn, Job& job);
  void flush_files(Turn& turn, Job& job, Frame& frame);
  void finish(Turn& turn, Job& job, int status);
  void exit_shell(Turn& turn, Job& job, int status);
  void abort(Turn& turn, Job& job, const std::string& why);
  std::size_t add_stream(Job& job, Stream::Kind kind);
  void write(Turn& turn, Job& job, std::size_t stream, std::string_view text);
  void complain(Turn& turn, Job& job, const Frame& frame, const std::string& text);
  void open_entry(Turn& turn, Job& job, Frame& frame);
  void close_entry(Turn& turn, Job& job, Frame& frame);
  std::string place_of(const Frame& frame) const;
  static std::string source_of(const Frame& frame);
  static std::string joined(const std::vector<std::string>& words, std::string_view between);

  // shell_compound.cpp
  void step_list(Turn& turn, Job& job, Frame& frame);
  void step_and_or(Turn& turn, Job& job, Frame& frame);
  void step_pipeline(Turn& turn, Job& job, Frame& frame);
  void step_if(Turn& turn, Job& job, Frame& frame);
  void step_for(Turn& turn, Job& job, Frame& frame);
  void step_for_arithmetic(Turn& turn, Job& job, Frame& frame);
  void step_while(Turn& turn, Job& job, Frame& frame);
  void step_case(Turn& turn, Job& job, Frame& frame);
  void step_body(Turn& turn, Job& job, Frame& frame);
  void step_arithmetic(Turn& turn, Job& job, Frame& frame);
  void step_test(Turn& turn, Job& job, Frame& frame);
  void start_background(Job& job, const Frame& frame, const Node* node);
  /// For what an expansion could not do at once: runs the substitution it wants, or reports its
  /// error.
  void expansion_stopped(Turn& turn, Job& job, Frame& frame, const Expander& expander);
  /// Takes a substitution's output into the memo when one has just been run.
  void collect(Job& job, Frame& frame);

  // shell_simple.cpp
  void step_simple(Turn& turn, Job& job, Frame& frame);
  bool expand_simple(Turn& turn, Job& job, Frame& frame);
  bool expand_redirections(Expander& expander, const Node& node, Frame& frame);
  bool open_redirections(Turn& turn, Job& job, Frame& frame);
  FileError open_output(Turn& turn, Job& job, const Frame& frame, const Redirection& r,
                        const std::string& path, std::size_t& stream);
  bool open_redirection(Turn& turn, Job& job, Frame& frame, const Redirection& r,
                        const std::string& target);
  /// For compound commands: expands and opens at their first step. False: not yet, or failed.
  bool redirect_compound(Turn& turn, Job& job, Frame& frame);
  bool assign(Turn& turn, Job& job, Frame& frame, bool temporary);
  void dispatch(Turn& turn, Job& job, Frame& frame);
  void run_command(Turn& turn, Job& job, Frame& frame, const CommandEntry& entry);
  void call_function(Job& job, Frame& frame, const Function& function);
  void run_file(Turn& turn, Job& job, Frame& frame);
  void run_hidden(Turn& turn, Job& job, Frame& frame, const std::string& text);
  bool run_text(Turn& turn, Job& job, Frame& frame, const std::string& text,
                const std::string& file, Boundary boundary, std::vector<std::string> positional);
  std::string input_of(Job& job, const Frame& frame, bool drain);

  // builtins.cpp
  BuiltinResult do_nothing(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_source(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_eval(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_sh(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_break(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_return(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_exit(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_prefix(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_exec(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_cd(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_pwd(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_export(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_local(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_let(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_read(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_set(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_shift(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_unset(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_wait(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_kill(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_pkill(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_timeout(Turn& turn, Job& job, Frame& frame);
  BuiltinResult do_which(Turn& turn, Job& job, Frame& frame);

  Machine& machine_;
  std::map<std::string, std::string> presets_;
  std::vector<std::unique_ptr<Job>> jobs_;  ///< [0] is the administrator's
  std::deque<std::shared_ptr<const Script>> queue_;
  std::vector<std::shared_ptr<const Script>> scripts_;  ///< functions point into them
  std::uint64_t steps_ = 0;
  std::uint64_t advances_ = 0;
  std::uint32_t next_job_ = 1;
  bool advancing_ = false;
};

}  // namespace lvslab::admin
