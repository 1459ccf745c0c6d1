// What the doctor finds, by id, or by id and host: "arp-ignore-off on rs1". Exactly these: what
// else it finds fails, notes, what the scenario waives, and what came and went (the moment between
// a failure and a takeover) aside.
#include <algorithm>

#include "diagnose/doctor.h"
#include "expect/expectations/entries.h"
#include "expect/reading.h"

namespace lvslab::expect {
namespace {

class Findings final : public Expectation {
 public:
  explicit Findings(std::vector<std::string> wanted) : wanted_(std::move(wanted)) {}

  void prepare(scenario::Lab& lab) override { doctor_ = std::make_unique<diagnose::Doctor>(lab); }

  Verdict judge(const scenario::Lab&, const metrics::Collector&) override {
    std::vector<std::string> seen, missing, unwanted;
    std::vector<bool> met(wanted_.size());
    for (const diagnose::Finding& finding : doctor_->findings()) {
      if (finding.severity == diagnose::Severity::kNote || !finding.waived.empty()) continue;
      if (finding.seen && finding.gone) continue;
      const std::string full =
          finding.host.empty() ? finding.id : finding.id + " on " + finding.host;
      seen.push_back(full);
      bool known = false;
      for (std::size_t i = 0; i < wanted_.size(); ++i) {
        if (wanted_[i] != finding.id && wanted_[i] != full) continue;
        met[i] = known = true;
      }
      if (!known) unwanted.push_back(full);
    }
    const bool passed = unwanted.empty() && std::find(met.begin(), met.end(), false) == met.end();
    return {passed, wanted_.empty() ? "no findings" : "findings: " + join(wanted_),
            seen.empty() ? "none" : join(seen), ""};
  }

 private:
  std::vector<std::string> wanted_;
  std::unique_ptr<diagnose::Doctor> doctor_;
};

}  // namespace

std::unique_ptr<Expectation> make_findings(const scenario::ExpectationSpec& spec,
                                           const scenario::Lab&,
                                           std::vector<scenario::Message>& errors) {
  std::vector<std::string> wanted = texts_of(subject_of(spec));
  bool usable = true;
  for (const std::string& text : wanted) {
    const std::string id = text.substr(0, text.find(' '));
    if (diagnose::find_entry(id) != nullptr) continue;
    errors.push_back({spec.place, "there is no finding '" + id + "'", "see: lvslab list findings"});
    usable = false;
  }
  if (!usable) return nullptr;
  return std::make_unique<Findings>(std::move(wanted));
}

}  // namespace lvslab::expect
