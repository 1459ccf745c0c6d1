// The makers of all kinds, named in table.cpp.
#pragma once

#include "expect/expectation.h"

namespace lvslab::expect {

using Make = std::unique_ptr<Expectation>(const scenario::ExpectationSpec& spec,
                                          const scenario::Lab& lab,
                                          std::vector<scenario::Message>& errors);
Make make_connections, make_connection, make_ipvs, make_neighbour, make_mac, make_frames, make_path,
    make_changes, make_drops, make_counter, make_console, make_findings, make_outcomes;

}  // namespace lvslab::expect
