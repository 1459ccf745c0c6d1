#include "cli/suite/grading.h"

#include <algorithm>
#include <atomic>

#include "cli/suite/packing.h"
#include "expect/expectation.h"
#include "fmt/format.h"
#include "metrics/collector.h"
#include "report/cells.h"
#include "scenario/director_counts.h"
#include "scenario/graded.h"
#include "scenario/lab.h"
#include "trace/fanout.h"

namespace lvslab::cli {
namespace {

using scenario::Message;

std::string one_line(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n' && c != '\r')
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string told(const Message& message) {
  return one_line(message.place.text() + ": " + message.what +
                  (message.hint.empty() ? "" : ". " + message.hint));
}

/// "2 neighbour", as the columns are called.
std::string column(std::size_t index, const scenario::ExpectationSpec& spec) {
  std::string name = fmt::format("{} {}", index + 1, spec.kind);
  const scenario::Value* subject = spec.value.find(spec.kind);
  if (subject != nullptr && subject->kind == scenario::Value::Kind::kScalar)
    name += " " + subject->scalar;
  return name;
}

class GradeRun {
 public:
  GradeRun(Grade& grade, std::string key, const std::vector<scenario::ExpectationSpec>& wanted)
      : grade_(grade), key_(std::move(key)), wanted_(wanted) {}

  void run() {
    // Each turn leaves out what this file cannot be asked: it ends when nothing new is found.
    for (std::size_t turn = 0; turn <= wanted_.size(); ++turn) {
      const std::size_t known = refused_.size();
      scenario::GradedRead read = scenario::read_graded(grade_.file, key_, refused_);
      if (!read.result.errors.empty()) return give_up(told(read.result.errors.front()));
      refused_ = std::move(read.refused);
      if (refused_.size() == wanted_.size()) return conclude({});
      if (refused_.size() > known) continue;
      if (try_run(std::move(read.result.scenario))) return;
    }
    give_up("the expectations of the key cannot be told apart in this file");
  }

 private:
  /// False: more is refused now.
  bool try_run(scenario::Scenario scenario) {
    std::vector<Message> errors;
    const auto lab = scenario::Lab::build(std::move(scenario), {}, errors);
    if (!errors.empty()) return give_up(told(errors.front())), true;
    const auto panel = expect::Panel::make(*lab, errors);
    if (!errors.empty()) return !refuse(errors);
    metrics::Collector collector(lab->scene());
    scenario::describe_servers(*lab, collector);
    trace::Fanout watchers;
    watchers.add(&lab->scene_keeper());
    watchers.add(&collector);
    watchers.add(panel.get());
    lab->world().watch(&watchers, WatchLevel::kEverything);
    lab->configure(errors);
    if (!errors.empty()) return give_up(told(errors.front())), true;
    std::atomic<bool> too_long{false};
    scenario::Lab::RunOptions how;
    how.interrupted = &too_long;
    how.progress = [&](const scenario::Lab& running) {
      if (running.world().totals().events > kMostGradedEvents) too_long = true;
    };
    lab->run(how);
    lab->finish();
    collector.finish(lab->world().now());
    if (too_long)
      return give_up(fmt::format("the run was stopped after {} events", kMostGradedEvents)), true;
    if (!lab->runtime_errors().empty()) return give_up(told(lab->runtime_errors().front())), true;
    conclude(panel->judge(*lab, collector));
    return true;
  }

  /// What only shows once the lab is there. False: it is about nothing the key asks.
  bool refuse(const std::vector<Message>& errors) {
    const std::size_t before = refused_.size();
    for (const Message& message : errors) {
      // The one that begins last before the message.
      std::optional<std::size_t> item;
      for (std::size_t i = 0; i < wanted_.size(); ++i) {
        const scenario::Place &place = wanted_[i].place, &at = message.place;
        if (place.file == at.file &&
            (place.line < at.line || (place.line == at.line && place.column <= at.column)))
          item = i;
      }
      if (!item) {
        give_up(told(message));
        return false;
      }
      refused_.emplace(*item, message);
    }
    if (refused_.size() > before) return true;
    give_up(told(errors.front()));
    return false;
  }

  void give_up(const std::string& reason) {
    grade_.passed.clear();
    grade_.reason = reason;
  }

  void conclude(const std::vector<expect::Panel::Judged>& judged) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const auto refused = refused_.find(i);
      std::string why;
      if (refused != refused_.end()) {
        why = refused->second.what;
      } else if (next < judged.size()) {
        const expect::Verdict& verdict = judged[next++].verdict;
        grade_.passed.push_back(verdict.passed);
        if (verdict.passed) continue;
        why = "expected " + verdict.expected + ", actual " + verdict.actual +
              (verdict.when.empty() ? "" : " (" + verdict.when + ")") +
              (verdict.cause.empty() ? "" : "; " + verdict.cause);
      }
      if (refused != refused_.end()) grade_.passed.push_back(false);
      if (grade_.reason.empty()) grade_.reason = column(i, wanted_[i]) + ": " + one_line(why);
    }
  }

  Grade& grade_;
  std::string key_;
  const std::vector<scenario::ExpectationSpec>& wanted_;
  scenario::Refused refused_;
};

template <typename Way, typename Text>
void texts(Way& way, Text& student, Text& file, Text& points, Text& reason) {
  way.text(student);
  way.text(file);
  way.text(points);
  way.text(reason);
}

}  // namespace

std::string student_of(const std::string& folder, const std::string& file) {
  std::string rest = file;
  std::string base = folder;
  while (base.size() > 1 && base.back() == '/') base.pop_back();
  while (base.starts_with("./")) base.erase(0, 2);
  if (rest.starts_with(base + "/")) rest.erase(0, base.size() + 1);
  const std::size_t slash = rest.find('/');
  return slash != std::string::npos ? rest.substr(0, slash) : rest.substr(0, rest.rfind('.'));
}

Grade grade_file(const std::string& folder, const std::string& file, const std::string& key,
                 const std::vector<scenario::ExpectationSpec>& wanted) {
  Grade grade;
  grade.student = student_of(folder, file);
  grade.file = file;
  GradeRun(grade, key, wanted).run();
  return grade;
}

std::string pack(const Grade& grade) {
  std::string points;
  for (const bool passed : grade.passed) points += passed ? '1' : '0';
  Packer packer;
  texts<Packer, const std::string>(packer, grade.student, grade.file, points, grade.reason);
  return packer.take();
}

std::optional<Grade> unpack_grade(std::string_view bytes) {
  Grade grade;
  std::string points;
  Unpacker unpacker(bytes);
  texts(unpacker, grade.student, grade.file, points, grade.reason);
  if (!unpacker.whole()) return std::nullopt;
  for (const char c : points) grade.passed.push_back(c == '1');
  return grade;
}

std::string grades_csv(const std::vector<Grade>& grades,
                       const std::vector<scenario::ExpectationSpec>& wanted) {
  std::string out = "student,file,points,of,percent";
  for (std::size_t i = 0; i < wanted.size(); ++i) out += "," + report::cell(column(i, wanted[i]));
  out += ",reason\n";
  for (const Grade& grade : grades) {
    const auto points =
        static_cast<std::size_t>(std::count(grade.passed.begin(), grade.passed.end(), true));
    // Tenths of a percent, whole numbers: the same everywhere.
    const std::size_t tenths = wanted.empty() ? 0 : points * 1'000 / wanted.size();
    out += fmt::format("{},{},{},{},{}.{}", report::cell(grade.student), report::cell(grade.file),
                       points, wanted.size(), tenths / 10, tenths % 10);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      out += i < grade.passed.size() && grade.passed[i] ? ",pass" : ",fail";
    out += "," + report::cell(grade.reason) + "\n";
  }
  return out;
}

}  // namespace lvslab::cli
