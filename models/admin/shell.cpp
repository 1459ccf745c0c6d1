#include "admin/shell.h"

#include <algorithm>

#include "admin/files.h"

namespace lvslab::admin {
namespace {

constexpr std::size_t kDeepestStack = 4'000;
constexpr std::size_t kLargestText = kLargestFile;

}  // namespace

Shell::Shell(Machine& machine) : machine_(machine) {
  jobs_.push_back(std::make_unique<Job>());
  reset_job(*jobs_[0]);
}

Shell::~Shell() = default;

void Shell::reset_job(Job& job) const {
  job.frames.clear();
  job.entry.reset();
  job.streams.resize(4);
  job.streams[0].kind = Stream::Kind::kConsoleOut;
  job.streams[1].kind = Stream::Kind::kConsoleErr;
  job.streams[2].kind = Stream::Kind::kText;  // an empty standard input
  job.streams[kClosed].kind = Stream::Kind::kNull;
  job.waits_for_jobs = false;
}

void Shell::set_variable(const std::string& name, const std::string& value) {
  presets_[name] = value;
  jobs_[0]->state.variables[name] = {value, true, false};
}

void Shell::lose_power() {
  jobs_.resize(1);
  queue_.clear();
  jobs_[0]->state = {};
  reset_job(*jobs_[0]);
  for (const auto& [name, value] : presets_) jobs_[0]->state.variables[name] = {value, true, false};
  next_wake_ = Instant::never();
}

bool Shell::busy() const {
  if (!queue_.empty()) return true;
  if (jobs_[0]->frames.empty()) return false;
  const Frame& top = *jobs_[0]->frames.back();
  return top.process == nullptr || !top.process->endless() || !top.deadline.is_never();
}

void Shell::run(Turn& turn, std::shared_ptr<const Script> script) {
  if (script == nullptr || script->tree().root == nullptr) return;
  step_aside();
  queue_.push_back(std::move(script));
  advance(turn);
}

void Shell::wake(Turn& turn) { advance(turn); }

bool Shell::start_next_script() {
  Job& job = *jobs_[0];
  if (queue_.empty() || !job.frames.empty()) return false;
  std::shared_ptr<const Script> script = std::move(queue_.front());
  queue_.pop_front();
  steps_ = 0;
  Frame root;
  root.script = script.get();
  Frame& frame = push(job, root, script->tree().root.get());
  frame.stream_base = job.streams.size();
  scripts_.push_back(std::move(script));
  return true;
}

bool Shell::runnable(const Turn& turn, const Job& job) const {
  if (job.frames.empty()) return false;
  if (job.waits_for_jobs) return jobs_.size() == 1;
  const Frame& frame = *job.frames.back();
  if (frame.process == nullptr) return true;
  const Instant due = std::min(frame.process->next_wake(), frame.deadline);
  return due <= turn.now() && job.resumed != advances_;
}

void Shell::advance(Turn& turn) {
  if (advancing_)
    return;  // a command's own doing (a frame looped back) never runs the shell within itself
  advancing_ = true;
  ++advances_;
  for (bool progress = true; progress && !machine_.reboot_requested();) {
    progress = false;
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      Job& job = *jobs_[i];
      if (!runnable(turn, job)) continue;
      run_job(turn, job);
      job.finished = job.frames.empty();
      progress = true;
    }
    for (std::size_t i = jobs_.size(); i-- > 1;) {
      if (jobs_[i]->frames.empty()) jobs_.erase(jobs_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    progress = start_next_script() || progress;
  }
  advancing_ = false;
  if (machine_.reboot_requested()) return machine_.reboot(turn);
  machine_.process_changed();
}

void Shell::process_changed() {
  if (advancing_) return;
  next_wake_ = Instant::never();
  for (const auto& job : jobs_) {
    if (job->frames.empty() || job->frames.back()->process == nullptr) continue;
    const Frame& frame = *job->frames.back();
    next_wake_ = std::min({next_wake_, frame.process->next_wake(), frame.deadline});
  }
}

void Shell::run_job(Turn& turn, Job& job) {
  job.waits_for_jobs = false;
  for (bool first = true; !job.frames.empty() && !machine_.reboot_requested(); first = false) {
    Frame& frame = *job.frames.back();
    if (frame.process != nullptr) {
      if (!first) return;
      job.resumed = advances_;
      resume_process(turn, job, frame);
      if (!job.frames.empty() && job.frames.back()->process != nullptr) return;
      continue;
    }
    if (job.waits_for_jobs) return;
    if (++steps_ > kMostSteps) {
      abort(turn, job, "stopped after 1000000 steps");
      return;
    }
    if (job.frames.size() > kDeepestStack) {
      abort(turn, job, "maximum nesting level exceeded");
      return;
    }
    step(turn, job);
  }
}

void Shell::resume_process(Turn& turn, Job& job, Frame& frame) {
  if (frame.deadline <= turn.now()) return end_late_process(turn, job);
  CommandContext context{turn, machine_, frame.fields, {}, job.state.directory, {}, {}};
  const std::optional<int> status = frame.process->resume(context);
  write(turn, job, frame.io.out, context.out);
  write(turn, job, frame.io.err, context.err);
  machine_.command_done();
  if (!status) return;
  frame.process.reset();
  finish(turn, job, *status);
}

void Shell::step(Turn& turn, Job& job) {
  Frame& frame = *job.frames.back();
  if (frame.node == nullptr) return finish(turn, job, job.state.status);
  switch (frame.node->kind) {
    case Node::Kind::kSimple:
      return step_simple(turn, job, frame);
    case Node::Kind::kPipeline:
      return step_pipeline(turn, job, frame);
    case Node::Kind::kAndOr:
      return step_and_or(turn, job, frame);
    case Node::Kind::kList:
      return step_list(turn, job, frame);
    case Node::Kind::kIf:
      return step_if(turn, job, frame);
    case Node::Kind::kFor:
      return step_for(turn, job, frame);
    case Node::Kind::kForArithmetic:
      return step_for_arithmetic(turn, job, frame);
    case Node::Kind::kWhile:
      return step_while(turn, job, frame);
    case Node::Kind::kCase:
      return step_case(turn, job, frame);
    case Node::Kind::kFunction:
      job.state.functions[frame.node->name] = {frame.node->children[0].get(), frame.script};
      return finish(turn, job, 0);
    case Node::Kind::kSubshell:
    case Node::Kind::kGroup:
      return step_body(turn, job, frame);
    case Node::Kind::kArithmetic:
      return step_arithmetic(turn, job, frame);
    case Node::Kind::kTest:
      return step_test(turn, job, frame);
  }
}

// --- frames
// ---------------------------------------------------------------------------------------

Shell::Frame& Shell::push(Job& job, const Frame& parent, const Node* node) {
  auto frame = std::make_unique<Frame>();
  frame->node = node;
  frame->script = parent.script;
  frame->io = parent.io;
  frame->tested = parent.tested;
  frame->quiet = parent.quiet;
  frame->stream_base = job.streams.size();
  job.frames.push_back(std::move(frame));
  return *job.frames.back();
}

Shell::Frame& Shell::push_subshell(Job& job, const Frame& parent, const Node* node) {
  steps_ += job.state.weight();
  Frame& frame = push(job, parent, node);
  frame.boundary = Boundary::kSubshell;
  frame.saved = std::make_unique<ShellState>(job.state);
  return frame;
}

void Shell::pop(Turn& turn, Job& job) {
  Frame& frame = *job.frames.back();
  if (frame.process != nullptr) frame.process->interrupt(turn);
  flush_files(turn, job, frame);
  if (frame.saved != nullptr) {
    const int status = job.state.status;
    job.state = std::move(*frame.saved);
    job.state.status = status;
  }
  for (auto it = frame.saved_variables.rbegin(); it != frame.saved_variables.rend(); ++it) {
    if (it->second) {
      job.state.variables[it->first] = *it->second;
    } else {
      job.state.variables.erase(it->first);
    }
  }
  if (frame.boundary == Boundary::kCall || frame.boundary == Boundary::kSource) {
    job.state.positional = std::move(frame.saved_positional);
  }
  if (frame.owns_entry) close_entry(turn, job, frame);
  job.streams.resize(std::max<std::size_t>(4, std::min(job.streams.size(), frame.stream_base)));
  job.frames.pop_back();
}

// What a command wrote to a file reaches it when the command ends: a refused value is the command's
// failure.
void Shell::flush_files(Turn& turn, Job& job, Frame& frame) {
  for (std::size_t i = std::max<std::size_t>(4, frame.stream_base); i < job.streams.size(); ++i) {
    Stream& stream = job.streams[i];
    if (stream.kind != Stream::Kind::kFile || stream.text.empty()) continue;
    const FileError error = write_file(turn, machine_, stream.path, stream.text, true);
    stream.text.clear();
    if (error == FileError::kNone) continue;
    const std::string name = frame.fields.empty() ? "" : frame.fields[0];
    const bool builtin = name == "echo" || name == "printf" || find_builtin(name) != nullptr;
    const std::string who = name.empty() ? "bash: "
                            : builtin    ? "bash: " + name + ": "
                                         : name + ": ";
    job.state.status = 1;
    const std::size_t err = frame.io.err == i ? 1 : frame.io.err;
    write(turn, job, err, who + "write error: " + std::string(file_error_text(error)) + "\n");
  }
}

void Shell::finish(Turn& turn, Job& job, int status) {
  Frame& frame = *job.frames.back();
  job.state.status = status & 0xff;
  // For `set -e` only what can fail of itself counts, not what holds it.
  const bool counts =
      frame.node != nullptr &&
      (frame.node->kind == Node::Kind::kSimple || frame.node->kind == Node::Kind::kPipeline ||
       frame.node->kind == Node::Kind::kSubshell || frame.node->kind == Node::Kind::kTest ||
       frame.node->kind == Node::Kind::kArithmetic);
  const bool tested = frame.tested;
  pop(turn, job);
  if (job.state.errexit && counts && !tested && job.state.status != 0)
    exit_shell(turn, job, job.state.status);
}

void Shell::exit_shell(Turn& turn, Job& job, int status) {
  job.state.status = status & 0xff;
  while (!job.frames.empty()) {
    const bool last = job.frames.back()->boundary == Boundary::kSubshell;
    const int kept = job.state.status;
    pop(turn, job);
    job.state.status = kept;
    if (last) return;
  }
}

void Shell::abort(Turn& turn, Job& job, const std::string& why) {
  if (job.frames.empty()) return;
  ConsoleEntry entry;
  entry.time = turn.now();
  entry.command = source_of(*job.frames.back());
  entry.place = place_of(*job.frames.back());
  entry.status = 2;
  entry.err = "bash: " + why + "\n";
  if (job.entry) {
    entry.out = std::move(job.entry->out);
    entry.err = job.entry->err + entry.err;
    job.entry.reset();
  }
  while (!job.frames.empty()) {
    job.frames.back()->owns_entry = false;
    pop(turn, job);
  }
  job.entry.reset();
  job.state.status = 2;
  if (machine_.console() != nullptr) machine_.console()->command_ended(entry);
}

// --- streams and console
// --------------------------------------------------------------------------

std::size_t Shell::add_stream(Job& job, Stream::Kind kind) {
  job.streams.emplace_back();
  job.streams.back().kind = kind;
  return job.streams.size() - 1;
}

void Shell::write(Turn& turn, Job& job, std::size_t index, std::string_view text) {
  if (text.empty()) return;
  Stream& stream = job.streams[index];
  steps_ += text.size() / 64;
  if (stream.kind == Stream::Kind::kNull) return;
  if (stream.kind == Stream::Kind::kFile || stream.kind == Stream::Kind::kText) {
    stream.text += text.substr(0, kLargestText - std::min(kLargestText, stream.text.size()));
    return;
  }
  std::optional<ConsoleEntry> alone;
  if (!job.entry) {
    // Nothing is open (the redirection of a whole loop failed): an entry of its own.
    alone.emplace();
    alone->time = turn.now();
    alone->status = job.state.status;
    if (!job.frames.empty()) {
      alone->command = source_of(*job.frames.back());
      alone->place = place_of(*job.frames.back());
      alone->tested = job.frames.back()->tested;
    }
  }
  ConsoleEntry& entry = alone ? *alone : *job.entry;
  std::string& target = stream.kind == Stream::Kind::kConsoleOut ? entry.out : entry.err;
  target += text.substr(0, kLargestText - std::min(kLargestText, target.size()));
  if (alone && machine_.console() != nullptr) machine_.console()->command_ended(*alone);
}

void Shell::complain(Turn& turn, Job& job, const Frame& frame, const std::string& text) {
  write(turn, job, frame.io.err, "bash: " + text + "\n");
}

void Shell::open_entry(Turn& turn, Job& job, Frame& frame) {
  if (job.entry || frame.quiet || frame.owns_entry) return;
  job.entry.emplace();
  job.entry->time = turn.now();
  job.entry->place = place_of(frame);
  job.entry->tested = frame.tested;
  frame.owns_entry = true;
}

void Shell::close_entry(Turn& turn, Job& job, Frame& frame) {
  frame.owns_entry = false;
  if (!job.entry) return;
  ConsoleEntry entry = std::move(*job.entry);
  job.entry.reset();
  entry.time = turn.now();
  entry.status = job.state.status;
  const bool pipeline = frame.node->kind == Node::Kind::kPipeline;
  entry.command =
      frame.shown.empty() ? source_of(frame) : joined(frame.shown, pipeline ? " | " : " ");
  if (pipeline && frame.node->negated) entry.command.insert(0, "! ");
  const bool assignment = !pipeline && frame.node->words.empty();
  if (assignment && entry.out.empty() && entry.err.empty()) return;
  if (machine_.console() != nullptr) machine_.console()->command_ended(entry);
}

std::string Shell::place_of(const Frame& frame) const {
  if (frame.script == nullptr) return {};
  const auto [line, column] =
      frame.script->tree().line_column(frame.node == nullptr ? 0 : frame.node->place);
  return frame.script->place().at(line, column);
}

std::string Shell::source_of(const Frame& frame) {
  if (frame.script == nullptr || frame.node == nullptr) return {};
  const std::string& text = frame.script->tree().text;
  const std::size_t from = std::min<std::size_t>(frame.node->place, text.size());
  const std::size_t to = std::clamp<std::size_t>(frame.node->end, from, text.size());
  return text.substr(from, std::min<std::size_t>(to - from, 4096));
}

std::string Shell::joined(const std::vector<std::string>& words, std::string_view between) {
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) result += between;
    result += words[i];
  }
  return result;
}

}  // namespace lvslab::admin
