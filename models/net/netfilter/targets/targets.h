// The makers behind targets/table.cpp, one per target. ACCEPT, DROP and RETURN are verdicts of the
// tables themselves.
#pragma once

#include "net/netfilter/extension.h"

namespace lvslab::net::netfilter {

std::unique_ptr<Target> make_ct_target();
std::unique_ptr<Target> make_dnat_target();
std::unique_ptr<Target> make_log_target();
std::unique_ptr<Target> make_mark_target();
std::unique_ptr<Target> make_masquerade_target();
std::unique_ptr<Target> make_notrack_target();
std::unique_ptr<Target> make_redirect_target();
std::unique_ptr<Target> make_reject_target();
std::unique_ptr<Target> make_snat_target();
std::unique_ptr<Target> make_tcpmss_target();

}  // namespace lvslab::net::netfilter
