// The makers behind matches/table.cpp, one per match.
#pragma once

#include "net/netfilter/extension.h"

namespace lvslab::net::netfilter {

std::unique_ptr<Match> make_comment_match();
std::unique_ptr<Match> make_conntrack_match();
std::unique_ptr<Match> make_icmp_match();
std::unique_ptr<Match> make_limit_match();
std::unique_ptr<Match> make_mark_match();
std::unique_ptr<Match> make_multiport_match();
std::unique_ptr<Match> make_state_match();
std::unique_ptr<Match> make_tcp_match();
std::unique_ptr<Match> make_udp_match();

}  // namespace lvslab::net::netfilter
