#include "compare/bounds.h"

#include <algorithm>
#include <cmath>

#include "fmt/format.h"

namespace lvslab::compare {
namespace {

/// All servers' workers that a traffic's requests may reach, if they are all alike.
struct Pool {
  std::size_t servers = 0;
  unsigned workers = 0;  ///< of each
  double service = 0;    ///< seconds, at the server's speed
  app::Distribution::Kind law = app::Distribution::Kind::kFixed;
  bool alike = true;
};

/// Servers that a director's scripts name cannot be told from the file alone: those that listen on
/// the traffic's port.
Pool pool_of(const scenario::Scenario& scenario, const app::TrafficPlan& traffic) {
  Pool pool;
  for (const scenario::HostSpec& host : scenario.hosts) {
    for (const app::ServeSpec& spec : host.serve) {
      if (spec.protocol != traffic.protocol || spec.port != traffic.shape.target.port ||
          spec.service.is_zero() || spec.speed == 0)
        continue;
      const double mean = spec.service.mean() * 1e-12 / (static_cast<double>(spec.speed) * 1e-6);
      if (pool.servers > 0 &&
          (pool.workers != spec.workers || pool.service != mean || pool.law != spec.service.kind()))
        pool.alike = false;
      ++pool.servers;
      pool.workers = spec.workers;
      pool.service = mean;
      pool.law = spec.service.kind();
    }
  }
  return pool;
}

double scv_of(app::Distribution::Kind law) {
  return law == app::Distribution::Kind::kExponential ? 1 : 0;
}

}  // namespace

double erlang_b(double erlangs, unsigned workers) {
  double lost = 1;
  for (unsigned k = 1; k <= workers; ++k) lost = erlangs * lost / (k + erlangs * lost);
  return lost;
}

double erlang_c(double erlangs, unsigned workers) {
  if (erlangs >= workers) return 1;
  const double lost = erlang_b(erlangs, workers);
  return lost / (1 - erlangs / workers * (1 - lost));
}

double mmc_time(double load, unsigned workers) {
  return 1 + erlang_c(load * workers, workers) / (workers * (1 - load));
}

double mg1_time(double load, double service_scv) {
  return 1 + load * (1 + service_scv) / 2 / (1 - load);
}

double dm1_time(double load) {
  double root = load;  // of x = exp(-(1 - x) / load) below 1
  for (int i = 0; i < 10'000; ++i) root = std::exp(-(1 - root) / load);
  return 1 / (1 - root);
}

double two_choices_time(double load) {
  double sum = 0;
  for (double term = 1; term > 1e-18; term = term * term * load * load) sum += term;
  return sum;
}

Capacity capacity(double rate, double request, double reply, unsigned servers, double outer) {
  const double bytes = rate / 8;
  Capacity most;
  most.nat_one_arm = bytes / (request + reply);  // both directions of one cable carry both
  most.nat_two_arm = bytes / std::max(request, reply);
  const double replies = servers * bytes / reply;  // each server's own way out
  most.dr = std::min(bytes / request, replies);
  most.tun = std::min(bytes / (request + outer), replies);
  return most;
}

std::vector<std::string> bounds_of(const scenario::Scenario& scenario) {
  std::vector<std::string> lines;
  for (const app::TrafficPlan& traffic : scenario.load.traffics) {
    if (traffic.arrivals != app::Arrivals::kPoisson || !traffic.rates.empty() ||
        traffic.gap.ps() == 0)
      continue;
    const Pool pool = pool_of(scenario, traffic);
    if (pool.servers == 0 || !pool.alike) continue;
    const double rate = traffic.batch * traffic.shape.requests / traffic.gap.in_seconds();
    const auto workers = static_cast<unsigned>(pool.servers * pool.workers);
    const double load = rate * pool.service / workers;
    std::string line =
        fmt::format("{}: {:.6g} requests/s for {} workers of {:.6g} ms is load {:.4g}",
                    traffic.name, rate, workers, pool.service * 1e3, load);
    const bool exponential = pool.law == app::Distribution::Kind::kExponential;
    if (load >= 1) {
      line += ": more than all servers can do";
    } else if (exponential || (pool.law == app::Distribution::Kind::kFixed && pool.workers == 1)) {
      if (exponential)
        line += fmt::format("; no pick can beat one queue, {:.6g} ms",
                            mmc_time(load, workers) * pool.service * 1e3);
      const double split =
          exponential ? mmc_time(load, pool.workers) : mg1_time(load, scv_of(pool.law));
      line += fmt::format("; a random split has {:.6g} ms", split * pool.service * 1e3);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace lvslab::compare
