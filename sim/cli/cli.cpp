#include "cli/cli.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "cli/verbs.h"

namespace lvslab::cli {

std::atomic<bool> interrupted{false};

bool colour_wanted(int file_descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(file_descriptor) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

void add_language_option(CLI::App& verb, Options& options) {
  verb.add_option_function<std::string>(
          "--lang",
          [&options](const std::string& name) {
            options.words = lang::language_of(name).value_or(lang::Language::kEnglish);
          },
          "the language of ladders and pages: " + lang::known_languages())
      ->check([](const std::string& name) {
        return lang::language_of(name)
                   ? std::string()
                   : "there is no language '" + name + "'; known: " + lang::known_languages();
      });
}

namespace {

extern "C" void on_interrupt(int) {
  if (interrupted.exchange(true)) std::_Exit(kInterrupted);  // the second Ctrl-C does not wait
}

void add_run_options(CLI::App& verb, Options& options, bool until = true) {
  verb.add_option("FILE", options.file, "the scenario file")->required();
  verb.add_option("--set", options.set, "NAME=VALUE: another value for a param or name")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--seed", options.seed, "seed of all chance (default: the file's)")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("--tie-seed", options.tie_seed,
                  "another reproducible order of simultaneous events");
  if (until)
    verb.add_option("--until", options.until, "stop at this simulated time, as 5s or 20ms");
}

void add_check_options(CLI::App& verb, Options& options) {
  verb.add_option("FILE", options.files, "scenario files")->required();
  verb.add_option("--format", options.format, "text, json or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}));
  verb.add_option("--set", options.set, "NAME=VALUE: another value for a param or name")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.footer(
      "Start scripts run, traffic and timeline do not. Exit status: 0 nothing found, 1 something\n"
      "was (what the scenario waives aside), 2 bad usage or input.");
}

void add_live_options(CLI::App& verb, Options& options) {
  verb.add_option("FILE", options.file, "the scenario file")->required();
  verb.add_option("--host", options.host, "the host of the file to be")->required();
  verb.add_option("--map", options.maps,
                  "INTERFACE=REAL: the real interface that one of the host's is (default: the one "
                  "of the same name)")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--duration", options.duration,
                  "end by itself so long after the start script, as 10s");
  verb.add_flag("--trace", options.trace, "print the ladder as it happens");
  verb.add_option("--set", options.set, "NAME=VALUE: another value for a param or name")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.footer(
      "The host runs as in the simulator, but on packet sockets: its start script sets it up, its\n"
      "share of the traffic starts when the script has ended, and the rest of the file (other\n"
      "hosts, links, timeline, expectations) is left alone. Its interfaces have the MAC and MTU "
      "of\n"
      "the real ones unless the file gives others. Needs root or CAP_NET_RAW, in the network\n"
      "namespace of the interfaces; keep the kernel's own stack off them: no address, arp off.\n"
      "Ctrl-C or SIGTERM ends it with a summary. Exit status: 0, 2 bad usage or input, 3 a packet\n"
      "socket could not be opened or its interface went away, 130 stopped before --duration.");
}

void add_verb(CLI::App& app, const VerbEntry& entry, Options& options) {
  CLI::App* verb = app.add_subcommand(std::string(entry.name), std::string(entry.about));
  if (entry.name == "run") {
    add_run_options(*verb, options);
    verb->add_option("--out", options.out,
                     "write summary.json, frames.jsonl, *.csv ... to this folder");
    verb->add_option("--record", options.record, "write a recording (SQLite) to this file");
    verb->add_flag("--pcap", options.pcap,
                   "with --out: a pcapng file per interface and all.pcapng");
    verb->add_flag(
        "--no-frames", options.no_frames,
        "with --out: no frames.jsonl, so that nothing watches single frames (long runs)");
    verb->add_flag("--stats", options.stats, "print wall time, events and memory to stderr");
    verb->add_flag("--quiet", options.quiet, "print only what went wrong");
    add_language_option(*verb, options);
    verb->add_flag("--progress", options.progress,
                   "lines on stderr that say how far it is, for programs that start this one");
  } else if (entry.name == "explain") {
    add_run_options(*verb, options);
    add_language_option(*verb, options);
    verb->add_option("--connection", options.connection, "only this one, as web/1");
    verb->add_flag("--stages", options.stages,
                   "the stations of one packet and of its reply through every host");
    verb->add_option("--format", options.format, "text or mermaid; with --stages also svg or html")
        ->check(CLI::IsMember({"text", "mermaid", "svg", "html"}));
    verb->add_flag("--quiz", options.quiz,
                   "a lesson: its questions, then the answers and the events that show them; on a "
                   "terminal it asks them one by one and keeps the score");
    verb->add_flag("--answers", options.answers,
                   "with --quiz: print questions and answers on a terminal too");
    verb->footer(
        "--quiz needs a file with `lesson` (see `lvslab list lessons`). Exit status: 0 fine, 1 an\n"
        "answer of the lesson is not what the run shows, 2 bad usage or input or no lesson.");
  } else if (entry.name == "graph") {
    verb->add_option("FILE", options.file, "the scenario file")->required();
    verb->add_option("--set", options.set, "NAME=VALUE")
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
    verb->add_option("--format", options.format, "dot, graphml or svg")
        ->check(CLI::IsMember({"dot", "graphml", "svg"}));
  } else if (entry.name == "check") {
    add_check_options(*verb, options);
  } else if (entry.name == "shell") {
    add_run_options(*verb, options, false);
    verb->footer("At the prompt: help says what can be typed besides the hosts' own commands.");
  } else if (entry.name == "live") {
    add_live_options(*verb, options);
  } else if (entry.name == "test") {
    add_test_options(*verb, options);
  } else if (entry.name == "compare") {
    add_compare_options(*verb, options);
  } else if (entry.name == "validate") {
    add_validate_options(*verb, options);
  } else if (entry.name == "diff") {
    add_diff_options(*verb, options);
  } else if (entry.name == "grade") {
    add_grade_options(*verb, options);
  } else if (entry.name == "import") {
    add_import_options(*verb, options);
  } else if (entry.name == "list") {
    verb->add_option("WHAT", options.file,
                     "schedulers modes commands expectations fields limits findings lessons")
        ->required();
    verb->add_option("FOLDER", options.folder, "lessons: where they are (default: those shipped)");
    verb->add_option("--format", options.format, "lessons: text, or json with their questions")
        ->check(CLI::IsMember({"text", "json"}));
  }
}

// What the parser would only call a missing subcommand: a verb nobody knows, or one that is still
// to come.
int refuse_verb(const std::string& word) {
  std::string known;
  for (const VerbEntry& entry : verbs()) {
    if (entry.name == word) {
      if (entry.run != nullptr || word == "gui") return kFine;
      std::fprintf(stderr, "lvslab %s: not yet: %s comes with a later version.\n", word.c_str(),
                   word.c_str());
      return kBadInput;
    }
    if (entry.run != nullptr) known += (known.empty() ? "" : ", ") + std::string(entry.name);
  }
  std::fprintf(stderr, "lvslab: there is no verb '%s'. One of: %s.\n", word.c_str(), known.c_str());
  return kBadInput;
}

int dispatch(int argc, char** argv) {
  if (argc > 1 && argv[1][0] != '-') {
    const int refused = refuse_verb(argv[1]);
    if (refused != kFine) return refused;
  }
  if (argc > 1 && std::string_view(argv[1]) == "gui") return gui_verb(argc, argv);
  Options options;
  CLI::App app("lvslab: watch, compare and test Linux Virtual Server topologies", "lvslab");
  app.fallthrough();
  app.set_version_flag("--version", std::string("lvslab ") + LVSLAB_VERSION);
  app.require_subcommand(1);
  for (const VerbEntry& entry : verbs()) add_verb(app, entry, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int status = app.exit(e);
    return status == 0 ? kFine : kBadInput;
  }
  for (const VerbEntry& entry : verbs()) {
    if (entry.run == nullptr || !app.got_subcommand(std::string(entry.name))) continue;
    options.verb = entry.name;
    return entry.run(options);
  }
  return kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const int status = dispatch(argc, argv);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      std::fprintf(stderr, "lvslab: could not write the results\n");
      return kCannotWrite;
    }
    return status;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "lvslab: internal error: %s. Please report this.\n", e.what());
    return kInternal;
  }
}

}  // namespace lvslab::cli
