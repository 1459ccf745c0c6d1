#include "cli/shell_lab.h"

#include <cstdio>
#include <cstdlib>

#include "wire/dissect.h"

namespace lvslab::cli {
namespace {

// The ladder is only read after single steps: what came in between is let go every so often.
constexpr std::uint64_t kForgetEvery = 1 << 12;

std::string_view word_or(std::string_view text, std::string_view otherwise) {
  return text.empty() ? otherwise : text;
}

}  // namespace

std::unique_ptr<ShellLab> ShellLab::open(const Options& options) {
  return open(options, [](const trace::Scene& scene) { return trace::Ladder::make(scene, {}); });
}

std::unique_ptr<ShellLab> ShellLab::open(const Options& options, const Extra& ladder) {
  auto shell = std::make_unique<ShellLab>();
  shell->session_ = Session::open(options);
  if (shell->session_ == nullptr) return nullptr;
  shell->ladder_ = ladder(shell->lab().scene());
  shell->session_->watchers().add(shell->ladder_.get());
  shell->session_->watchers().add(shell.get());
  if (!shell->session_->prepare(WatchLevel::kEverything)) return nullptr;
  shell->lab().begin();
  const Stop stop =
      shell->advance(Instant::at(Duration::seconds(3600)), [&] { return shell->lab().is_ready(); });
  if (shell->session_->print_runtime_errors()) return nullptr;
  if (stop == Stop::kTime)
    std::fprintf(stderr, "lvslab shell: the start scripts have not ended within an hour.\n");
  return shell;
}

ShellLab::Stop ShellLab::advance(Instant limit, const std::function<bool()>& enough) {
  for (std::uint64_t steps = 1; !enough(); ++steps) {
    if (interrupted) return Stop::kInterrupted;
    if (!lab().step(limit)) return enough() ? Stop::kEnough : Stop::kTime;
    if (steps % kForgetEvery == 0) news();
  }
  return Stop::kEnough;
}

bool ShellLab::start(std::size_t host, const std::string& text, int line) {
  std::vector<admin::PlacedError> errors;
  auto script = std::make_shared<const admin::Script>(
      admin::Script::parse(text, {"prompt", line, 1}, errors));
  for (const admin::PlacedError& error : errors) {
    std::fprintf(stderr, "prompt:%d:%d: %s. %.*s\n", error.line, error.column, error.what.c_str(),
                 static_cast<int>(word_or(error.hint, "help tells what a prompt knows").size()),
                 word_or(error.hint, "help tells what a prompt knows").data());
  }
  if (!errors.empty()) return false;
  lab().world().act(static_cast<NodeIndex>(host),
                    [&](Turn& turn) { lab().machine(host).run(turn, script); });
  return true;
}

bool ShellLab::repeat(const ShellAct& act) {
  show_ = false;
  if (!act.script.empty() && !start(act.host, act.script, act.line)) return false;
  const auto there = [&] { return events() >= act.events; };
  if (advance(act.until, there) == Stop::kInterrupted) return false;
  if (now() < act.until) lab().world().run_until(act.until);
  return true;
}

void ShellLab::look_for(std::optional<trace::FrameFilter> filter) {
  filter_ = std::move(filter);
  found_.clear();
}

void ShellLab::on_record(const Record& record) {
  switch (record.kind) {
    case RecordKind::kConsole:
      return console(record);
    case RecordKind::kFrameIn:
    case RecordKind::kFrameOut:
      break;
    default:
      return;
  }
  last_packet_ = record.packet;
  if (!filter_ || !found_.empty()) return;
  const trace::SceneNode& node = lab().scene().nodes[record.node];
  const bool raw =
      record.interface < node.interfaces.size() && node.interfaces[record.interface].raw_ip;
  const auto layers = wire::dissect(record.bytes, record.zeros,
                                    raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
  if (!filter_->matches(layers)) return;
  found_ = lab().scene().interface_text(record.node, record.interface) +
           (record.kind == RecordKind::kFrameIn ? " in: " : " out: ") + wire::summary(layers);
}

void ShellLab::console(const Record& record) const {
  if (!show_) return;
  const ConsoleText& text = *record.console;
  if (!foreground_ || *foreground_ != record.node) {
    std::printf("[%.9f s] %s# %.*s\n", record.time.since_start().in_seconds(),
                session_->lab().scene().nodes[record.node].name.c_str(),
                static_cast<int>(text.command.size()), text.command.data());
  }
  std::fwrite(text.out.data(), 1, text.out.size(), stdout);
  std::fwrite(text.err.data(), 1, text.err.size(), stdout);
}

std::optional<Tag> find_connection(const trace::Scene& scene, const std::string& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  char* end = nullptr;
  const unsigned long number = std::strtoul(text.c_str() + slash + 1, &end, 10);
  if (*end != '\0' || number == 0 || number > 0xffffffffUL) return std::nullopt;
  for (std::size_t i = 0; i < scene.traffics.size(); ++i) {
    if (scene.traffics[i] == text.substr(0, slash)) {
      return Tag{static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(number), 0};
    }
  }
  return std::nullopt;
}

}  // namespace lvslab::cli
