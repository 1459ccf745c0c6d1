#include "diagnose/doctor.h"

#include <algorithm>
#include <tuple>

#include "diagnose/survey.h"
#include "diagnose/trips.h"

namespace lvslab::diagnose {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

const FindingEntry* find_entry(std::string_view id) {
  for (const FindingEntry& entry : finding_entries()) {
    if (entry.id == id) return &entry;
  }
  return nullptr;
}

void Report::add(Finding finding) {
  const FindingEntry* entry = find_entry(finding.id);
  LVSLAB_CHECK(entry != nullptr);
  finding.severity = entry->severity;
  const bool known = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& f) {
    return f.id == finding.id && f.host == finding.host && f.summary == finding.summary;
  });
  if (!known) findings_.push_back(std::move(finding));
}

bool Report::has(std::string_view id, std::string_view host) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& f) { return f.id == id && f.host == host; });
}

bool Report::has(std::string_view id) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& f) { return f.id == id; });
}

bool Report::has_error(std::string_view host) const {
  return std::any_of(findings_.begin(), findings_.end(), [&](const Finding& f) {
    return f.severity == Severity::kError && f.host == host;
  });
}

namespace {

void waive(const scenario::Scenario& scenario, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    for (const scenario::Waiver& waiver : scenario.waivers) {
      const bool here = waiver.host.empty() || waiver.host == finding.host;
      if (here && waiver.finding == finding.id) finding.waived = waiver.reason;
    }
  }
}

void order(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tuple(static_cast<int>(b.severity), a.seen.value_or(Duration{}).ps()) <
           std::tuple(static_cast<int>(a.severity), b.seen.value_or(Duration{}).ps());
  });
}

}  // namespace

std::vector<Finding> examine(scenario::Lab& lab, const ConsoleLog& console) {
  const Survey survey(lab, console);
  Report report;
  // A family's ids stand together, and one look finds them all.
  void (*last)(const Survey&, Report&) = nullptr;
  for (const FindingEntry& entry : finding_entries()) {
    if (entry.look == nullptr || entry.look == last) continue;
    entry.look(survey, report);
    last = entry.look;
  }
  std::vector<Finding> findings = report.take();
  waive(lab.scenario(), findings);
  order(findings);
  return findings;
}

Doctor::Doctor(scenario::Lab& lab) : lab_(lab) {
  lab_.on_command(
      [this](std::size_t host, const admin::ConsoleEntry& entry) { console_.add(host, entry); });
  lab_.on_ready([this](scenario::Lab&) { look(); });
  lab_.on_timeline([this](scenario::Lab&) {
    if (looks_++ < kMostLooks) look();
  });
}

void Doctor::look() {
  const Duration now = lab_.world().now().since_start();
  const bool later = lab_.is_ready() && lab_.world().now() > lab_.ready();
  std::vector<Finding> present = examine(lab_, console_);
  const auto same = [](const Finding& a, const Finding& b) {
    return a.id == b.id && a.host == b.host && a.summary == b.summary;
  };
  const auto among = [&](const std::vector<Finding>& all, const Finding& one) {
    return std::any_of(all.begin(), all.end(), [&](const Finding& f) { return same(f, one); });
  };
  for (Finding& known : findings_) {
    const bool still = among(present, known);
    if (still) known.gone.reset();
    if (!still && !known.gone) known.gone = now;
  }
  for (Finding& finding : present) {
    if (among(findings_, finding)) continue;
    if (later) finding.seen = now;
    findings_.push_back(std::move(finding));
  }
}

std::vector<Finding> Doctor::findings() {
  look();
  std::vector<Finding> all = findings_;
  order(all);
  return all;
}

}  // namespace lvslab::diagnose
