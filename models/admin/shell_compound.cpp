// One step of each compound command. A step sets what comes next in its own frame before it pushes
// a child: it is called again when the child's frame is gone, with the child's status in $?.
#include <algorithm>

#include "admin/arithmetic.h"
#include "admin/pattern.h"
#include "admin/shell.h"
#include "admin/test_expression.h"

namespace lvslab::admin {
namespace {

// Steps of a loop.
constexpr int kBegin = 0, kCondition = 1, kDecide = 2, kAfterBody = 3;

}  // namespace

void Shell::step_list(Turn& turn, Job& job, Frame& frame) {
  if (frame.index == frame.node->children.size()) {
    return finish(turn, job, frame.index == 0 ? 0 : job.state.status);
  }
  const std::size_t i = frame.index++;
  const Node* child = frame.node->children[i].get();
  if (frame.node->marks[i]) {
    start_background(job, frame, child);
    job.state.status = 0;
    return;
  }
  push(job, frame, child);
}

void Shell::start_background(Job& job, const Frame& frame, const Node* node) {
  steps_ += job.state.weight();
  if (jobs_.size() > kMostJobs) {
    job.state.status = 1;
    return;
  }
  auto fresh = std::make_unique<Job>();
  fresh->id = next_job_++;
  reset_job(*fresh);
  fresh->state = job.state;
  Frame root;
  root.script = frame.script;
  root.quiet = frame.quiet;
  // A file or /dev/null that stands around the command stands around its background child as well.
  const auto inherit = [&](std::size_t from, std::size_t fallback) {
    const Stream& stream = job.streams[from];
    if (stream.kind != Stream::Kind::kFile && stream.kind != Stream::Kind::kNull) return fallback;
    fresh->streams.push_back(stream);
    fresh->streams.back().text.clear();
    return fresh->streams.size() - 1;
  };
  root.io.out = inherit(frame.io.out, 0);
  root.io.err = inherit(frame.io.err, 1);
  Frame& first = push(*fresh, root, node);
  first.stream_base = 4;
  job.state.last_background = fresh->id;
  jobs_.push_back(std::move(fresh));
}

void Shell::step_and_or(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  // A member is passed over when the status so far does not ask for it.
  while (frame.index > 0 && frame.index < node.children.size() &&
         node.marks[frame.index] != (job.state.status != 0)) {
    ++frame.index;
  }
  if (frame.index == node.children.size()) return finish(turn, job, job.state.status);
  const std::size_t i = frame.index++;
  Frame& child = push(job, frame, node.children[i].get());
  child.tested = child.tested || i + 1 < node.children.size();
}

void Shell::step_pipeline(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  const std::size_t count = node.children.size();
  if (frame.index > 0) {
    // Status so far: the last member's, or with pipefail the last failure.
    if (!job.state.pipefail || job.state.status != 0) frame.substitution_status = job.state.status;
  }
  if (frame.index == count) {
    int status = job.state.pipefail ? frame.substitution_status : job.state.status;
    if (node.negated) {
      status = status == 0 ? 1 : 0;
      frame.tested = true;
    }
    return finish(turn, job, status);
  }
  if (count == 1) {  // only negated
    ++frame.index;
    push(job, frame, node.children[0].get()).tested = true;
    return;
  }
  open_entry(turn, job, frame);
  const std::size_t i = frame.index++;
  Io io = frame.io;
  if (i > 0) io.in = frame.capture;
  if (i + 1 < count) {
    frame.capture = add_stream(job, Stream::Kind::kText);
    io.out = frame.capture;
  }
  if (i > 1) {  // what the member before the last one wrote has been read
    job.streams[io.in - 1].text.clear();
    job.streams[io.in - 1].text.shrink_to_fit();
  }
  Frame& child = push_subshell(job, frame, node.children[i].get());
  child.io = io;
  child.tested = true;
  if (child.node->kind != Node::Kind::kSimple) frame.shown.push_back(source_of(child));
}

void Shell::step_if(Turn& turn, Job& job, Frame& frame) {
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  const Node& node = *frame.node;
  if (frame.step == 1) {  // a condition has ended
    frame.step = 0;
    if (job.state.status == 0) {
      frame.step = 2;
      push(job, frame, node.children[frame.index + 1].get());
      return;
    }
    frame.index += 2;
  }
  if (frame.step == 2) return finish(turn, job, job.state.status);
  if (frame.index + 1 < node.children.size()) {
    frame.step = 1;
    push(job, frame, node.children[frame.index].get()).tested = true;
    return;
  }
  if (frame.index < node.children.size()) {
    frame.step = 2;
    push(job, frame, node.children[frame.index].get());
    return;
  }
  finish(turn, job, 0);
}

void Shell::step_for(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  if (frame.step == kBegin) {
    collect(job, frame);
    frame.fields.clear();
    if (node.has_words) {
      Expander expander(machine_, job.state, frame.memo, steps_);
      for (const Word& word : node.words) {
        if (!expander.fields(word, frame.fields))
          return expansion_stopped(turn, job, frame, expander);
      }
    } else {
      frame.fields = job.state.positional;
    }
    frame.boundary = Boundary::kLoop;
    frame.step = kCondition;
    frame.substitution_status = 0;
  } else {
    frame.substitution_status = job.state.status;
  }
  if (frame.index == frame.fields.size()) {
    frame.fields.clear();
    return finish(turn, job, frame.substitution_status);
  }
  if (!job.state.set(node.name, frame.fields[frame.index++])) {
    complain(turn, job, frame, node.name + ": readonly variable");
    return finish(turn, job, 1);
  }
  push(job, frame, node.children[0].get());
}

void Shell::step_for_arithmetic(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  collect(job, frame);
  const auto evaluate = [&](std::size_t i, std::int64_t& value) {
    if (node.words[i].parts.empty()) return true;
    Expander expander(machine_, job.state, frame.memo, steps_);
    if (expander.arithmetic(node.words[i], value)) {
      frame.memo.done.clear();
      return true;
    }
    expansion_stopped(turn, job, frame, expander);
    return false;
  };
  std::int64_t value = 1;
  frame.boundary = Boundary::kLoop;
  if (frame.step == kBegin) {
    if (!evaluate(0, value)) return;
    frame.step = kCondition;
  } else if (frame.step == kAfterBody) {
    frame.substitution_status = job.state.status;
    if (!evaluate(2, value)) return;
    frame.step = kCondition;
  }
  value = 1;
  if (!evaluate(1, value)) return;
  if (value == 0) return finish(turn, job, frame.substitution_status);
  frame.step = kAfterBody;
  push(job, frame, node.children[0].get());
}

void Shell::step_while(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  frame.boundary = Boundary::kLoop;
  if (frame.step == kDecide) {
    if ((job.state.status == 0) == node.negated)
      return finish(turn, job, frame.substitution_status);
    frame.step = kAfterBody;
    push(job, frame, node.children[1].get());
    return;
  }
  if (frame.step == kAfterBody) frame.substitution_status = job.state.status;
  frame.step = kDecide;
  push(job, frame, node.children[0].get()).tested = true;
}

void Shell::step_case(Turn& turn, Job& job, Frame& frame) {
  const Node& node = *frame.node;
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  if (frame.step == 1) return finish(turn, job, job.state.status);
  collect(job, frame);
  Expander expander(machine_, job.state, frame.memo, steps_);
  std::string subject;
  if (!expander.text(node.words[0], subject)) return expansion_stopped(turn, job, frame, expander);
  std::uint64_t budget = 5'000'000;
  for (const CaseItem& item : node.items) {
    for (const Word& word : item.patterns) {
      std::string pattern;
      if (!expander.pattern(word, pattern)) return expansion_stopped(turn, job, frame, expander);
      if (!pattern_matches(pattern, subject, budget)) continue;
      frame.step = 1;
      push(job, frame, item.body.get());
      return;
    }
  }
  finish(turn, job, 0);
}

void Shell::step_body(Turn& turn, Job& job, Frame& frame) {
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  if (frame.index++ > 0) return finish(turn, job, job.state.status);
  const Node* body = frame.node->children[0].get();
  if (frame.node->kind == Node::Kind::kSubshell) {
    push_subshell(job, frame, body);
  } else {
    push(job, frame, body);
  }
}

void Shell::step_arithmetic(Turn& turn, Job& job, Frame& frame) {
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  collect(job, frame);
  Expander expander(machine_, job.state, frame.memo, steps_);
  std::int64_t value = 0;
  if (!expander.arithmetic(frame.node->words[0], value))
    return expansion_stopped(turn, job, frame, expander);
  finish(turn, job, value != 0 ? 0 : 1);
}

void Shell::step_test(Turn& turn, Job& job, Frame& frame) {
  if (!frame.redirected && !redirect_compound(turn, job, frame)) return;
  collect(job, frame);
  Expander expander(machine_, job.state, frame.memo, steps_);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < frame.node->words.size(); ++i) {
    const Word& word = frame.node->words[i];
    const std::string before = i == 0 ? "" : frame.node->words[i - 1].source;
    const bool pattern = before == "==" || before == "=" || before == "!=";
    std::string text;
    const bool done = pattern ? expander.pattern(word, text) : expander.text(word, text);
    if (!done) return expansion_stopped(turn, job, frame, expander);
    words.push_back(std::move(text));
  }
  std::string error;
  const int status = evaluate_test(machine_, job.state.directory, words, true, error);
  if (!error.empty()) complain(turn, job, frame, "[[: " + error);
  finish(turn, job, status);
}

void Shell::expansion_stopped(Turn& turn, Job& job, Frame& frame, const Expander& expander) {
  if (expander.wanted() != nullptr) {
    frame.capture = add_stream(job, Stream::Kind::kText);
    Frame& child = push_subshell(job, frame, expander.wanted());
    child.io.out = frame.capture;
    child.quiet = true;
    child.tested = true;
    return;
  }
  if (expander.over_bound()) return abort(turn, job, expander.error());
  job.state.status = 1;
  complain(turn, job, frame, expander.error());
  // As in bash: an unset variable under `set -u`, or ${x:?}, ends the shell.
  const bool ends = expander.error().ends_with("unbound variable");
  finish(turn, job, 1);
  if (ends) exit_shell(turn, job, 1);
}

void Shell::collect(Job& job, Frame& frame) {
  if (frame.capture == 0 || frame.capture + 1 != job.streams.size()) return;
  std::string text = std::move(job.streams.back().text);
  job.streams.pop_back();
  frame.capture = 0;
  frame.substitution_status = job.state.status;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  frame.memo.done.push_back(std::move(text));
}

}  // namespace lvslab::admin
