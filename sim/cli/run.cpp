#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "cli/session.h"
#include "cli/verbs.h"
#include "compare/bounds.h"
#include "diagnose/doctor.h"
#include "report/report.h"
#include "report/rows.h"
#include "trace/json.h"
#include "trace/ladder_excerpt.h"
#include "trace/owners.h"
#include "trace/writers.h"

namespace lvslab::cli {
namespace {

/// Of the ladder in report.html.
constexpr std::size_t kLadderBytes = 48 * 1024;

using Writers = std::vector<std::unique_ptr<trace::Writer>>;

bool add_writer(Session& session, Writers& owned, Result<std::unique_ptr<trace::Writer>> writer) {
  if (!writer) {
    std::fprintf(stderr, "lvslab: %s. %s\n", writer.error().what.c_str(),
                 writer.error().hint.c_str());
    return false;
  }
  session.watchers().add(writer->get());
  owned.push_back(std::move(*writer));
  return true;
}

bool add_writers(Session& session, const Options& options, Writers& owned) {
  const trace::Scene& scene = session.lab().scene();
  if (!options.out.empty()) {
    std::error_code problem;
    std::filesystem::create_directories(options.out, problem);
    if (problem) {
      std::fprintf(stderr, "lvslab: cannot make the folder %s: %s.\n", options.out.c_str(),
                   problem.message().c_str());
      return false;
    }
    const bool frames = !options.no_frames;
    if (frames &&
        !add_writer(session, owned, trace::frames_writer(scene, options.out + "/frames.jsonl"))) {
      return false;
    }
    if (!add_writer(session, owned, trace::console_writer(scene, options.out + "/console.jsonl")))
      return false;
    if (options.pcap && !add_writer(session, owned, trace::pcapng_writer(scene, options.out)))
      return false;
  }
  return options.record.empty() ||
         add_writer(session, owned, trace::sqlite_recording(scene, options.record, session.text()));
}

/// With --out: the files that single connections go to while the run goes on.
bool open_rows(Session& session, const Options& options, std::unique_ptr<report::RowWriter>& rows) {
  if (options.out.empty()) return true;
  auto opened = report::RowWriter::open(session.lab().scene(), options.out);
  if (!opened) {
    std::fprintf(stderr, "lvslab: %s. %s\n", opened.error().what.c_str(),
                 opened.error().hint.c_str());
    return false;
  }
  rows = std::move(*opened);
  session.collector().set_sink(rows.get());
  return true;
}

void print_stats(const Session& session, const scenario::Lab& lab, double seconds) {
  (void)session;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const engine::Totals& totals = lab.world().totals();
  std::fprintf(stderr, "%.3f s wall, %llu events, %llu frame-hops, %.0f frame-hops/s, %.1f MB\n",
               seconds, static_cast<unsigned long long>(totals.events),
               static_cast<unsigned long long>(totals.frame_hops),
               static_cast<double>(totals.frame_hops) / seconds,
               static_cast<double>(usage.ru_maxrss) / 1024.0);
}

trace::JudgedRows judged_rows(const report::RunResult& result) {
  trace::JudgedRows rows;
  for (const auto& judged : result.expectations) {
    rows.expectations.push_back({judged.place.text(), judged.kind,
                                 judged.verdict.passed ? "1" : "0", judged.verdict.expected,
                                 judged.verdict.actual});
  }
  const auto seconds = [](const std::optional<Duration>& at) {
    return at ? trace::seconds12(*at) : std::string();
  };
  for (const diagnose::Finding& f : result.findings) {
    std::string cure;
    for (const diagnose::Cure& c : f.cure)
      cure += (cure.empty() ? "" : "\n") + (c.host.empty() ? "" : c.host + "# ") + c.command;
    rows.findings.push_back({f.id, std::string(diagnose::severity_name(f.severity)), f.place.text(),
                             f.summary, f.host, f.symptom, cure, f.waived, seconds(f.seen),
                             seconds(f.gone)});
  }
  return rows;
}

}  // namespace

int run_verb(const Options& options) {
  if (options.pcap && options.out.empty()) {
    std::fprintf(stderr, "lvslab run: --pcap needs --out FOLDER to write into.\n");
    return kBadInput;
  }
  const auto session = Session::open(options);
  if (session == nullptr) return kBadInput;
  if (!session->skip().empty()) {
    std::printf("skipped: %s\n", session->skip().c_str());
    return kFine;
  }
  Writers owned;
  if (!add_writers(*session, options, owned)) return kCannotWrite;
  trace::Owners owners;
  if (!options.out.empty()) session->watchers().add(&owners);
  std::optional<trace::LadderExcerpt> ladder;
  const trace::Scene& scene = session->lab().scene();
  if (!options.out.empty() && !options.no_frames && !scene.traffics.empty()) {
    ladder.emplace(scene, Tag{1, 1, 0}, kLadderBytes, options.words);
    session->watchers().add(&*ladder);
  }
  std::optional<diagnose::Doctor> doctor;
  if (!options.quiet || !options.out.empty() || !options.record.empty())
    doctor.emplace(session->lab());
  std::unique_ptr<report::RowWriter> rows;
  if (!open_rows(*session, options, rows)) return kCannotWrite;
  const bool packets =
      !options.record.empty() || (!options.out.empty() && !options.no_frames) || options.pcap;
  const auto start = std::chrono::steady_clock::now();
  const auto end =
      session->run(options, packets ? WatchLevel::kEverything : WatchLevel::kConnections);
  bool written_all = rows == nullptr || rows->finish();
  for (const auto& writer : owned) written_all = writer->finish() && written_all;
  owned.clear();
  if (!end) return kBadInput;
  if (!written_all) {
    std::fprintf(stderr, "lvslab: could not write everything: is the disk full?\n");
    return kCannotWrite;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  scenario::Lab& lab = session->lab();
  const std::string imbalance = lab.world().check_conservation();
  if (!imbalance.empty()) {
    std::fprintf(stderr, "lvslab: internal error: %s. Please report this.\n", imbalance.c_str());
    return kInternal;
  }
  if (ladder) ladder->finish();
  const auto verdicts = session->panel().judge(lab, session->collector());
  const report::RunResult result{lab,
                                 session->collector(),
                                 verdicts,
                                 LVSLAB_VERSION,
                                 *end == scenario::EndReason::kInterrupted,
                                 doctor ? doctor->findings() : std::vector<diagnose::Finding>{},
                                 &owners,
                                 session->text(),
                                 ladder ? std::string_view(ladder->text()) : std::string_view(),
                                 scene.traffics.empty() ? "" : scene.tag_text({1, 1, 0}),
                                 ladder && ladder->cut(),
                                 options.words};
  if (!options.out.empty()) {
    const auto written = report::write_files(result, options.out);
    if (!written) {
      std::fprintf(stderr, "lvslab: %s. %s\n", written.error().what.c_str(),
                   written.error().hint.c_str());
      return kCannotWrite;
    }
  }
  if (!options.record.empty() && !trace::add_to_recording(options.record, judged_rows(result))) {
    std::fprintf(stderr, "lvslab: could not write everything: is the disk full?\n");
    return kCannotWrite;
  }
  bool failed = false;
  for (const auto& judged : verdicts) failed = failed || !judged.verdict.passed;
  if (!options.quiet || failed)
    std::fputs(report::tables(result, colour_wanted(1)).c_str(), stdout);
  if (!options.quiet) {
    for (const std::string& line : compare::bounds_of(lab.scenario()))
      std::printf("theory: %s\n", line.c_str());
  }
  if (options.stats) print_stats(*session, lab, seconds);
  if (result.interrupted) return kInterrupted;
  return failed ? kFailed : kFine;
}

}  // namespace lvslab::cli
