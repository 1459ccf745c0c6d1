// What the nth run of a command on a host printed, and its exit status.
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class ConsoleOutput final : public Expectation {
 public:
  ConsoleOutput(const scenario::ExpectationSpec& spec, const scenario::Lab& lab)
      : spec_(spec.value),
        node_(node_of(lab, text_of(subject_of(spec), "host"))),
        command_(text_of(subject_of(spec), "command")) {
    const std::string nth = text_of(subject_of(spec), "nth");
    if (!nth.empty()) nth_ = std::strtoul(nth.c_str(), nullptr, 10);
  }

  void on_record(const Record& record) override {
    if (record.kind != RecordKind::kConsole || record.node != node_ ||
        record.console->command != command_)
      return;
    if (++times_ != nth_) return;
    text_ = std::string(record.console->out) + std::string(record.console->err);
    status_ = record.console->status;
  }

  Verdict judge(const scenario::Lab&, const metrics::Collector&) override {
    if (times_ < nth_) {
      return {false, "'" + command_ + "' typed " + std::to_string(nth_) + " times",
              "typed " + std::to_string(times_) + " times", ""};
    }
    Verdict all{true, "", "", ""};
    const auto expect = [&](bool held, const std::string& expected) {
      if (held) return;
      all.passed = false;
      all.expected += (all.expected.empty() ? "" : "; ") + expected;
    };
    for (const auto& [key, value] : spec_.entries) {
      if (key == "contains")
        expect(text_.find(value.scalar) != std::string::npos, "contains " + value.scalar);
      if (key == "lacks")
        expect(text_.find(value.scalar) == std::string::npos, "lacks " + value.scalar);
      if (key == "equals")
        expect(trimmed(text_) == trimmed(value.scalar), "equals " + value.scalar);
      if (key == "status") expect(count_bound(value).holds(status_), "status " + value.scalar);
    }
    if (!all.passed) all.actual = "status " + std::to_string(status_) + ", printed: " + text_;
    return all;
  }

 private:
  static std::string trimmed(std::string text) {
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  Value spec_;
  NodeIndex node_;
  std::string command_, text_;
  std::size_t nth_ = 1, times_ = 0;
  int status_ = 0;
};

}  // namespace

std::unique_ptr<Expectation> make_console(const scenario::ExpectationSpec& spec,
                                          const scenario::Lab& lab,
                                          std::vector<scenario::Message>&) {
  return std::make_unique<ConsoleOutput>(spec, lab);
}

}  // namespace lvslab::expect
