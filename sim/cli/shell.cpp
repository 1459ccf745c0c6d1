// The prompt on a running lab. A line is either one of the prompt's own words (time, steps, the way
// of a packet) or a command for the host at hand; commands take simulated time as they do in a
// scenario.
#include <algorithm>
#include <cstdio>
#include <span>

#include "cli/prompt.h"
#include "cli/shell_lab.h"
#include "cli/verbs.h"
#include "scenario/units.h"

namespace lvslab::cli {
namespace {

constexpr Duration kLongestWait = Duration::seconds(3600);

constexpr std::string_view kHelp =
    "COMMAND              runs it on the host at hand, as typed there\n"
    "HOST# COMMAND        goes to HOST and runs it; HOST# or 'on HOST' alone only goes there\n"
    "run [2s]             lets time pass; without a time until all traffic is done\n"
    "step [N]             the next thing that happens, with its reasons\n"
    "until 'EXPR'         until a frame fits EXPR (fields: lvslab list fields), an hour at most\n"
    "back [N]             undoes the last line (or N lines) that changed something\n"
    "explain [web/1|all]  the way of the last packet, of a connection, of everything so far\n"
    "hosts, time          who is there, when it is\n"
    "exit                 ends (so does the end of the input)\n";

std::string trimmed(const std::string& text) {
  const std::size_t from = text.find_first_not_of(" \t"), to = text.find_last_not_of(" \t");
  return from == std::string::npos ? "" : text.substr(from, to - from + 1);
}

std::string unquoted(const std::string& text) {
  if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
      text.back() == text.front())
    return text.substr(1, text.size() - 2);
  return text;
}

class Shell {
 public:
  Shell(const Options& options, std::unique_ptr<ShellLab> lab)
      : options_(options), lab_(std::move(lab)) {
    lab_->show_console(true);
    lab_->news();
    const auto& hosts = lab_->lab().scenario().hosts;
    for (std::size_t i = 0; i < hosts.size() && host_ == 0; ++i) {
      if (hosts[i].role == "director") host_ = i;
    }
  }

  int serve() {
    std::printf("%s: ready at %s. help tells what can be typed.\n",
                lab_->lab().scene().title.empty() ? options_.file.c_str()
                                                  : lab_->lab().scene().title.c_str(),
                clock().c_str());
    while (!done_) {
      const auto line = prompt_.line(lab_->lab().machine(host_).name() + "# ");
      if (!line) break;
      interrupted = false;
      obey(trimmed(*line));
      std::fflush(stdout);
    }
    lab_->lab().finish();
    return mistaken_ && !prompt_.terminal() ? kBadInput : kFine;
  }

 private:
  struct Word {
    std::string_view name;
    void (Shell::*act)(const std::string& rest);
  };
  static std::span<const Word> words();

  std::string clock() const {
    char text[64];
    std::snprintf(text, sizeof text, "%.9f s", lab_->now().since_start().in_seconds());
    return text;
  }
  void mistake(const std::string& what) {
    std::fprintf(stderr, "prompt:%d:1: %s\n", prompt_.number(), what.c_str());
    mistaken_ = true;
  }

  void obey(std::string line) {
    const std::size_t mark = line.find('#');
    if (mark != std::string::npos && mark > 0) {
      const int named = lab_->lab().find_host(line.substr(0, mark));
      if (named >= 0) {
        host_ = static_cast<std::size_t>(named);
        line = trimmed(line.substr(mark + 1));
      }
    }
    if (line.empty() || line[0] == '#') return;
    const std::size_t space = line.find_first_of(" \t");
    const std::string first = line.substr(0, space);
    const std::string rest = space == std::string::npos ? "" : trimmed(line.substr(space));
    const bool loop = first == "until" && rest.find("; do") != std::string::npos;
    for (const Word& word : words()) {
      if (word.name == first && !loop) return (this->*word.act)(rest);
    }
    command(line);
  }

  // What was done is kept with the place it ended at.
  void keep(ShellAct act) {
    act.events = lab_->events();
    act.until = lab_->now();
    history_.push_back(std::move(act));
    if (lab_->session().print_runtime_errors()) mistaken_ = true;
  }

  void command(const std::string& line) {
    admin::Machine& machine = lab_->lab().machine(host_);
    if (machine.shell_busy())
      return mistake(machine.name() + " is still at its last command. Let time pass: run 1s");
    lab_->set_foreground(host_);
    if (!lab_->start(host_, line, prompt_.number())) {
      mistaken_ = true;
      return;
    }
    const auto ended = [&] { return !machine.shell_busy(); };
    const ShellLab::Stop stop = lab_->advance(lab_->now() + kLongestWait, ended);
    lab_->set_foreground(std::nullopt);
    keep({.host = host_, .script = line, .line = prompt_.number()});
    if (stop != ShellLab::Stop::kEnough)
      std::printf("(%s is still at it, at %s)\n", machine.name().c_str(), clock().c_str());
    lab_->news();
  }

  void run(const std::string& rest) {
    Instant limit = lab_->now() + kLongestWait;
    bool to_the_end = rest.empty();
    if (!to_the_end) {
      const bool moment = rest.front() == '@';
      const auto time = scenario::parse_duration(moment ? rest.substr(1) : rest);
      if (!time) return mistake(time.error().what + ". " + time.error().hint);
      limit = moment ? Instant::at(*time) : lab_->now() + *time;
    } else if (lab_->lab().scenario().duration) {
      to_the_end = false;
      limit = std::max(lab_->now(), lab_->lab().ready() + *lab_->lab().scenario().duration);
    }
    const ShellLab::Stop stop =
        lab_->advance(limit, [&] { return to_the_end && lab_->lab().over(); });
    keep({});
    lab_->news();
    std::printf("%s at %s\n", stop == ShellLab::Stop::kInterrupted ? "stopped" : "now",
                clock().c_str());
  }

  void step(const std::string& rest) {
    char* end = nullptr;
    const unsigned long wanted = rest.empty() ? 1 : std::strtoul(rest.c_str(), &end, 10);
    if (wanted == 0 || wanted > 1'000'000 || (end != nullptr && *end != '\0'))
      return mistake("step wants a number from 1 to 1000000");
    lab_->news();
    const Instant limit = lab_->now() + kLongestWait;
    for (unsigned long i = 0; i < wanted; ++i) {
      std::string news;
      const auto told = [&] { return !(news = lab_->news()).empty(); };
      const ShellLab::Stop stop = lab_->advance(limit, told);
      std::fputs(news.c_str(), stdout);
      if (stop != ShellLab::Stop::kEnough) {
        std::printf("nothing more happens, at %s\n", clock().c_str());
        break;
      }
    }
    keep({});
  }

  void until(const std::string& rest) {
    auto filter = trace::FrameFilter::parse(unquoted(rest));
    if (!filter) return mistake(filter.error().what + ". " + filter.error().hint);
    lab_->look_for(std::move(*filter));
    lab_->advance(lab_->now() + kLongestWait, [&] { return !lab_->found().empty(); });
    if (lab_->found().empty())
      std::printf("no such frame, at %s\n", clock().c_str());
    else
      std::printf("%s  %s\n", clock().c_str(), lab_->found().c_str());
    lab_->look_for(std::nullopt);
    keep({});
    lab_->news();
  }

  // The same run once more, up to where it is now.
  std::unique_ptr<ShellLab> again(std::span<const ShellAct> acts, const ShellLab::Extra& ladder) {
    auto lab = ShellLab::open(options_, ladder);
    for (const ShellAct& act : acts) {
      if (lab == nullptr || !lab->repeat(act)) return nullptr;
    }
    return lab;
  }

  void back(const std::string& rest) {
    char* end = nullptr;
    const unsigned long wanted = rest.empty() ? 1 : std::strtoul(rest.c_str(), &end, 10);
    if (wanted == 0 || (end != nullptr && *end != '\0')) return mistake("back wants a number");
    if (wanted > history_.size())
      return mistake("there are only " + std::to_string(history_.size()) + " lines to undo");
    const std::size_t kept = history_.size() - wanted;
    auto lab = again(std::span(history_).first(kept),
                     [](const trace::Scene& scene) { return trace::Ladder::make(scene, {}); });
    if (lab == nullptr) return mistake("stopped on the way: nothing was undone");
    lab_ = std::move(lab);
    history_.resize(kept);
    lab_->news();
    lab_->show_console(true);
    std::printf("back at %s\n", clock().c_str());
  }

  void explain(const std::string& rest) {
    trace::LadderOptions how;
    how.colour = colour_wanted(1);
    if (rest.empty()) {
      if (lab_->last_packet() == 0) return mistake("no packet has moved yet. Try: run 1s");
      how.packet = lab_->last_packet();
    } else if (rest != "all") {
      how.connection = find_connection(lab_->lab().scene(), rest);
      if (!how.connection) return mistake("no connection '" + rest + "'. Name one as web/1");
    }
    const auto lab =
        again(history_, [&](const trace::Scene& scene) { return trace::Ladder::make(scene, how); });
    if (lab == nullptr) return mistake("stopped on the way");
    std::fputs(lab->news().c_str(), stdout);
  }

  void on(const std::string& rest) {
    const int named = lab_->lab().find_host(rest);
    if (named < 0) return mistake("no host '" + rest + "'. See: hosts");
    host_ = static_cast<std::size_t>(named);
  }

  void hosts(const std::string&) {
    for (const auto& host : lab_->lab().scenario().hosts)
      std::printf("%-12s %s\n", host.name.c_str(), host.role.c_str());
  }

  void time(const std::string&) {
    std::printf("%s, ready at %.9f s, %llu events\n", clock().c_str(),
                lab_->lab().ready().since_start().in_seconds(),
                static_cast<unsigned long long>(lab_->events()));
  }

  void help(const std::string&) { std::fputs(kHelp.data(), stdout); }
  void leave(const std::string&) { done_ = true; }

  const Options& options_;
  std::unique_ptr<ShellLab> lab_;
  Prompt prompt_;
  std::vector<ShellAct> history_;
  std::size_t host_ = 0;
  bool done_ = false, mistaken_ = false;
};

std::span<const Shell::Word> Shell::words() {
  static constexpr Word kWords[] = {
      {"run", &Shell::run},    {"step", &Shell::step},       {"until", &Shell::until},
      {"back", &Shell::back},  {"explain", &Shell::explain}, {"on", &Shell::on},
      {"time", &Shell::time},  {"hosts", &Shell::hosts},     {"help", &Shell::help},
      {"exit", &Shell::leave}, {"quit", &Shell::leave},
  };
  return kWords;
}

}  // namespace

int shell_verb(const Options& options) {
  auto lab = ShellLab::open(options);
  if (lab == nullptr) return kBadInput;
  return Shell(options, std::move(lab)).serve();
}

}  // namespace lvslab::cli
