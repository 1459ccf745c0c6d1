// One reader a kind of file. Each adds to the facts of its host what it understood, and to the
// problems what is broken, with its place; what is understood but cannot be in a lab goes to
// HostFacts::left_out.
#pragma once

#include "import/facts.h"
#include "import/problems.h"

namespace lvslab::importer {

void read_addresses(const TextFile& file, HostFacts& host, Problems& problems);   ///< ip -j -d addr
void read_routes(const TextFile& file, HostFacts& host, Problems& problems);      ///< ip -j route
void read_rules(const TextFile& file, HostFacts& host, Problems& problems);       ///< ip -j rule
void read_neighbours(const TextFile& file, HostFacts& host, Problems& problems);  ///< ip -j neigh

void read_sysctls(const TextFile& file, HostFacts& host, Problems& problems);    ///< sysctl -a
void read_modules(const TextFile& file, HostFacts& host, Problems& problems);    ///< lsmod
void read_listening(const TextFile& file, HostFacts& host, Problems& problems);  ///< ss -ltnuH
void read_iptables(const TextFile& file, HostFacts& host, Problems& problems);   ///< iptables-save
void read_arptables(const TextFile& file, HostFacts& host, Problems& problems);  ///< arptables-save
void read_ipvsadm(const TextFile& file, HostFacts& host, Problems& problems);  ///< ipvsadm-save -n
void read_timeouts(const TextFile& file, HostFacts& host,
                   Problems& problems);  ///< ipvsadm -L --timeout
/// The virtual_server blocks of keepalived.conf, taken when the host has no services yet.
void read_keepalived(const TextFile& file, HostFacts& host, Problems& problems);

/// Adds "SENTENCE" to what is left out, unless there is enough of it.
void leave_out(HostFacts& host, std::string sentence);

}  // namespace lvslab::importer
