// Clients and servers over real host stacks: box 0 is the server, the others are clients.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/lab.h"

namespace lvslab::app {

inline constexpr std::uint16_t kPort = 80;

inline ServeSpec text_server(std::string text = "hello") {
  ServeSpec spec;
  spec.port = kPort;
  spec.reply = ServeSpec::Reply::kText;
  spec.text = std::move(text);
  return spec;
}

/// One server, clients, a plan; connections are listed by `add`.
class LoadBed : public testing::Test {
 protected:
  void SetUp() override { make(2); }

  void make(std::uint32_t boxes) {
    clients_.clear();
    server_.reset();
    lab_ = std::make_unique<Lab>(boxes);
    plan_ = {};
    plan_.traffics.emplace_back();
    for (std::uint32_t i = 1; i < boxes; ++i) traffic().clients.push_back(i);
  }

  TrafficPlan& traffic() { return plan_.traffics[0]; }

  ConnectionPlan connection(Duration at = Duration()) const {
    ConnectionPlan c;
    c.at = at;
    c.target = {lab_->box(0).address, kPort};
    c.request.text = "GET";
    return c;
  }
  ConnectionPlan& add(ConnectionPlan c) {
    traffic().listed.push_back(std::move(c));
    return traffic().listed.back();
  }

  void serve(const ServeSpec& spec) {
    server_ = std::make_unique<Server>(lab_->box(0).sockets, spec, &plan_);
    lab_->act(0,
              [&](Turn& turn) { ASSERT_EQ(server_->start(turn), transport::SocketError::kNone); });
  }
  void set_state(ServerState state) {
    lab_->act(0, [&](Turn& turn) { server_->set_state(turn, state); });
  }
  void start() {
    plan_.ready = lab_->now();
    for (std::uint32_t i = 1; i <= traffic().clients.size(); ++i) {
      clients_.push_back(std::make_unique<Client>(lab_->box(i).sockets, i, plan_));
      lab_->act(i, [&](Turn& turn) { clients_.back()->start(turn, plan_.ready); });
    }
  }
  Client& client(std::uint32_t i = 1) { return *clients_[i - 1]; }

  std::unique_ptr<Lab> lab_;
  LoadPlan plan_;
  std::unique_ptr<Server> server_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace lvslab::app
