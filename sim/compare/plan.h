// A comparison before it is run: the file, the cells with what each changes, how often and how
// long. The scenario's `compare` and the command line put together; every mistake in one go.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::compare {

/// What the command line says; what it does not, the file does.
struct Request {
  std::string file;
  std::vector<std::pair<std::string, std::string>> set;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> vary;  ///< "N=a,b", "N=1..10"
  std::string baseline, warm_up, half_width, threshold, knee;
  std::optional<std::uint32_t> replications, max_replications;
};

struct Cell {
  std::string name;
  std::vector<std::string> values;  ///< of each dimension
  std::vector<std::pair<std::string, std::string>> set;
  std::string variant;
  std::uint64_t fingerprint = 0;       ///< of all that decides its runs but the replication
  std::optional<std::size_t> against;  ///< its baseline; nothing: it is one
};

struct Knee {
  bool highest = true;
  std::size_t dimension = 0;
  std::string metric, op;
  double bound = 0;  ///< seconds for latencies
  std::string text;
};

struct Plan {
  std::string file, title;
  std::uint64_t seed = 1;
  scenario::CompareSpec spec;  ///< with the command line's changes
  std::vector<std::string> dimensions;
  std::vector<Cell> cells;
  std::uint32_t replications = 20, most = 200;
  std::vector<std::string> metrics;
  std::optional<Knee> knee;
  std::vector<std::string> problems;
};

/// The scenario of one cell, read afresh.
scenario::ReadResult read_cell(const Request& request, const Cell& cell);

/// `read` is of the file as it stands and without errors. With problems the plan is of no use;
/// those of a cell's scenario go to `errors` with its lines.
Plan make_plan(const Request& request, const scenario::ReadResult& read,
               std::vector<scenario::ReadResult>& broken);

}  // namespace lvslab::compare
