// The built program run as people run it, in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/process.h"
#include "support/scenario_run.h"
#include "support/text_file.h"

namespace lvslab::testing {

// Two hosts on a cable, a few connections; what it expects is appended by the test.
inline constexpr char kSmallScenario[] = R"(lvslab: 1
title: Two hosts on a cable
params: {COUNT: 2}
hosts:
  client: {interfaces: {eth0: {address: 10.0.0.1/24}}}
  server:
    interfaces: {eth0: {address: 10.0.0.2/24}}
    serve: [{tcp: 80, reply: "hello, \"world\"\n"}]
links:
  - [client:eth0, server:eth0]
traffic:
  web: {from: client, to: 10.0.0.2:80, connections: $COUNT, arrivals: every 1s, request: "GET /\r\n"}
)";

class CommandLine : public ::testing::Test {
 protected:
  ProcessResult lvslab(const std::string& arguments, const std::string& environment = {}) {
    return run_process(environment + " '" LVSLAB_PROGRAM "' " + arguments, folder_.path().string());
  }
  std::string scenario(const std::string& rest = {}) {
    return file("small.yaml", kSmallScenario + rest);
  }
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_.file(name), std::ios::binary) << text;
    return folder_.file(name);
  }
  std::string lab_b() const { return repository_path("scenarios/labs/B-dr-on-one-lan.yaml"); }
  ScratchFolder folder_{"cli"};
};

}  // namespace lvslab::testing
