// A packet as a LOG rule writes it into the kernel's log.
#pragma once

#include <string>

#include "net/netfilter/extension.h"

namespace lvslab::net::netfilter {

/// "IN=eth0 OUT= MAC=... SRC=10.0.0.9 DST=10.0.0.1 LEN=60 TOS=0x00 ... SYN URGP=0 ".
std::string packet_line(const Seen& seen, bool with_sequence);

}  // namespace lvslab::net::netfilter
