// The command line: one verb a file and one line in table.cpp. Results go to stdout, messages to
// stderr. Exit status: 0 fine, 1 an expectation failed, 2 bad usage or input, 3 could not write or
// nothing to run, 4 internal error, 130 interrupted.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/lang.h"

namespace lvslab::cli {

int main(int argc, char** argv);

enum ExitStatus : int {
  kFine = 0,
  kFailed = 1,
  kBadInput = 2,
  kCannotWrite = 3,
  kInternal = 4,
  kInterrupted = 130
};

/// What `test` can be given.
struct TestOptions {
  std::vector<std::string> paths;
  std::string junit, filter;
  bool tap = false, github = false, update_golden = false;
  unsigned jobs = 0;  ///< 0: one a processor
  std::uint64_t orders = 1;
};

/// What `compare` can be given.
struct CompareOptions {
  std::vector<std::string> vary;
  std::string baseline, against, resume, warm_up, half_width, threshold, knee;
  std::uint32_t replications = 0, max_replications = 0;  ///< 0: the file's
  unsigned jobs = 0;                                     ///< 0: one a processor
};

/// What `validate` can be given.
struct ValidateOptions {
  bool all = false;
  std::string only;
  std::size_t coverage = 0;  ///< seeds; 0: cases instead
  std::uint64_t requests = 20'000;
  unsigned jobs = 0;
};

/// What `grade` can be given.
struct GradeOptions {
  std::string folder, key, out;
  unsigned jobs = 0;
};

/// Everything any verb can be given, as parsed.
struct Options {
  std::string verb;
  std::string file;              ///< first word after the verb: a file, or what to list
  std::vector<std::string> set;  ///< NAME=VALUE
  std::optional<std::uint64_t> seed;
  std::uint64_t tie_seed = 0;
  std::string out, record, until, connection, format;
  std::string host, duration;     ///< live
  std::vector<std::string> maps;  ///< live: INTERFACE=REAL
  bool trace = false;             ///< live
  bool no_frames = false;
  bool pcap = false, stats = false, quiet = false;
  bool progress = false;  ///< run: how far it is on stderr, a line each time, for programs
  bool stages = false;    ///< explain
  bool quiz = false, answers = false;  ///< explain
  std::string folder;                  ///< list lessons: where they are; empty: those shipped
  GradeOptions grade;
  TestOptions test;
  CompareOptions compare;
  ValidateOptions validate;
  std::vector<std::string> files;  ///< check: all; diff: two
  std::string what_if;             ///< diff: HOST: COMMAND
  bool collect = false;            ///< import
  lang::Words words{};             ///< run --out, explain, compare --out: of what people read
};

struct VerbEntry {
  std::string_view name;
  int (*run)(const Options& options);  ///< null: not yet
  std::string_view about;
};
std::span<const VerbEntry> verbs();

/// Set by Ctrl-C and SIGTERM; verbs look at it between events and write what they have.
extern std::atomic<bool> interrupted;

bool colour_wanted(int file_descriptor);

}  // namespace lvslab::cli
