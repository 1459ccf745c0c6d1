// Simple commands: expansion, assignments, redirections, and finding who answers to the name: a
// function, a builtin, a command of the table, a script file.
#include <algorithm>

#include "admin/files.h"
#include "admin/parser.h"
#include "admin/shell.h"

namespace lvslab::admin {
namespace {

// Steps of a simple command.
constexpr int kExpand = 0, kDispatch = 1, kDone = 2;

bool assigns(const std::vector<std::string>& fields) {
  return !fields.empty() &&
         (fields[0] == "export" || fields[0] == "local" || fields[0] == "declare" ||
          fields[0] == "typeset" || fields[0] == "readonly");
}

bool looks_like_assignment(const Word& word) {
  if (word.parts.empty() || word.parts[0].kind != Part::Kind::kLiteral || word.parts[0].quoted)
    return false;
  const std::size_t equals = word.parts[0].text.find('=');
  return equals != std::string::npos &&
         is_name(std::string_view(word.parts[0].text).substr(0, equals));
}

/// How the console shows a word that was expanded.
std::string shown_word(const Word& word, const std::vector<std::string>& fields,
                       std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < fields.size(); ++i) text += (i > first ? " " : "") + fields[i];
  const std::string& source = word.source;
  if (source.size() >= 2 && source.front() == '"' && source.back() == '"')
    return "\"" + text + "\"";
  return text;
}

}  // namespace

void Shell::step_simple(Turn& turn, Job& job, Frame& frame) {
  if (frame.step == kExpand) {
    open_entry(turn, job, frame);
    collect(job, frame);
    if (!expand_simple(turn, job, frame)) return;
    frame.step = kDispatch;
    if (job.frames.size() > 1) {
      Frame& parent = *job.frames[job.frames.size() - 2];
      if (parent.node != nullptr && parent.node->kind == Node::Kind::kPipeline &&
          parent.owns_entry) {
        parent.shown.push_back(joined(frame.shown, " "));
      }
    }
    if (job.state.xtrace && !frame.fields.empty()) {
      write(turn, job, 1, "+ " + joined(frame.fields, " ") + "\n");
    }
    if (!open_redirections(turn, job, frame)) return finish(turn, job, 1);
    if (!assign(turn, job, frame, !frame.fields.empty())) return finish(turn, job, 1);
    if (frame.fields.empty()) return finish(turn, job, frame.substitution_status);
  }
  if (frame.step == kDone) return finish(turn, job, job.state.status);
  frame.step = kDone;
  dispatch(turn, job, frame);
}

bool Shell::expand_simple(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  frame.fields.clear();
  frame.values.clear();
  frame.targets.clear();
  frame.shown.clear();
  Expander expander(machine_, job.state, frame.memo, steps_);
  bool ok = true;
  std::vector<std::string> words_shown;
  for (std::size_t i = 0; ok && i < node.words.size(); ++i) {
    const Word& word = node.words[i];
    const std::size_t first = frame.fields.size();
    if (assigns(frame.fields) && looks_like_assignment(word)) {
      std::string text;
      ok = expander.text(word, text);
      frame.fields.push_back(std::move(text));
    } else {
      ok = expander.fields(word, frame.fields);
    }
    words_shown.push_back(expander.take_changed() ? shown_word(word, frame.fields, first)
                                                  : word.source);
  }
  std::vector<std::string> redirections_shown;
  ok = ok && expand_redirections(expander, node, frame);
  for (std::size_t i = 0; ok && i < node.redirections.size(); ++i) {
    const Redirection& r = node.redirections[i];
    const bool named =
        r.kind != Redirection::Kind::kHere && r.kind != Redirection::Kind::kDuplicate;
    const bool literal = r.target.literal() || frame.targets[i].empty();
    redirections_shown.push_back(r.source + (!named    ? ""
                                             : literal ? r.target.source
                                                       : frame.targets[i]));
  }
  expander.take_changed();
  for (std::size_t i = 0; ok && i < node.assignments.size(); ++i) {
    std::string value;
    ok = expander.text(node.assignments[i].value, value);
    const std::string name = node.assignments[i].name;
    frame.shown.push_back(expander.take_changed() ? name + "=" + value
                                                  : node.assignments[i].value.source);
    frame.values.push_back(std::move(value));
  }
  if (!ok) {
    frame.shown.clear();
    expansion_stopped(turn, job, frame, expander);
    return false;
  }
  for (std::string& word : words_shown) {
    if (!word.empty()) frame.shown.push_back(std::move(word));
  }
  frame.shown.insert(frame.shown.end(), redirections_shown.begin(), redirections_shown.end());
  return true;
}

bool Shell::expand_redirections(Expander& expander, const Node& node, Frame& frame) {
  frame.targets.clear();
  for (const Redirection& r : node.redirections) {
    std::string target;
    if (r.kind == Redirection::Kind::kHere || r.kind == Redirection::Kind::kHereString) {
      if (!expander.text(r.target, target)) return false;
    } else if (r.kind != Redirection::Kind::kDuplicate) {
      std::vector<std::string> fields;
      if (!expander.fields(r.target, fields)) return false;
      // More than one file, or none: opened as such, it is the "ambiguous redirect".
      if (fields.size() == 1) target = std::move(fields[0]);
    }
    frame.targets.push_back(std::move(target));
  }
  return true;
}

bool Shell::redirect_compound(Turn& turn, Job& job, Frame& frame) {
  frame.redirected = true;
  if (frame.node->redirections.empty()) return true;
  collect(job, frame);
  Expander expander(machine_, job.state, frame.memo, steps_);
  if (!expand_redirections(expander, *frame.node, frame)) {
    frame.redirected = false;
    expansion_stopped(turn, job, frame, expander);
    return false;
  }
  frame.memo = {};
  if (open_redirections(turn, job, frame)) return true;
  finish(turn, job, 1);
  return false;
}

bool Shell::open_redirections(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  for (std::size_t i = 0; i < node.redirections.size(); ++i) {
    if (!open_redirection(turn, job, frame, node.redirections[i], frame.targets[i])) return false;
  }
  return true;
}

FileError Shell::open_output(Turn& turn, Job& job, const Frame& frame, const Redirection& r,
                             const std::string& path, std::size_t& stream) {
  if (path == "/dev/stdout") {
    stream = frame.io.out;
    return FileError::kNone;
  }
  if (path == "/dev/stderr") {
    stream = frame.io.err;
    return FileError::kNone;
  }
  if (path == "/dev/tty") {
    stream = 0;
    return FileError::kNone;
  }
  const bool device = path.starts_with("/dev/");
  const bool setting = path.starts_with("/proc/");
  FileError error = check_writable(machine_, path);
  if (error != FileError::kNone) return device ? FileError::kPermission : error;
  // The file is made, or emptied, before the command runs; a setting is only written.
  if (!device && !setting) {
    error = write_file(turn, machine_, path, "", r.kind == Redirection::Kind::kAppend);
  }
  stream = add_stream(job, device ? Stream::Kind::kNull : Stream::Kind::kFile);
  job.streams.back().path = path;
  return error;
}

bool Shell::open_redirection(Turn& turn, Job& job, Frame& frame, const Redirection& r,
                             const std::string& target) {
  const auto refuse = [&](const std::string& text) {
    job.state.status = 1;
    complain(turn, job, frame, text);
    return false;
  };
  if (r.kind == Redirection::Kind::kDuplicate) {
    const std::size_t from = r.from == 0   ? frame.io.in
                             : r.from == 1 ? frame.io.out
                             : r.from == 2 ? frame.io.err
                                           : kClosed;
    (r.descriptor == 0 ? frame.io.in : r.descriptor == 1 ? frame.io.out : frame.io.err) = from;
    return true;
  }
  if (r.kind == Redirection::Kind::kHere || r.kind == Redirection::Kind::kHereString) {
    frame.io.in = add_stream(job, Stream::Kind::kText);
    job.streams.back().text = target + (r.kind == Redirection::Kind::kHereString ? "\n" : "");
    return true;
  }
  if (target.empty()) {
    return refuse(r.target.source + (r.target.source == "\"\"" || r.target.source == "''"
                                         ? ": No such file or directory"
                                         : ": ambiguous redirect"));
  }
  const std::string path = absolute_path(job.state.directory, target);
  if (r.kind == Redirection::Kind::kIn) {
    std::string text;
    const FileError error = read_file(machine_, path, text);
    if (error != FileError::kNone)
      return refuse(target + ": " + std::string(file_error_text(error)));
    steps_ += text.size() / 64;
    frame.io.in = add_stream(job, Stream::Kind::kText);
    job.streams.back().text = std::move(text);
    return true;
  }
  std::size_t stream = 0;
  const FileError error = open_output(turn, job, frame, r, path, stream);
  if (error != FileError::kNone) {
    return refuse(target + ": " + std::string(file_error_text(error)));
  }
  if (r.descriptor == 1 || r.descriptor == 3) frame.io.out = stream;
  if (r.descriptor == 2 || r.descriptor == 3) frame.io.err = stream;
  return true;
}

// Assignments before a command last as long as the command.
bool Shell::assign(Turn& turn, Job& job, Frame& frame, bool temporary) {
  for (std::size_t i = 0; i < frame.values.size(); ++i) {
    const Assignment& assignment = frame.node->assignments[i];
    const auto old = job.state.variables.find(assignment.name);
    std::string value = frame.values[i];
    if (assignment.append && old != job.state.variables.end()) value = old->second.value + value;
    if (value.size() > kLargestExpansion) {
      complain(turn, job, frame, assignment.name + ": value too large");
      return false;
    }
    if (temporary) {
      std::optional<Variable> kept;
      if (old != job.state.variables.end()) kept = old->second;
      frame.saved_variables.emplace_back(assignment.name, std::move(kept));
    }
    steps_ += value.size() / 64;
    if (!job.state.set(assignment.name, std::move(value))) {
      job.state.status = 1;
      complain(turn, job, frame, assignment.name + ": readonly variable");
      if (temporary) frame.saved_variables.pop_back();
      return false;
    }
  }
  return true;
}

void Shell::dispatch(Turn& turn, Job& job, Frame& frame) {
  const std::string& name = frame.fields[0];
  if (const auto function = job.state.functions.find(name); function != job.state.functions.end()) {
    return call_function(job, frame, function->second);
  }
  if (const Builtin* builtin = find_builtin(name)) {
    const BuiltinResult status = (this->*builtin->run)(turn, job, frame);
    if (status) finish(turn, job, *status);
    return;
  }
  if (const CommandEntry* entry = find_command(name)) return run_command(turn, job, frame, *entry);
  if (name.find('/') != std::string::npos) return run_file(turn, job, frame);
  complain(turn, job, frame, name + ": command not found");
  if (machine_.console() != nullptr) machine_.console()->unknown_command(place_of(frame), name);
  finish(turn, job, 127);
}

std::string Shell::input_of(Job& job, const Frame& frame, bool drain) {
  Stream& stream = job.streams[frame.io.in];
  if (stream.kind != Stream::Kind::kText) return {};
  std::string text = stream.text.substr(std::min(stream.read, stream.text.size()));
  steps_ += text.size() / 64;
  if (drain) stream.read = stream.text.size();
  return text;
}

void Shell::run_command(Turn& turn, Job& job, Frame& frame, const CommandEntry& entry) {
  CommandContext context{
      turn, machine_, frame.fields, input_of(job, frame, entry.drains_input), job.state.directory,
      {},   {}};
  if (const std::size_t slash = context.args[0].rfind('/'); slash != std::string::npos) {
    context.args[0].erase(0, slash + 1);
  }
  // Connections die unnoticed until somebody looks; what is typed may be that look.
  if (auto* connections = machine_.netfilter().conntrack()) (void)connections->count(turn.now());
  CommandResult result = entry.run(context);
  write(turn, job, frame.io.out, context.out);
  write(turn, job, frame.io.err, context.err);
  machine_.command_done();
  if (!result.script.empty()) return run_hidden(turn, job, frame, result.script);
  if (result.process == nullptr) return finish(turn, job, result.status);
  frame.fields = std::move(context.args);
  frame.process = std::move(result.process);
  const Stream::Kind out = job.streams[frame.io.out].kind;
  const bool watches = frame.process->endless() && frame.deadline.is_never() &&
                       &job == jobs_[0].get() && out != Stream::Kind::kText;
  if (watches) move_to_background(turn, job, frame);
}

// A command that is itself a script: what runs in it is not shown, what it prints is the command's.
void Shell::run_hidden(Turn& turn, Job& job, Frame& frame, const std::string& text) {
  std::vector<PlacedError> errors;
  auto script = std::make_shared<Script>(
      Script::parse_unchecked(text, SourcePlace{frame.fields[0], 1, 1}, errors));
  if (!errors.empty()) {
    complain(turn, job, frame, frame.fields[0] + ": " + errors[0].what);
    return finish(turn, job, 2);
  }
  Frame& child = push_subshell(job, frame, script->tree().root.get());
  child.script = script.get();
  child.quiet = true;
  scripts_.push_back(std::move(script));
}

void Shell::call_function(Job& job, Frame& frame, const Function& function) {
  // The function's commands are shown each for itself.
  if (frame.owns_entry && job.entry->out.empty() && job.entry->err.empty()) {
    job.entry.reset();
    frame.owns_entry = false;
  }
  Frame& call = push(job, frame, function.body);
  call.script = function.script;
  call.boundary = Boundary::kCall;
  call.saved_positional = std::move(job.state.positional);
  job.state.positional.assign(frame.fields.begin() + 1, frame.fields.end());
}

// A file named as a command: a shell script.
void Shell::run_file(Turn& turn, Job& job, Frame& frame) {
  const std::string& name = frame.fields[0];
  const std::string path = absolute_path(job.state.directory, name);
  std::string text;
  const FileError error = read_file(machine_, path, text);
  if (error != FileError::kNone) {
    complain(turn, job, frame, name + ": " + std::string(file_error_text(error)));
    const bool missing = error == FileError::kNotFound;
    if (missing && machine_.console() != nullptr)
      machine_.console()->unknown_command(place_of(frame), name);
    return finish(turn, job, missing ? 127 : 126);
  }
  if ((file_mode(machine_, path) & 0111) == 0) {
    complain(turn, job, frame, name + ": Permission denied");
    return finish(turn, job, 126);
  }
  const std::string file = name;
  std::vector<std::string> positional(frame.fields.begin() + 1, frame.fields.end());
  if (!run_text(turn, job, frame, text, file, Boundary::kSubshell, std::move(positional)))
    finish(turn, job, 2);
}

// Parses `text` and runs it above `frame`: in a shell of its own (kSubshell) or in this one
// (kSource).
bool Shell::run_text(Turn& turn, Job& job, Frame& frame, const std::string& text,
                     const std::string& file, Boundary boundary,
                     std::vector<std::string> positional) {
  steps_ += text.size() / 4;
  std::vector<PlacedError> errors;
  auto script =
      std::make_shared<Script>(Script::parse_unchecked(text, SourcePlace{file, 1, 1}, errors));
  if (!errors.empty()) {
    complain(turn, job, frame,
             file + ": line " + std::to_string(errors[0].line) + ": " + errors[0].what);
    return false;
  }
  if (frame.owns_entry && job.entry->out.empty() && job.entry->err.empty()) {
    job.entry.reset();
    frame.owns_entry = false;
  }
  const Node* root = script->tree().root.get();
  const bool own_shell = boundary == Boundary::kSubshell;
  Frame& child = own_shell ? push_subshell(job, frame, root) : push(job, frame, root);
  child.script = script.get();
  child.boundary = boundary;
  scripts_.push_back(std::move(script));
  if (own_shell) {
    std::erase_if(job.state.variables, [](const auto& entry) { return !entry.second.exported; });
    job.state.functions.clear();
    job.state.errexit = job.state.nounset = job.state.xtrace = job.state.noglob =
        job.state.pipefail = false;
    job.state.zero = file;
    job.state.positional = std::move(positional);
  } else {
    child.saved_positional = job.state.positional;
    if (!positional.empty()) job.state.positional = std::move(positional);
  }
  return true;
}

}  // namespace lvslab::admin
