// From real servers back to the client.
#include <algorithm>

#include "diagnose/findings/looks.h"

namespace lvslab::diagnose {
namespace {

using lvs::Method;
using wire::Ipv4;

// The director's address on a segment of the server's, for a cure.
std::string director_beside(const Survey& survey, std::size_t director, std::size_t server) {
  for (const Nic& nic : survey.cards()) {
    if (nic.host != server) continue;
    for (const Nic& other : survey.neighbours_of(nic)) {
      if (other.host != director) continue;
      for (const net::Address& a : survey.interface(other).addresses) {
        if (!survey.is_vip(a.local)) return wire::to_string(a.local);
      }
    }
  }
  return "<the director>";
}

void bypass(const Survey& survey, Report& report, const Trip& trip, const Leg& leg) {
  const std::size_t server = *leg.server, director = trip.balanced->director;
  const std::string& name = survey.name(server);
  const Walk& reply = *leg.reply;
  if (reply.steps.empty() || reply.steps.front().out == kNoInterface) return;
  const Step& first = reply.steps.front();
  const Ipv4 client = reply.probe.destination.address;
  const std::string address = director_beside(survey, director, server);
  if (first.next_hop == client) {
    report.add(
        {.id = "nat-one-network",
         .host = name,
         .place = survey.place_of(server),
         .summary = fmt::format("{} is balanced by NAT, and {} stands on its own network: it "
                                "answers it without the director",
                                name, survey.text(client)),
         .symptom = "the client gets a SYN-ACK from the RIP, of which it knows nothing, and "
                    "answers with RST",
         .cure = {
             {name, fmt::format("ip route replace {}/32 via {}", wire::to_string(client), address)},
             {survey.name(director), "sysctl -w net.ipv4.conf.all.send_redirects=0"}}});
    return;
  }
  report.add({.id = "nat-gateway-not-director",
              .host = name,
              .place = survey.place_of_gateway(server, first.next_hop),
              .summary = fmt::format(
                  "{} is balanced by NAT, but its way back to {} leads by {}, not "
                  "by {}",
                  name, survey.text(client), survey.text(first.next_hop), survey.name(director)),
              .symptom = "the client gets a SYN-ACK from the RIP, of which it knows nothing, and "
                         "answers with RST; the director's entry stays in SYN_RECV",
              .cure = {{name, "ip route replace default via " + address}}});
}

// The director forwards a reply out of the card it came in by, and tells the server of a shorter
// way.
void redirects(const Survey& survey, Report& report, const Trip& trip, const Leg& leg) {
  const std::size_t director = trip.balanced->director;
  const Walk& reply = *leg.reply;
  for (const Step& step : reply.steps) {
    if (step.host != director || step.in == kNoInterface || step.in != step.out) continue;
    const net::EffectiveConf settings = survey.host(director).conf(step.in);
    const std::size_t server = *leg.server;
    const Step& first = reply.steps.front();
    if (!settings.send_redirects() || first.out == kNoInterface ||
        !survey.host(server).conf(first.out).accept_redirects()) {
      continue;
    }
    const std::string& name = survey.name(director);
    report.add(
        {.id = "nat-redirects",
         .host = name,
         .place = survey.place_of_sysctl(director, "send_redirects"),
         .summary = fmt::format("{} forwards {}'s replies out of the card they came in by, "
                                "and sends redirects",
                                name, survey.name(server)),
         .symptom = fmt::format("it works at first; then {} obeys a redirect, and its replies "
                                "miss the director",
                                survey.name(server)),
         .cure = {
             {name, sysctl_w("all.send_redirects", 0)},
             {name, sysctl_w(survey.interface({director, step.in}).name + ".send_redirects", 0)}}});
  }
}

void translated(const Survey& survey, Report& report, const Trip& trip, const Leg& leg,
                const std::string& packet) {
  const std::size_t director = trip.balanced->director;
  const Walk& reply = *leg.reply;
  if (!reply.passes(director)) {
    // Where it stopped before it could pass the director by.
    const bool stopped = reply.end != WalkEnd::kDelivered && reply.end != WalkEnd::kTranslated;
    const bool at_server = stopped && reply.host == *leg.server;
    if (at_server) return explain_stop(survey, report, reply, LegKind::kReply, packet);
    if (report.has("wrong-method", survey.name(director))) return;
    return bypass(survey, report, trip, leg);
  }
  const bool at_director = reply.end != WalkEnd::kDelivered && reply.host == director;
  if (at_director) return explain_stop(survey, report, reply, LegKind::kReply, packet);
  redirects(survey, report, trip, leg);
  if (leg.answer) explain_stop(survey, report, *leg.answer, LegKind::kReply, packet);
}

}  // namespace

void look_at_replies(const Survey& survey, Report& report) {
  for (const Trip& trip : survey.trips()) {
    for (const Leg& leg : trip.legs) {
      if (!leg.reply) continue;
      const std::string packet = fmt::format("what {} answers {}", survey.name(*leg.server),
                                             survey.name(trip.demand->client));
      const Method method = leg.real->options.method;
      if (method == Method::kMasq || method == Method::kFullNat) {
        translated(survey, report, trip, leg, packet);
      } else {
        explain_stop(survey, report, *leg.reply, LegKind::kReply, packet);
      }
    }
  }
}

}  // namespace lvslab::diagnose
