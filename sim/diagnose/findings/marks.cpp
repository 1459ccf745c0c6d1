// fwmark services and the rules that set marks.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

// The mark a MARK rule leaves on an unmarked packet: "0x1" of "--set-xmark 0x1/0xffffffff".
std::uint32_t mark_of(const net::netfilter::Rule& rule) {
  const std::string text = rule.target->save();
  const std::size_t at = text.find("0x");
  if (at == std::string::npos) return 0;
  return static_cast<std::uint32_t>(std::strtoul(text.c_str() + at, nullptr, 16));
}

std::vector<std::uint32_t> marks_set(const Survey& survey, std::size_t h) {
  std::vector<std::uint32_t> marks;
  for (const net::netfilter::Table* table : survey.machine(h).netfilter().tables()) {
    for (const net::netfilter::Chain& chain : table->chains()) {
      for (const net::netfilter::Rule& rule : chain.rules) {
        if (rule.target_name == "MARK" && rule.target != nullptr) marks.push_back(mark_of(rule));
      }
    }
  }
  return marks;
}

}  // namespace

void look_at_marks(const Survey& survey, Report& report) {
  for (std::size_t h = 0; h < survey.host_count(); ++h) {
    if (!survey.balances(h)) continue;
    const std::string& name = survey.name(h);
    const std::vector<std::uint32_t> marks = marks_set(survey, h);
    std::vector<std::uint32_t> asked;
    for (const Balanced& b : survey.services()) {
      if (b.director == h && b.service->key.mark != 0) asked.push_back(b.service->key.mark);
    }
    for (const std::uint32_t mark : asked) {
      if (std::find(marks.begin(), marks.end(), mark) != marks.end()) continue;
      report.add({.id = "service-without-marks",
                  .host = name,
                  .place = survey.said(h, {"-f", std::to_string(mark)}),
                  .summary = fmt::format("{} balances packets with mark {}, and no rule sets it",
                                         name, mark),
                  .symptom = "no packet ever reaches the service: the director takes it for itself",
                  .cure = {{name, fmt::format("iptables -t mangle -A PREROUTING -d VIP -p tcp "
                                              "--dport PORT -j MARK --set-mark {}",
                                              mark)}}});
    }
    for (const std::uint32_t mark : marks) {
      const bool routed = [&] {
        const auto rules = survey.host(h).routes().rules();
        return std::any_of(rules.begin(), rules.end(),
                           [&](const net::Rule& r) { return r.mark && *r.mark == mark; });
      }();
      if (mark == 0 || routed || std::find(asked.begin(), asked.end(), mark) != asked.end())
        continue;
      report.add({.id = "marks-without-service",
                  .host = name,
                  .place = survey.said(h, {"MARK"}),
                  .summary = fmt::format("{} sets mark {}, but has no service for it", name, mark),
                  .symptom = "the mark changes nothing",
                  .cure = {{name, fmt::format("ipvsadm -A -f {} -s rr", mark)}}});
    }
  }
}

}  // namespace lvslab::diagnose
