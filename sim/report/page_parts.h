// The parts of a run's report.html. Each is a <section> or empty.
#pragma once

#include <string>

#include "report/internal.h"
#include "report/page_frame.h"

namespace lvslab::report {

std::string page_traffic(const RunResult& result);
std::string page_servers(const RunResult& result);
std::string page_ends(const RunResult& result);  ///< drops, counters, IPVS tables at the end
std::string page_verdicts(const RunResult& result);
std::string page_findings(const RunResult& result);
std::string page_charts(const RunResult& result);
std::string page_owners(const RunResult& result);

}  // namespace lvslab::report
