// One command an administrator types: a function that reads its words, acts on the machine and
// leaves texts and an exit status; or a process that waits (ping, sleep, arping, curl) and is
// resumed when its moment comes. One .cpp per command in commands/ and one line in
// commands/table.cpp.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/machine.h"

namespace lvslab::admin {

/// Bound on what one command may print, bytes.
inline constexpr std::size_t kLargestOutput = 1u << 20;

/// What a command may use. `args[0]` is its name without path.
struct CommandContext {
  Turn& turn;
  Machine& machine;
  std::vector<std::string> args;
  std::string input;                ///< standard input (pipe, here-document, file)
  std::string directory = "/root";  ///< the shell's working directory, for relative file names
  std::string out, err;
};

/// A command that is still running. Destroyed when it ends or is interrupted.
class Process {
 public:
  virtual ~Process() = default;
  /// Called when `next_wake()` has come, perhaps earlier too. The exit status once it has ended. A
  /// process that hears something between its wakes sets its next wake to now and calls
  /// Machine::process_changed().
  virtual std::optional<int> resume(CommandContext& context) = 0;
  virtual Instant next_wake() const = 0;
  /// It was asked to end (kill, timeout, Ctrl-C at the end of a run) and may say its last words.
  /// The exit status; nothing: it dies of the signal.
  virtual std::optional<int> terminate(CommandContext& context) {
    (void)context;
    return std::nullopt;
  }
  /// It goes on until somebody stops it: a script does not wait for it.
  virtual bool endless() const { return false; }
  /// It will not be resumed again: lets go of its sockets. Not called when the machine loses power.
  virtual void interrupt(Turn& turn) { (void)turn; }
};

/// A command that is a script in the real world too (ifup, init scripts): the shell runs `text` in
/// its place, without showing the commands in it.
struct ScriptText {
  std::string text;
};

struct CommandResult {
  int status = 0;
  std::unique_ptr<Process> process;    ///< set: it goes on, status comes from resume()
  std::string script;                  ///< not empty: status comes from running it
  CommandResult(int s) : status(s) {}  // NOLINT: a status is the common result
  CommandResult(std::unique_ptr<Process> p) : process(std::move(p)) {}   // NOLINT
  CommandResult(ScriptText s) : status(0), script(std::move(s.text)) {}  // NOLINT
};

struct CommandEntry {
  std::string_view name;
  CommandResult (*run)(CommandContext& context);
  std::string_view about;     ///< for `lvslab list commands`
  bool drains_input = false;  ///< reads its standard input to the end
};
std::span<const CommandEntry> commands();
/// By name or by path (/sbin/ifconfig); null: none.
const CommandEntry* find_command(std::string_view name);

}  // namespace lvslab::admin
