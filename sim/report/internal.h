// What the files of this folder share.
#pragma once

#include "report/report.h"

namespace lvslab::report {

std::string connections_csv(const RunResult& result);
std::string requests_csv(const RunResult& result);
std::string series_csv(const RunResult& result);
Duration bin_width(const RunResult& result);

/// Figures of a group of connections and requests (a traffic, a real server).
struct Figures {
  std::uint64_t connections = 0, completed = 0, failed = 0, open = 0, requests = 0, bytes_up = 0,
                bytes_down = 0;
  std::uint64_t retransmissions = 0, peak_active = 0;
  Duration active_time;                 ///< sum over connections of the time they were open
  std::vector<std::int64_t> latencies;  ///< ps, sorted
  std::int64_t percentile(unsigned thousandths) const;  ///< nearest rank; 0 without requests
  std::int64_t mean() const;
};
std::vector<Figures> by_traffic(const RunResult& result);
/// Hosts that served something or that a director picked, ascending by node.
std::vector<std::pair<NodeIndex, Figures>> by_real_server(const RunResult& result);
/// (sum x)^2 / (n sum x^2): 1 when all have the same share.
double jain_index(const std::vector<std::pair<NodeIndex, Figures>>& servers);

}  // namespace lvslab::report
