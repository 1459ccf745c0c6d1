// The schedulers there are, by the name ipvsadm uses. To add one: a file beside this one, its make
// function, its line.
#include <array>

#include "lvs/scheduler.h"

namespace lvslab::lvs {

std::unique_ptr<Scheduler> make_rr(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_wrr(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_lc(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_wlc(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_sed(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_nq(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_fo(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_ovf(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_dh(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_sh(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_mh(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_lblc(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_lblcr(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_twos(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_conhash(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_random(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_lc_active(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_wlc_active(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_wrr_smooth(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_twos_distinct(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_twos_replace(const SchedulerSetup&);
std::unique_ptr<Scheduler> make_ovf_strict(const SchedulerSetup&);

namespace {

constexpr std::array kTable = {
    SchedulerEntry{"rr", true, make_rr, "round robin: each in turn"},
    SchedulerEntry{"wrr", true, make_wrr, "weighted round robin"},
    SchedulerEntry{"lc", true, make_lc, "least connection"},
    SchedulerEntry{"wlc", true, make_wlc,
                   "weighted least connection (what ipvsadm sets by default)"},
    SchedulerEntry{"sed", true, make_sed, "shortest expected delay"},
    SchedulerEntry{"nq", true, make_nq, "never queue: an idle server first"},
    SchedulerEntry{"fo", true, make_fo, "failover: the highest weight"},
    SchedulerEntry{"ovf", true, make_ovf, "overflow: the highest weight until it is full"},
    SchedulerEntry{"dh", true, make_dh, "destination address hashing"},
    SchedulerEntry{"sh", true, make_sh, "source address hashing"},
    SchedulerEntry{"mh", true, make_mh, "Maglev hashing of the source address"},
    SchedulerEntry{"lblc", true, make_lblc,
                   "locality based by destination address, least connection"},
    SchedulerEntry{"lblcr", true, make_lblcr, "the same with a set of servers for each address"},
    SchedulerEntry{"twos", true, make_twos, "the less loaded of two drawn by weight"},
    SchedulerEntry{"conhash", false, make_conhash, "consistent hashing of the source address"},
    SchedulerEntry{"random", false, make_random, "drawn by weight"},
    SchedulerEntry{"lc-active", false, make_lc_active,
                   "the textbook's least connection: active ones only"},
    SchedulerEntry{"wlc-active", false, make_wlc_active,
                   "the textbook's weighted least connection: active ones only"},
    SchedulerEntry{"wrr-smooth", false, make_wrr_smooth,
                   "weighted round robin, spread evenly within a cycle"},
    SchedulerEntry{"twos-distinct", false, make_twos_distinct,
                   "the less loaded of two different ones drawn by weight"},
    SchedulerEntry{"twos-replace", false, make_twos_replace,
                   "the less loaded of two drawn by weight without twos' favour for the first"},
    SchedulerEntry{"ovf-strict", false, make_ovf_strict,
                   "overflow with the weight as capacity: active < weight"},
};

}  // namespace

std::span<const SchedulerEntry> schedulers() { return kTable; }

const SchedulerEntry* find_scheduler(std::string_view name) {
  for (const SchedulerEntry& entry : kTable) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

}  // namespace lvslab::lvs
