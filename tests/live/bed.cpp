#include "live/bed.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/process.h"

namespace lvslab::testing {
namespace {

constexpr const char* kHosts[] = {"client", "lvs", "rs1", "rs2"};

struct Cable {
  const char *host_a, *nic_a, *host_b, *nic_b;
};
constexpr Cable kCables[] = {{"client", "eth0", "lvs", "eth0"},
                             {"lvs", "eth1", "rs1", "eth0"},
                             {"lvs", "eth2", "rs2", "eth0"},
                             {"rs1", "eth1", "client", "eth1"},
                             {"rs2", "eth1", "client", "eth2"}};

const std::string kPrefix = "lvslab-live-";

// What a test that was killed left behind: namespaces named after a process that is no more.
void sweep() {
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator("/run/netns", problem)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    const std::string process = name.substr(kPrefix.size(), name.rfind('-') - kPrefix.size());
    if (std::filesystem::exists("/proc/" + process)) continue;
    std::system(("ip netns del '" + name + "' 2>/dev/null").c_str());
  }
}

// Addresses of what stays the same in every mode. rp_filter would refuse what DR and TUN deliver.
constexpr const char* kClientSetup = R"(
  ip addr add 10.0.1.10/24 dev eth0; ip addr add 10.0.4.10/24 dev eth1
  ip addr add 10.0.5.10/24 dev eth2
)";
constexpr const char* kDirectorSetup = R"(
  for nic in eth0 eth1 eth2; do ip link set $nic arp off; done
)";
constexpr const char* kEveryHost = R"(
  for file in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $file; done
  for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do
    [ -e "$file" ] && echo 1 > "$file"
  done
  for nic in lo eth0 eth1 eth2; do
    ip link show $nic >/dev/null 2>&1 && ip link set $nic up
  done
  true
)";

constexpr const char* kFetch = R"(
import sys, urllib.request, zlib
get = urllib.request.build_opener(urllib.request.ProxyHandler({}))
for path in sys.argv[1:]:
    body = get.open('http://10.0.1.100' + path, timeout=10).read()
    print(body.decode().strip() if len(body) < 100 else '%d:%x' % (len(body), zlib.crc32(body)))
)";

// A decapsulator for kernels without the ipip module: what comes in as protocol 4 is given, without
// its outer header, to the stack through a TUN device.
constexpr const char* kDecapsulator = R"(
import fcntl, os, socket, struct
device = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(device, 0x400454ca, struct.pack('16sH', b'tunl0', 0x1001))
outer = socket.socket(socket.AF_INET, socket.SOCK_RAW, 4)
os.system('echo 0 > /proc/sys/net/ipv4/conf/tunl0/rp_filter; ip link set tunl0 up')
print('ready', flush=True)
while True:
    datagram = outer.recv(65536)
    os.write(device, datagram[(datagram[0] & 15) * 4:])
)";

}  // namespace

std::string LiveBed::space(const std::string& host) {
  return kPrefix + std::to_string(getpid()) + "-" + host;
}

std::vector<std::string> LiveBed::on(const std::string& host, std::vector<std::string> command) {
  std::vector<std::string> words{"ip", "netns", "exec", space(host)};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

void LiveBed::SetUp() {
  if (geteuid() != 0) GTEST_SKIP() << "needs root: makes network namespaces";
  for (const char* program : {"ip", "python3"}) {
    if (!have_program(program)) GTEST_SKIP() << "needs " << program;
  }
  sweep();
  made_ = true;
  for (const char* host : kHosts) {
    const Finished made = run({"ip", "netns", "add", space(host)});
    if (made.status != 0) GTEST_SKIP() << "no network namespaces here: " << made.output;
  }
  if (!make_cables()) GTEST_SKIP() << "no veth cables here: " << read_text_file(file("run"));
  for (const char* host : kHosts) shell(host, kEveryHost);
  shell("client", kClientSetup);
  shell("lvs", kDirectorSetup);
}

void LiveBed::TearDown() {
  children_.clear();
  if (!made_) return;
  for (const char* host : kHosts) run({"ip", "netns", "del", space(host)});
}

bool LiveBed::make_cables() {
  for (const Cable& c : kCables) {
    if (run({"ip", "link", "add", c.nic_a, "netns", space(c.host_a), "type", "veth", "peer", "name",
             c.nic_b, "netns", space(c.host_b)})
            .status != 0)
      return false;
  }
  return true;
}

void LiveBed::shell(const std::string& host, const std::string& script) {
  const Finished done = run(on(host, {"sh", "-c", script}));
  ASSERT_EQ(done.status, 0) << host << ": " << script << "\n" << done.output;
  ASSERT_EQ(done.output, "") << host << ": " << script;
}

std::string LiveBed::write(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::binary) << text;
  return file(name);
}

void LiveBed::serve_web(const std::string& host) {
  const std::string folder = file("www-" + host);
  std::filesystem::create_directories(folder);
  std::string big;
  for (std::uint32_t x = 1; big.size() < kBigBytes; x = x * 1664525 + 1013904223)
    big += static_cast<char>(x >> 24);
  std::ofstream(folder + "/index.html", std::ios::binary) << host << "\n";
  std::ofstream(folder + "/big", std::ios::binary) << big;
  const Finished sum = run({"python3", "-c",
                            "import sys, zlib; body = open(sys.argv[1], 'rb').read(); "
                            "print('%d:%x' % (len(body), zlib.crc32(body)), end='')",
                            folder + "/big"});
  big_checksum_ = sum.output;
  children_[host] =
      Child(on(host, {"python3", "-u", "-m", "http.server", "80", "--directory", folder}),
            file("web-" + host));
  ASSERT_TRUE(children_[host].says("Serving HTTP")) << children_[host].output();
}

std::vector<std::string> LiveBed::fetch(const std::vector<std::string>& paths) {
  std::vector<std::string> words{"python3", "-c", kFetch};
  words.insert(words.end(), paths.begin(), paths.end());
  const Finished done = run(on("client", words));
  EXPECT_EQ(done.status, 0) << done.output;
  return lines_of(done.output);
}

bool LiveBed::make_tunnel(const std::string& host) {
  run({"modprobe", "ipip"});  // where there is no such program, the kernel may have it built in
  if (run(on(host, {"ip", "link", "show", "tunl0"})).status == 0) {
    shell(host, "echo 0 > /proc/sys/net/ipv4/conf/tunl0/rp_filter; ip link set tunl0 up");
    return true;
  }
  if (access("/dev/net/tun", R_OK | W_OK) != 0) return false;
  Child& child = children_["tunnel " + host];
  child = Child(on(host, {"python3", "-c", kDecapsulator}), file("tunnel-" + host));
  return child.says("ready");
}

}  // namespace lvslab::testing
