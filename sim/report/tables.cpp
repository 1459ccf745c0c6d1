// The tables on the terminal: short, aligned, and what failed in full.
#include <algorithm>

#include "diagnose/doctor.h"
#include "fmt/format.h"
#include "report/internal.h"

namespace lvslab::report {
namespace {

std::string time_text(std::int64_t ps) {
  const double s = static_cast<double>(ps) * 1e-12;
  if (ps >= 1'000'000'000'000) return fmt::format("{:.3f} s", s);
  if (ps >= 1'000'000'000) return fmt::format("{:.3f} ms", s * 1e3);
  return fmt::format("{:.2f} us", s * 1e6);
}

void latency_cells(std::string& out, const Figures& f) {
  if (f.latencies.empty()) {
    out += fmt::format(" {:>11} {:>11} {:>11}\n", "-", "-", "-");
    return;
  }
  out += fmt::format(" {:>11} {:>11} {:>11}\n", time_text(f.mean()), time_text(f.percentile(500)),
                     time_text(f.percentile(990)));
}

}  // namespace

std::string tables(const RunResult& result, bool colour) {
  const engine::World& world = result.lab.world();
  std::string out;
  if (!result.lab.scenario().title.empty()) out += result.lab.scenario().title + "\n";
  out += fmt::format(
      "{} simulated, ready at {}, {} frames sent, {} received, {} lost, {} in flight\n\n",
      time_text(world.now().ps()),
      result.lab.is_ready() ? time_text(result.lab.ready().ps()) : "no time",
      world.totals().frames_sent, world.totals().frame_hops, world.totals().frames_lost,
      world.totals().in_flight());
  const auto traffic = by_traffic(result);
  if (!traffic.empty()) {
    out +=
        fmt::format("{:<16} {:>11} {:>9} {:>7} {:>5} {:>8} {:>11} {:>11} {:>11}\n", "traffic",
                    "connections", "completed", "failed", "open", "requests", "mean", "p50", "p99");
    for (std::size_t i = 0; i < traffic.size(); ++i) {
      const Figures& f = traffic[i];
      out += fmt::format("{:<16} {:>11} {:>9} {:>7} {:>5} {:>8}", result.lab.scene().traffics[i],
                         f.connections, f.completed, f.failed, f.open, f.requests);
      latency_cells(out, f);
    }
    out += "\n";
  }
  const auto servers = by_real_server(result);
  if (!servers.empty()) {
    out += fmt::format("{:<16} {:>11} {:>9} {:>13} {:>8} {:>11} {:>11} {:>11}\n", "real server",
                       "connections", "share", "bytes out", "requests", "mean", "p50", "p99");
    std::uint64_t all = 0;
    for (const auto& [node, f] : servers) all += f.connections;
    for (const auto& [node, f] : servers) {
      out += fmt::format(
          "{:<16} {:>11} {:>8.1f}% {:>13} {:>8}", result.lab.scene().nodes[node].name,
          f.connections,
          all == 0 ? 0.0 : 100.0 * static_cast<double>(f.connections) / static_cast<double>(all),
          f.bytes_down, f.requests);
      latency_cells(out, f);
    }
    out += "\n";
  }
  std::string drops;
  for (std::size_t i = 1; i < static_cast<std::size_t>(DropReason::kDropReasonCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    if (world.dropped(reason) == 0) continue;
    drops += fmt::format("  {:<22} {:>8}  {}\n", drop_reason_name(reason), world.dropped(reason),
                         drop_reason_sentence(reason));
  }
  if (!drops.empty()) out += "packets that ended otherwise\n" + drops + "\n";
  if (!result.findings.empty())
    out += "findings\n" + diagnose::to_text(result.findings, colour) + "\n";
  std::size_t passed = 0;
  for (const auto& judged : result.expectations) {
    if (judged.verdict.passed) {
      ++passed;
      continue;
    }
    const std::string mark = colour ? "\033[1;31mFAILED\033[0m" : "FAILED";
    out += fmt::format("{} {}: {}\n  expected: {}\n  actual:   {}\n", mark, judged.place.text(),
                       judged.kind, judged.verdict.expected, judged.verdict.actual);
    if (!judged.verdict.when.empty()) out += "  when:     " + judged.verdict.when + "\n";
    if (!judged.verdict.cause.empty()) out += "  cause:    " + judged.verdict.cause + "\n";
  }
  if (!result.expectations.empty())
    out += fmt::format("expectations: {} held, {} failed\n", passed,
                       result.expectations.size() - passed);
  return out;
}

}  // namespace lvslab::report
