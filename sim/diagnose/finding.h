// What the doctor says about a lab: findings, each a known misconfiguration with the host it is on,
// the place in the scenario where it was said, what will be seen, and the commands that cure it.
// A finding is a file in findings/ (one per family) and a line in its table.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::diagnose {

enum class Severity : std::uint8_t {
  kNote,     ///< worth knowing; nothing is wrong yet
  kWarning,  ///< will be seen under some circumstances
  kError     ///< connections suffer from it
};
std::string_view severity_name(Severity severity);  ///< "note" "warning" "error"

struct Cure {
  std::string host, command;
};

struct Finding {
  std::string id;
  Severity severity = Severity::kError;
  std::string host;  ///< where it is to be mended: a host, a switch, or empty: the whole lab
  scenario::Place place;
  std::string summary;  ///< what is wrong, with its figures
  std::string symptom;  ///< what will be seen
  std::vector<Cure> cure;
  std::vector<std::string> assumptions;
  std::string waived;  ///< the reason given in the scenario, or empty
  /// Seen while running: since when, counted from the start. Nothing: on the configuration.
  std::optional<Duration> seen;
  /// It was no more when the lab was last looked at: from then on.
  std::optional<Duration> gone;
};

class Survey;
class Report;

struct FindingEntry {
  std::string_view id;
  Severity severity;
  std::string_view about;  ///< the misconfiguration in a sentence
  /// Looks for it and whatever else is found on the way; null: another entry's function finds it.
  void (*look)(const Survey& survey, Report& report);
};
std::span<const FindingEntry> finding_entries();
const FindingEntry* find_entry(std::string_view id);

/// Collects findings. The first of the same id, host and summary stays.
class Report {
 public:
  void add(Finding finding);
  bool has(std::string_view id, std::string_view host) const;
  bool has(std::string_view id) const;  ///< on any host
  /// Whether anything that breaks connections was found on that host.
  bool has_error(std::string_view host) const;
  const std::vector<Finding>& all() const { return findings_; }
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  std::vector<Finding> findings_;
};

}  // namespace lvslab::diagnose
