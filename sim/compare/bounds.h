// What theory says of a scenario's open-loop traffic before it is run: the load, the least and the
// most mean latency of any sensible pick (one queue for all workers; a split at random), and what
// links and directors let through by mode. Sources: Erlang C, Pollaczek and Khinchine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/scenario.h"

namespace lvslab::compare {

/// Probability of waiting, M/M/c with `load` erlangs offered; 1 when overloaded.
double erlang_c(double erlangs, unsigned workers);
/// Probability of loss, M/G/c/c.
double erlang_b(double erlangs, unsigned workers);
/// Mean time in an M/M/c, in service times.
double mmc_time(double load_of_each, unsigned workers);
/// Mean time in an M/G/1 with service of mean 1.
double mg1_time(double load, double service_scv);

/// Mean time of a D/M/1: in turn over servers without end.
double dm1_time(double load);
/// Mean time with the better of two random servers of infinitely many.
double two_choices_time(double load);

/// Requests a second that the wire lets through when each takes `request` and `reply` bytes on it,
/// director and servers with `rate` bits a second each way.
struct Capacity {
  double nat_one_arm = 0, nat_two_arm = 0, dr = 0, tun = 0;
};
Capacity capacity(double rate, double request, double reply, unsigned servers, double outer = 20);

/// Sentences for people, none when nothing applies.
std::vector<std::string> bounds_of(const scenario::Scenario& scenario);

}  // namespace lvslab::compare
