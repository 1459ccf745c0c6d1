// The table of validation cases. Times are in mean service times unless the unit says otherwise.
// Sources are named once for each family: Erlang C and B, Pollaczek and Khinchine, GI/M/1, M/D/c by
// Crommelin, Markov chains solved numerically (shortest queue, two choices, weights), fluid limits.
#include "compare/bounds.h"
#include "compare/statistics.h"
#include "compare/validation.h"

namespace lvslab::compare {
namespace {

constexpr std::string_view kOne = "validation/single-server.yaml", kMany = "validation/dispatch.yaml",
                           kHundred = "validation/dispatch-many.yaml",
                           kWeighted = "validation/weighted.yaml",
                           kOverflow = "validation/overflow.yaml",
                           kHash = "validation/hashing.yaml";
constexpr double kMs10 = 0.01, kMs20 = 0.02;
constexpr std::string_view kQuickOne = "COUNT=20000", kQuickTcp = "COUNT=4000";

const CaseLine kLines[] = {
    // One server, datagrams.
    {"mm1-fcfs-mean-0.5", kOne, "RATE=50/s", "mean", kMs10, 2, 0.01, 0, "COUNT=50000", 20, kQuickOne},
    {"mm1-fcfs-mean-0.8", kOne, "RATE=80/s", "mean", kMs10, 5, 0.01, 0, "COUNT=300000", 20, kQuickOne},
    {"mm1-fcfs-quantiles-0.8", kOne, "RATE=80/s", "p50", kMs10, 3.465735903, 0.02, 0, "COUNT=300000", 20, kQuickOne},
    {"mm1-fcfs-quantiles-0.8", kOne, "RATE=80/s", "p90", kMs10, 11.51292546, 0.02, 0, "COUNT=300000", 20, kQuickOne},
    {"mm1-fcfs-quantiles-0.8", kOne, "RATE=80/s", "p99", kMs10, 23.02585093, 0.02, 0, "COUNT=300000", 20, kQuickOne},
    {"mm1-fcfs-quantiles-0.8", kOne, "RATE=80/s", "p99.9", kMs10, 34.53877639, 0.02, 0, "COUNT=300000", 20, kQuickOne},
    {"md1-fcfs-mean-0.8", kOne, "RATE=80/s|LAW=10ms", "mean", kMs10, 3, 0.01, 0, "COUNT=150000", 20, kQuickOne},
    {"mh2-fcfs-mean-0.8", kOne, "RATE=80/s|LAW=hyperexponential 0.8872983346 5.635083269ms 44.364916731ms", "mean", kMs10, 11, 0.03, 0, "COUNT=760000", 20, "-"},
    {"mbp-fcfs-mean-0.5", kOne, "RATE=50/s|LAW=pareto 1.5 3.442076105ms 3442.076105ms", "mean", kMs10, 6.442399896, 0.05, 0, "COUNT=400000", 20, "-"},
    {"mm1-transient-0.8", kOne, "RATE=80/s|COUNT=130", "present@0.01", 1, 0.5515518583, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"mm1-transient-0.8", kOne, "RATE=80/s|COUNT=130", "present@0.05", 1, 1.469460828, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"mm1-transient-0.8", kOne, "RATE=80/s|COUNT=130", "present@0.2", 1, 2.647634924, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"mm1-transient-0.8", kOne, "RATE=80/s|COUNT=130", "present@1", 1, 3.791872693, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"mmc-mean-4-0.8", kOne, "RATE=320/s|WORKERS=4", "mean", kMs10, 1.74554059, 0.01, 0, "COUNT=150000", 20, kQuickOne},
    {"mdc-mean-4-0.8", kOne, "RATE=320/s|WORKERS=4|LAW=10ms", "mean", kMs10, 1.386094931, 0.005, 0, "COUNT=200000", 20, kQuickOne},
    // A cable as a queue.
    {"md1k-loss-0.9-10", "validation/link.yaml", "RATE=900/s|QUEUE=9", "failed", 1, 0.01663174783, 0.03, 0, "COUNT=200000", 20, kQuickOne},
    {"tandem-equal-links", "validation/tandem.yaml", "RATE=800/s", "mean", 0.001, 6.536, 0.0076, 0, "COUNT=200000", 20, kQuickOne, 20, false, "5 packet times and the reply's 1.536"},
    {"batch-link", "validation/tandem.yaml", "RATE=50/s|BATCH=10", "every@0/10", 0.001, 9.536, 0.005, 0, "COUNT=400000", 20, "COUNT=40000", 20, false, "a wait of 5, the three cables and the reply's 1.536"},
    {"batch-link", "validation/tandem.yaml", "RATE=50/s|BATCH=10", "mean", 0.001, 14.036, 0.0067, 0, "COUNT=400000", 20, "COUNT=40000", 20, false, "a wait of 9.5, the three cables and the reply's 1.536"},
    {"batch-link", "validation/tandem.yaml", "RATE=50/s|BATCH=10", "every@9/10", 0.001, 18.536, 0.008, 0, "COUNT=400000", 20, "COUNT=40000", 20, false, "out of the first cable after 15, two more cables and the reply's 1.536"},
    {"train-store-forward", "validation/train.yaml", "", "until-last-byte", 1, 0.001260144, 1e-9, 0, "", 2, "", 2, false, "1239 us and the reply's 21.144 us"},
    {"path-latency-nat-dr", "validation/path-latency.yaml", "METHOD=-m|DIRECT=0", "quantile@0", 1, 0.000136, 1e-9, 0, "", 2, "", 2},
    {"path-latency-nat-dr", "validation/path-latency.yaml", "METHOD=-g|DIRECT=1", "quantile@0", 1, 0.000102, 1e-9, 0, "", 2, "", 2},
    {"slowstart-rounds-10000", "validation/slow-start.yaml", "BYTES=10kB", "rounds@0.1", 1, 1, 0, 1e-9, "", 2, "", 2},
    {"slowstart-rounds-100000", "validation/slow-start.yaml", "BYTES=100kB", "rounds@0.1", 1, 3, 0, 1e-9, "", 2, "", 2},
    {"slowstart-rounds-1000000", "validation/slow-start.yaml", "BYTES=1MB", "rounds@0.1", 1, 7, 0, 1e-9, "", 2, "", 2},
    {"slowstart-time-100k", "validation/slow-start.yaml", "BYTES=100kB|RATE=10Mbps|DELAY=25ms", "until-last-byte", 1, 0.2504464, 0.001, 0, "", 2, "", 2},
    {"syn-retry-0.05", "validation/syn-loss.yaml", "", "connect-delay", 1, 0.05555555556, 0.03, 0, "COUNT=100000", 20, "COUNT=5000"},
    // Loss.
    {"erlang-b-20-15", kOverflow, "SCHED=ovf-strict|W1=20|W2=0|W3=0|RATE=15/s", "blocked", 1, 0.04559321559, 0.02, 0, "COUNT=100000", 20, kQuickTcp, 20, false, "by ovf-strict, that holds as many as the weight: u_threshold counts closed connections too"},
    {"erlang-b-20-15", kOverflow, "SCHED=ovf-strict|W1=20|W2=0|W3=0|RATE=15/s|LAW=1s", "blocked", 1, 0.04559321559, 0.02, 0, "COUNT=100000", 20, kQuickTcp},
    {"erlang-b-20-15", kOverflow, "SCHED=ovf-strict|W1=20|W2=0|W3=0|RATE=15/s|LAW=hyperexponential 0.8872983346 563.5083269ms 4436.4916731ms", "blocked", 1, 0.04559321559, 0.02, 0, "COUNT=100000", 20, kQuickTcp},
    {"ovf-erlang-kernel", kOverflow, "SCHED=ovf", "offered@rs1", 1, 0.6102481148, 0, 0.003, "COUNT=50000", 20, kQuickTcp},
    {"ovf-erlang-kernel", kOverflow, "SCHED=ovf", "offered@rs2", 1, 0.3084635648, 0, 0.003, "COUNT=50000", 20, kQuickTcp},
    {"ovf-erlang-kernel", kOverflow, "SCHED=ovf", "offered@rs3", 1, 0.07218743156, 0, 0.003, "COUNT=50000", 20, kQuickTcp},
    {"ovf-erlang-documented", kOverflow, "SCHED=ovf-strict", "offered@rs1", 1, 0.5209916969, 0, 0.003, "COUNT=50000", 20, "-"},
    {"ovf-erlang-documented", kOverflow, "SCHED=ovf-strict", "offered@rs2", 1, 0.3058674754, 0, 0.003, "COUNT=50000", 20, "-"},
    {"ovf-erlang-documented", kOverflow, "SCHED=ovf-strict", "offered@rs3", 1, 0.12173444, 0, 0.003, "COUNT=50000", 20, "-"},
    // Equal servers.
    {"rr-exp-8-0.8", kMany, "SCHED=rr|POOL=8|RATE=320/s", "mean", kMs20, 2.979728891, 0.01, 0, "COUNT=150000", 20, kQuickTcp},
    {"rr-exp-2-0.5-golden", kMany, "SCHED=rr|POOL=2|RATE=50/s", "mean", kMs20, 1.618033989, 0.005, 0, "COUNT=100000", 20, kQuickTcp},
    {"rr-exp-inf-0.8", kHundred, "SCHED=rr|POOL=16|RATE=640/s", "mean", kMs20, 2.836132, 0.01, 0, "COUNT=150000", 20, "-", 20, false, "16 servers; 2.6927 without end"},
    {"rr-exp-inf-0.8", kHundred, "SCHED=rr|POOL=64|RATE=2560/s", "mean", kMs20, 2.69273084, 0.05, 0, "COUNT=150000", 20, "-", 20, false, "64 servers; within 1.4 % of those without end"},
    {"rr-h2-4-0.8", kMany, "SCHED=rr|POOL=4|RATE=160/s|LAW=hyperexponential 0.8872983346 11.270166538ms 88.729833462ms", "mean", kMs20, 9.241022808, 0.03, 0, "COUNT=400000", 20, "-"},
    {"random-split-8-0.8", kMany, "SCHED=random|POOL=8|RATE=320/s", "mean", kMs20, 5, 0.01, 0, "COUNT=300000", 20, kQuickTcp},
    {"jsq-exp-2-0.8", kMany, "SCHED=lc-active|POOL=2|RATE=80/s", "mean", kMs20, 2.955736618, 0.01, 0, "COUNT=200000", 20, kQuickTcp},
    {"jsq-exp-2-0.95", kMany, "SCHED=lc-active|POOL=2|RATE=95/s", "mean", kMs20, 10.48663881, 0.02, 0, "COUNT=1500000", 20, "-"},
    {"jsq-exp-3-0.8", kMany, "SCHED=lc-active|POOL=3|RATE=120/s", "mean", kMs20, 2.285547606, 0.01, 0, "COUNT=150000", 20, kQuickTcp},
    {"jsq-exp-3-0.9", kMany, "SCHED=lc-active|POOL=3|RATE=135/s", "mean", kMs20, 3.982421986, 0.01, 0, "COUNT=600000", 20, "-"},
    {"jsq-exp-4-0.5", kMany, "SCHED=lc-active|POOL=4|RATE=100/s", "mean", kMs20, 1.158150638, 0.01, 0, "COUNT=40000", 20, kQuickTcp},
    {"jsq-exp-8-0.5", kMany, "SCHED=lc-active|POOL=8|RATE=200/s", "mean", kMs20, 1.0421068, 0.01, 0, "COUNT=40000", 20, kQuickTcp},
    {"lc-tie-share-2-0.8", kMany, "SCHED=lc-active|POOL=2|RATE=80/s", "share@rs2", 1, 0.5313826057, 0, 0.002, "COUNT=200000", 20, kQuickTcp},
    {"lc-tie-share-2-0.5", kMany, "SCHED=lc-active|POOL=2|RATE=50/s", "share@rs2", 1, 0.603463969, 0, 0.002, "COUNT=50000", 20, kQuickTcp},
    {"lc-wlc-sed-nq-identity", kMany, "SCHED=lc-active|POOL=4|RATE=160/s", "picks", 1, 0, 0, 0, "COUNT=20000", 2, "COUNT=4000", 2, true, "the same server for every connection"},
    {"lc-wlc-sed-nq-identity", kMany, "SCHED=wlc-active|POOL=4|RATE=160/s", "picks", 1, 0, 0, 0, "COUNT=20000", 2, "COUNT=4000", 2, true},
    {"lc-wlc-sed-nq-identity", kMany, "SCHED=sed|POOL=4|RATE=160/s", "picks", 1, 0, 0, 0, "COUNT=20000", 2, "COUNT=4000", 2, true},
    {"lc-wlc-sed-nq-identity", kMany, "SCHED=nq|POOL=4|RATE=160/s", "picks", 1, 0, 0, 0, "COUNT=20000", 2, "COUNT=4000", 2, true},
    {"lc-transient-2-0.8", kMany, "SCHED=lc-active|POOL=2|RATE=80/s|COUNT=60", "present@0.02", 1, 1.052384613, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"lc-transient-2-0.8", kMany, "SCHED=lc-active|POOL=2|RATE=80/s|COUNT=60", "present@0.1", 1, 2.489850316, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"lc-transient-2-0.8", kMany, "SCHED=lc-active|POOL=2|RATE=80/s|COUNT=60", "present@0.4", 1, 3.893537199, 0.02, 0, "SLACK=90%", 20000, "SLACK=90%", 2000},
    {"sq2-meanfield-0.7", kHundred, "SCHED=twos-replace|POOL=100|RATE=3500/s", "mean", kMs20, 1.61445377, 0.006, 0, "COUNT=100000", 20, "-", 20, false, "100 servers"},
    {"sq2-meanfield-0.8", kHundred, "SCHED=twos-replace|POOL=100|RATE=4000/s", "mean", kMs20, 1.947363386, 0.01, 0, "COUNT=100000", 20, "-", 20, false, "100 servers"},
    {"sq2-meanfield-0.9", kHundred, "SCHED=twos-replace|POOL=100|RATE=4500/s", "mean", kMs20, 2.614057377, 0.018, 0, "COUNT=200000", 20, "-", 20, false, "100 servers"},
    {"sq2-meanfield-0.95", kHundred, "SCHED=twos-replace|POOL=100|RATE=4750/s", "mean", kMs20, 3.383046003, 0.03, 0, "COUNT=300000", 20, "-", 20, false, "100 servers"},
    {"sq2-meanfield-0.99", kHundred, "SCHED=twos-replace|POOL=100|RATE=4950/s", "mean", kMs20, 5.431996579, 0.1, 0, "COUNT=800000", 20, "-", 20, false, "100 servers"},
    {"sq2-meanfield-tail-0.9", kHundred, "SCHED=twos-replace|POOL=100|RATE=4500/s", "tail@1", 1, 0.9, 0.05, 0, "COUNT=200000", 20, "-"},
    {"sq2-meanfield-tail-0.9", kHundred, "SCHED=twos-replace|POOL=100|RATE=4500/s", "tail@2", 1, 0.729, 0.05, 0, "COUNT=200000", 20, "-"},
    {"sq2-meanfield-tail-0.9", kHundred, "SCHED=twos-replace|POOL=100|RATE=4500/s", "tail@3", 1, 0.4782969, 0.05, 0, "COUNT=200000", 20, "-"},
    {"sq2-meanfield-tail-0.9", kHundred, "SCHED=twos-replace|POOL=100|RATE=4500/s", "tail@4", 1, 0.2058911321, 0.05, 0, "COUNT=200000", 20, "-"},
    {"sq2-meanfield-tail-0.9", kHundred, "SCHED=twos-replace|POOL=100|RATE=4500/s", "tail@5", 1, 0.03815204245, 0.05, 0, "COUNT=200000", 20, "-"},
    {"sq2r-2-0.8", kMany, "SCHED=twos-replace|POOL=2|RATE=80/s", "mean", kMs20, 3.267945583, 0.01, 0, "COUNT=200000", 20, kQuickTcp},
    {"sq2r-3-0.8", kMany, "SCHED=twos-replace|POOL=3|RATE=120/s", "mean", kMs20, 2.765697923, 0.01, 0, "COUNT=200000", 20, "-"},
    {"sq2-3-0.8", kMany, "SCHED=twos-distinct|POOL=3|RATE=120/s", "mean", kMs20, 2.509999789, 0.01, 0, "COUNT=200000", 20, "-"},
    {"sq2-4-0.8", kMany, "SCHED=twos-distinct|POOL=4|RATE=160/s", "mean", kMs20, 2.330157595, 0.01, 0, "COUNT=200000", 20, kQuickTcp},
    {"twos-kernel-2-0.8", kMany, "SCHED=twos|LAW=exponential 2s|RATE=0.8/s", "mean", 2, 3.919086111, 0.012, 0, "COUNT=450000", 20, "-"},
    {"jsq-ps-insensitivity-2-0.8", kMany, "SCHED=lc-active|DISCIPLINE=ps|RATE=80/s|LAW=20ms", "mean", kMs20, 2.955736618, 0.03, 0, "COUNT=200000", 20, "-", 20, false, "deterministic; another simulation had 2.893"},
    {"jsq-ps-insensitivity-2-0.8", kMany, "SCHED=lc-active|DISCIPLINE=ps|RATE=80/s|LAW=hyperexponential 0.9522670169 10.50125629ms 209.498743711ms", "mean", kMs20, 2.955736618, 0.03, 0, "COUNT=400000", 20, "-", 20, false, "scv 10; another simulation had 3.023"},
    {"order-0.8", "comparisons/flagship.yaml", "SCHED=rr|POOL=1|WORKERS=4", "mean", kMs20, 1.74554059, 0.01, 0, "COUNT=150000", 20, kQuickTcp},
    {"order-0.8", "comparisons/flagship.yaml", "SCHED=lc-active", "mean", kMs20, 1.9531342, 0.01, 0, "COUNT=150000", 20, kQuickTcp},
    {"order-0.8", "comparisons/flagship.yaml", "SCHED=twos-distinct", "mean", kMs20, 2.330157595, 0.01, 0, "COUNT=150000", 20, kQuickTcp},
    {"order-0.8", "comparisons/flagship.yaml", "SCHED=rr", "mean", kMs20, 3.26738361, 0.01, 0, "COUNT=250000", 20, kQuickTcp},
    {"order-0.8", "comparisons/flagship.yaml", "SCHED=random", "mean", kMs20, 5, 0.01, 0, "COUNT=300000", 20, kQuickTcp},
    {"crn-variance-ratio-lc-twos", "comparisons/flagship.yaml", "SCHED=lc-active", "crn@SCHED=twos-distinct", 1, 22, 0.6, 0, "COUNT=100000", 60, "-"},
    // Servers of different speed.
    {"het-2-1-wlc-0.3", kWeighted, "RATE=45/s", "mean", kMs20, 0.697774578, 0.012, 0, "COUNT=40000", 20, kQuickTcp},
    {"het-2-1-wlc-0.8", kWeighted, "RATE=120/s", "mean", kMs20, 1.9414327, 0.012, 0, "COUNT=200000", 20, kQuickTcp},
    {"het-10-1-wlc-0.3", kWeighted, "S1=10|RATE=165/s", "mean", kMs20, 0.237750107, 0.012, 0, "COUNT=50000", 20, "-"},
    {"het-10-1-sed-0.3", kWeighted, "S1=10|RATE=165/s|SCHED=sed", "mean", kMs20, 0.1492489, 0.012, 0, "COUNT=50000", 20, kQuickTcp},
    {"het-10-1-nq-0.3", kWeighted, "S1=10|RATE=165/s|SCHED=nq", "mean", kMs20, 0.237749973, 0.012, 0, "COUNT=50000", 20, "-"},
    {"het-10-1-wlc-0.8", kWeighted, "S1=10|RATE=440/s", "mean", kMs20, 0.539910282, 0.012, 0, "COUNT=200000", 20, "-"},
    {"het-10-1-sed-0.8", kWeighted, "S1=10|RATE=440/s|SCHED=sed", "mean", kMs20, 0.595294414, 0.012, 0, "COUNT=200000", 20, "-"},
    {"het-10-1-nq-0.8", kWeighted, "S1=10|RATE=440/s|SCHED=nq", "mean", kMs20, 0.54373649, 0.012, 0, "COUNT=200000", 20, kQuickTcp},
    {"wlc-list-order-1-2-wlc-0.8", kWeighted, "S1=1|S2=2|RATE=120/s", "mean", kMs20, 1.99089991, 0.012, 0, "COUNT=200000", 20, "-"},
    {"wlc-list-order-1-10-wlc-0.3", kWeighted, "S1=1|S2=10|RATE=165/s", "mean", kMs20, 0.34231499, 0.012, 0, "COUNT=50000", 20, kQuickTcp},
    {"het-4-2-1-wlc-0.7", kWeighted, "S1=4|S2=2|S3=1|RATE=245/s", "mean", kMs20, 0.697126, 0.012, 0, "COUNT=120000", 20, "-"},
    {"het-4-2-1-nq-0.7", kWeighted, "S1=4|S2=2|S3=1|RATE=245/s|SCHED=nq", "mean", kMs20, 0.7084448, 0.012, 0, "COUNT=120000", 20, "-"},
    {"sed-vs-wlc-10-1-0.7", kWeighted, "S1=10|RATE=385/s", "mean", kMs20, 0.390369, 0.012, 0, "COUNT=150000", 20, "-"},
    {"sed-vs-wlc-10-1-0.7", kWeighted, "S1=10|RATE=385/s|SCHED=sed", "mean", kMs20, 0.395301, 0.012, 0, "COUNT=150000", 20, "-"},
    {"wrandom-proportional-4-2-1-0.7", kWeighted, "S1=4|S2=2|S3=1|RATE=245/s|SCHED=random", "mean", kMs20, 1.428571429, 0.01, 0, "COUNT=150000", 20, kQuickTcp},
    {"wrandom-optimal-4-2-1-0.7", kWeighted, "S1=4|S2=2|S3=1|W1=62215|W2=27086|W3=10699|RATE=245/s|SCHED=random", "mean", kMs20, 1.281368452, 0.01, 0, "COUNT=150000", 20, "-"},
    {"wrr-smooth-5-1-1-0.8", kWeighted, "S1=5|S2=1|S3=1|RATE=280/s|SCHED=wrr-smooth", "mean", kMs20, 1.49220977, 0.01, 0, "COUNT=250000", 20, kQuickTcp},
    // Closed loops.
    {"closed-loop-5", "validation/closed-loop.yaml", "USERS=5", "rate", 100, 0.4360478231, 0.01, 0, "TIME=2000s", 20, "TIME=100s"},
    {"closed-loop-5", "validation/closed-loop.yaml", "USERS=5", "mean", kMs10, 1.466632178, 0.01, 0, "TIME=2000s", 20, "TIME=100s"},
    {"closed-loop-20", "validation/closed-loop.yaml", "USERS=20", "rate", 100, 0.9981309501, 0.01, 0, "TIME=2000s", 20, "TIME=100s"},
    {"closed-loop-20", "validation/closed-loop.yaml", "USERS=20", "mean", kMs10, 10.03745099, 0.01, 0, "TIME=2000s", 20, "TIME=100s"},
    {"coordinated-omission", "validation/coordinated-omission.yaml", "", "mean@1", 1, 0.01099890011, 0.002, 0, "", 2, "", 2, false, "one tester who waits"},
    {"coordinated-omission", "validation/coordinated-omission.yaml", "", "mean@0", 1, 25.003, 0.002, 0, "", 2, "", 2, false, "from the intended start"},
    {"coordinated-omission", "validation/coordinated-omission.yaml", "", "quantile@0.5", 1, 0.001, 0.002, 0, "", 2, "", 2},
    {"coordinated-omission", "validation/coordinated-omission.yaml", "", "quantile@0.75", 1, 50, 0.002, 0, "", 2, "", 2},
    // Transients and directors' memories.
    {"lc-rush-2", "validation/lc-rush.yaml", "OLD=1|RATE=10/s|COUNT=12000|JOIN=1000s", "rush", 200, 0.6931471806, 0.05, 0, "", 20, "", 4, false, "L = 2000"},
    {"lc-rush-2", "validation/lc-rush.yaml", "OLD=1|RATE=10/s|COUNT=12000|JOIN=1000s", "rush-count", 2000, 0.6931471806, 0.05, 0, "", 20, "", 4},
    {"lc-rush-4", "validation/lc-rush.yaml", "OLD=3|RATE=30/s|COUNT=34000|JOIN=1000s", "rush", 200, 0.2876820725, 0.05, 0, "", 20, "-"},
    {"lc-rush-4", "validation/lc-rush.yaml", "OLD=3|RATE=30/s|COUNT=34000|JOIN=1000s", "rush-count", 2000, 0.8630462174, 0.05, 0, "", 20, "-"},
    {"lc-rush-10", "validation/lc-rush.yaml", "OLD=9|RATE=90/s|COUNT=96000|JOIN=1000s", "rush", 200, 0.1053605157, 0.05, 0, "", 20, "-"},
    {"lc-rush-10", "validation/lc-rush.yaml", "OLD=9|RATE=90/s|COUNT=96000|JOIN=1000s", "rush-count", 2000, 0.9482446409, 0.05, 0, "", 20, "-"},
    {"drain-weight0", "validation/drain.yaml", "", "drain-last", 100, 5.187377518, 0.02, 0, "", 1000, "", 200},
    {"drain-weight0", "validation/drain.yaml", "", "drain-half", 100, 0.6931471806, 0.02, 0, "", 1000, "", 200},
    {"lc-inactive-memory", "validation/inactive-memory.yaml", "T=0ms|RATE=1500/s", "share@rs1", 1, 0.5051679587, 0, 0.003, "COUNT=900000", 4, "-"},
    {"rr-restart-sync", "validation/restart.yaml", "", "connections@rs10", 1, 50, 0, 0, "", 2, "", 2},
    {"rr-restart-sync", "validation/restart.yaml", "", "idle", 1, 9, 0, 0, "", 2, "", 2, false, "any other has none"},
    {"grpc-few-connections", kHash, "SCHED=random|SERVERS=10|COUNT=10", "idle@10", 1, 3.486784401, 0.02, 0, "", 5000, "", 1000},
    {"lc-syn-burst", "validation/syn-burst.yaml", "", "connections@rs1", 1, 1002, 0, 0, "", 2, "", 2, false, "998 of the burst and the four before; the rule before Linux 4.8 is not modelled"},
    {"lc-syn-burst", "validation/syn-burst.yaml", "", "connections@rs2", 1, 1002, 0, 0, "", 2, "", 2},
    {"lc-failfast-dr", "validation/failfast.yaml", "", "share@rs10", 1, 0.0008857887567, 0.1, 0, "COUNT=400000", 10, "-"},
    {"lc-per-node-blind", "validation/lc-blind.yaml", "", "connections@rs2", 1, 4, 0, 0, "", 2, "", 2},
    {"lc-per-node-blind", "validation/lc-blind.yaml", "", "connections@rs1", 1, 0, 0, 0, "", 2, "", 2},
    {"rr-multi-director-cycle", "validation/many-directors.yaml", "", "least", 1, 8, 0, 0, "", 2, "", 2},
    {"rr-multi-director-cycle", "validation/many-directors.yaml", "", "most", 1, 16, 0, 0, "", 2, "", 2},
    {"rr-multi-director-cycle", "validation/many-directors.yaml", "", "connections@rs30", 1, 16, 0, 0, "", 2, "", 2, false, "the list's first"},
    {"sh-single-client", kHash, "SCHED=sh|SERVERS=4|COUNT=200", "used", 1, 1, 0, 0, "", 2, "", 2},
    {"sh-single-client", kHash, "SCHED=mh|SERVERS=4|COUNT=200", "used", 1, 1, 0, 0, "", 2, "", 2},
    {"sh-single-client", kHash, "SCHED=random|SERVERS=4|COUNT=200", "max/mean@4", 1, 1.14732365, 0.03, 0, "", 400, "", 100, false, "balls in bins; mh-port hashes the ports of one client, which are not"},
    {"balls-jain-100-100", kHash, "SCHED=random|SERVERS=100|COUNT=100", "1/jain", 1, 1.99, 0.01, 0, "", 2000, "", 100},
    {"sh-zipf-0", kHash, "SCHED=random|SERVERS=10|COUNT=1000", "1/jain@10", 1, 1.009, 0.03, 0, "", 100, "", 20},
    // What must hold in any run.
    {"little-law", kMany, "SCHED=lc-active", "little", 1, 0, 0, 1e-9, "COUNT=20000", 4, "COUNT=4000", 4},
    {"work-invariance-ps-fcfs", kMany, "SCHED=rr|DISCIPLINE=fcfs", "busy-periods", 1, 0, 1e-6, 0, "COUNT=20000", 2, "COUNT=4000", 2, true, "the same times of being busy"},
    {"work-invariance-ps-fcfs", kMany, "SCHED=rr|DISCIPLINE=ps", "busy-periods", 1, 0, 1e-6, 0, "COUNT=20000", 2, "COUNT=4000", 2, true},
    {"time-scaling", kOne, "RATE=80/s|LAW=exponential 10ms", "mean", 0.01, 0, 1e-9, 0, "COUNT=10000", 2, "COUNT=10000", 2, true, "all times a thousand times as long"},
    {"time-scaling", kOne, "RATE=0.08/s|LAW=exponential 10s", "mean", 10, 0, 1e-9, 0, "COUNT=10000", 2, "COUNT=10000", 2, true},
};

const OtherCase kElsewhere[] = {
    {"rr-vs-sq2-crossover", "tests/compare/bounds_test.cpp: where D/M/1 and the limit of two choices cross"},
    {"wrr-sequence-*", "tests/lvs: wrr's order of picks"},
    {"sh-buckets-*, sh-weights-*, sh-hash-10.0.0.x, sh-disruption-10", "tests/lvs: the 256 buckets"},
    {"mh-evenness-*, mh-weights-1-2-4, mh-disruption-*", "tests/lvs: the Maglev table"},
    {"director-jackson", "comparisons of a director's processor need `cpu`"},
    {"tun-goodput-*, ack-amplification-delack",
     "cables count frames with their FCS but neither preamble nor gap: 1440/1518 where 1440/1538 is asked for"},
};

}  // namespace

std::span<const CaseLine> case_lines() { return kLines; }
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
      {"zhang-nat-536", "servers it feeds", static_cast<double>(static_cast<int>(536 / 60e-6 / 400e3)), 22, 1e-9},
      {"vrrp-master-down", "s", 3 * 1.0 + (256 - 100) / 256.0, 3.609375, 1e-9},
      {"mm1-asymptotic-variance-0.9", "n Var of the mean of n waits",
       0.9 * (2 + 5 * 0.9 - 4 * 0.81 + 0.729) / (0.1 * 0.1 * 0.1 * 0.1), 35901, 1e-6},
      {"dpvs-throughput-line-rate", "packets/s", 10e9 / 8 / (1215824068.0 / 1424608 + 24), 1424591.292, 1e-6},
      {"dpvs-packets-per-connection", "through the director, FULLNAT", 6, 6, 0.02},
      {"k8s-71114-little", "R = N/X, s", 300 / 408.13, 0.7350599074, 1e-6},
  };
}

}  // namespace lvslab::compare
