// The doctor: looks at a lab at an instant and says what is wrong with it. Static: nothing is sent,
// the lab goes on as if nobody had looked. A run asks it at ready, after each thing on the timeline
// and at the end, and adds what was seen meanwhile.
#pragma once

#include "diagnose/console_log.h"
#include "diagnose/finding.h"
#include "scenario/lab.h"

namespace lvslab::diagnose {

/// Findings on the lab as it stands, those of errors first, by host and place; waived ones bear the
/// reason.
std::vector<Finding> examine(scenario::Lab& lab, const ConsoleLog& console);
/// Findings on the scenario that need no lab (and may keep one from being built).
std::vector<Finding> examine(const scenario::Scenario& scenario);

/// Follows a run and examines it at its moments: at ready, after each of the first kMostLooks
/// things on the timeline, and when it is asked. To be made before configure().
class Doctor {
 public:
  static constexpr int kMostLooks = 200;
  explicit Doctor(scenario::Lab& lab);
  /// After the run (or at once when it was only set up): all findings.
  std::vector<Finding> findings();

 private:
  void look();

  scenario::Lab& lab_;
  ConsoleLog console_;
  std::vector<Finding> findings_;
  int looks_ = 0;  ///< after things on the timeline
};

/// "error VIP ... " for people; JSON; SARIF 2.1.0 for code hosts.
std::string to_text(const std::vector<Finding>& findings, bool colour);
std::string to_json(const std::vector<Finding>& findings);
std::string to_sarif(const std::vector<Finding>& findings, std::string_view version);

}  // namespace lvslab::diagnose
