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
  if (f.latency.empty()) {
    out += fmt::format(" {:>11} {:>11} {:>11}\n", "-", "-", "-");
    return;
  }
  out += fmt::format(" {:>11} {:>11} {:>11}\n", time_text(f.latency.mean()),
                     time_text(f.latency.percentile(500)), time_text(f.latency.percentile(990)));
}

/// Open and closed loop apart: their latencies mean different things.
void traffic_table(std::string& out, const RunResult& result, bool open_loop) {
  const auto traffic = by_traffic(result);
  bool headed = false;
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    if (result.lab.scenario().load.traffics[i].is_open_loop() != open_loop) continue;
    if (!headed) {
      out += fmt::format("{:<16} {:>11} {:>9} {:>7} {:>5} {:>8} {:>11} {:>11} {:>11}\n",
                         open_loop ? "traffic" : "closed loop", "connections", "completed",
                         "failed", "open", "requests", "mean", "p50", "p99");
    }
    headed = true;
    const Figures& f = traffic[i];
    out += fmt::format("{:<16} {:>11} {:>9} {:>7} {:>5} {:>8}", result.lab.scene().traffics[i],
                       f.tally.connections, f.tally.with("completed"), f.tally.failed(),
                       f.tally.with("open"), f.requests());
    latency_cells(out, f);
  }
  if (headed) out += "\n";
}

void server_table(std::string& out, const RunResult& result) {
  const auto servers = by_real_server(result);
  if (servers.empty()) return;
  out += fmt::format("{:<16} {:>11} {:>9} {:>13} {:>8} {:>11} {:>11} {:>11}\n", "real server",
                     "connections", "share", "bytes out", "requests", "mean", "p50", "p99");
  std::uint64_t all = 0;
  for (const auto& [node, f] : servers) all += f.tally.connections;
  for (const auto& [node, f] : servers) {
    const auto mine = static_cast<double>(f.tally.connections);
    out += fmt::format("{:<16} {:>11} {:>8.1f}% {:>13} {:>8}", result.lab.scene().nodes[node].name,
                       f.tally.connections, all == 0 ? 0.0 : 100 * mine / static_cast<double>(all),
                       f.tally.bytes_down, f.requests());
    latency_cells(out, f);
  }
  out += "\n";
}

/// Nothing when no server's requests take time. The laws hold in every run: what is left is
/// rounding, or a defect of the program.
void audit_table(std::string& out, const RunResult& result) {
  const Audit found = audit(result);
  if (found.use.empty()) return;
  out +=
      fmt::format("{:<16} {:>7} {:>8} {:>8} {:>9} {:>11} {:>6} {:>9} {:>10}\n", "workers of",
                  "workers", "busy", "offered", "queue", "service", "scv", "present", "Little gap");
  for (std::size_t i = 0; i < found.use.size(); ++i) {
    const Audit::Use& use = found.use[i];
    out += fmt::format("{:<16} {:>7} {:>7.2f}% {:>8} {:>9.3f} {:>11} {:>6.3f} {:>9} {:>10.1e}\n",
                       use.name, use.workers, 100 * use.busy_share,
                       use.steady ? fmt::format("{:.2f}%", 100 * use.work_share) : "-", use.queue,
                       time_text(static_cast<std::int64_t>(use.service_mean * 1e12)),
                       use.service_scv, use.present, found.servers[i].gap);
  }
  for (const Audit::Requests& r : found.requests) {
    if (r.balanced()) continue;
    out += fmt::format("requests of {} do not add up: {} sent, {} answered, {} not, {} under way\n",
                       r.name, r.sent, r.answered, r.unanswered, r.outstanding);
  }
  out += "\n";
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
  traffic_table(out, result, true);
  traffic_table(out, result, false);
  server_table(out, result);
  audit_table(out, result);
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
