// The families of findings: one function a family, one line an id in table.cpp.
#pragma once

#include <fmt/format.h>

#include "diagnose/finding.h"
#include "diagnose/trips.h"

namespace lvslab::diagnose {

void look_at_cables(const Survey& survey, Report& report);        // cables.cpp
void look_at_addresses(const Survey& survey, Report& report);     // addresses.cpp
void look_at_answers(const Survey& survey, Report& report);       // vip_answers.cpp
void look_at_questions(const Survey& survey, Report& report);     // vip_questions.cpp
void look_at_services(const Survey& survey, Report& report);      // services.cpp
void look_at_marks(const Survey& survey, Report& report);         // marks.cpp
void look_at_requests(const Survey& survey, Report& report);      // requests.cpp
void look_at_real_servers(const Survey& survey, Report& report);  // real_servers.cpp
void look_at_replies(const Survey& survey, Report& report);       // replies.cpp
void look_at_sizes(const Survey& survey, Report& report);         // sizes.cpp
void look_at_commands(const Survey& survey, Report& report);      // commands.cpp
void look_at_redundancy(const Survey& survey, Report& report);    // redundancy.cpp

/// Which leg of a trip a walk is, for words and ids.
enum class LegKind : std::uint8_t { kRequest, kToReal, kReply };
/// What stopped the walk, as a finding on the host that is to be mended. Nothing for what was
/// delivered.
void explain_stop(const Survey& survey, Report& report, const Walk& walk, LegKind kind,
                  const std::string& packet);  // stops.cpp
/// A reply from the VIP came to a director that has the VIP.
void answers_by_director(const Survey& survey, Report& report, const Walk& walk,
                         std::size_t director);  // stops.cpp
/// Nobody answers for the walk's next hop: why.
void explain_silence(const Survey& survey, Report& report, const Walk& walk, LegKind kind,
                     const std::string& packet);  // silence.cpp

inline std::string sysctl_w(const std::string& key, int value) {
  return fmt::format("sysctl -w net.ipv4.conf.{}={}", key, value);
}

}  // namespace lvslab::diagnose
