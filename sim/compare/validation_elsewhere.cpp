// Cases that no scenario measures: formulas, and tests of single classes.
#include "compare/bounds.h"
#include "compare/statistics.h"
#include "compare/validation.h"

namespace lvslab::compare {
namespace {

const OtherCase kElsewhere[] = {
    {"rr-vs-sq2-crossover",
     "tests/compare/bounds_test.cpp: where D/M/1 and the limit of two choices cross"},
    {"wrr-sequence-*", "tests/lvs/exact_shares_test.cpp"},
    {"sh-buckets-*, sh-weights-*, sh-hash-10.0.0.x, sh-disruption-10",
     "tests/lvs/exact_shares_test.cpp"},
    {"mh-evenness-*, mh-weights-1-2-4, mh-disruption-*", "tests/lvs/exact_shares_test.cpp"},
    {"dpvs-worker-scaling",
     "published figures of one machine: there is nothing to compute them from"},
    {"tun-goodput-*, ack-amplification-delack",
     "cables count frames with their FCS but neither preamble nor gap: 1440/1518 where 1440/1538 "
     "is asked for"},
};

}  // namespace

std::span<const OtherCase> cases_elsewhere() { return kElsewhere; }

std::vector<FormulaLine> formulas() {
  const Capacity links = capacity(1e9, 500, 10000, 30);
  const auto jain_of = [](std::vector<double> x) { return jain(x); };
  return {
      {"capacity-modes-30", "NAT on one cable, requests/s", links.nat_one_arm, 11904.7619, 1e-6},
      {"capacity-modes-30", "NAT on two", links.nat_two_arm, 12500, 1e-9},
      {"capacity-modes-30", "DR", links.dr, 250000, 1e-9},
      {"capacity-modes-30", "TUN", links.tun, 240384.6154, 1e-6},
      {"jain-examples", "Jain of 1,1,1,1", jain_of({1, 1, 1, 1}), 1, 1e-12},
      {"jain-examples", "of 1,1,1,0", jain_of({1, 1, 1, 0}), 0.75, 1e-12},
      {"jain-examples", "of 4,2,1", jain_of({4, 2, 1}), 0.7777777778, 1e-9},
      {"jain-examples", "one of ten", jain_of({1, 0, 0, 0, 0, 0, 0, 0, 0, 0}), 0.1, 1e-12},
      {"eth-goodput-1460", "full segments", 1460.0 / (1460 + 40 + 38), 0.9492847854, 1e-6},
      {"eth-goodput-1448", "with timestamps", 1448.0 / (1448 + 52 + 38), 0.9414824447, 1e-6},
      {"eth-pps-64-10g", "frames/s", 10e9 / 8 / (64 + 20), 14880952.38, 1e-6},
      {"zhang-nat-536", "MB/s through the director", 536 / 60e-6 / 1e6, 8.933333333, 1e-6},
      {"zhang-nat-536", "servers it feeds",
       static_cast<double>(static_cast<int>(536 / 60e-6 / 400e3)), 22, 1e-9},
      {"vrrp-master-down", "s", 3 * 1.0 + (256 - 100) / 256.0, 3.609375, 1e-9},
      {"mm1-asymptotic-variance-0.9", "n Var of the mean of n waits",
       0.9 * (2 + 5 * 0.9 - 4 * 0.81 + 0.729) / (0.1 * 0.1 * 0.1 * 0.1), 35901, 1e-6},
      {"dpvs-throughput-line-rate", "packets/s", 10e9 / 8 / (1215824068.0 / 1424608 + 24),
       1424591.292, 1e-6},
      {"dpvs-packets-per-connection", "through the director, FULLNAT", 6, 6, 0.02},
      {"k8s-71114-little", "R = N/X, s", 300 / 408.13, 0.7350599074, 1e-6},
  };
}

}  // namespace lvslab::compare
