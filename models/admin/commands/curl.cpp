// curl: one GET after the other; prints the body. A reply is complete at its last byte's PSH or at
// the FIN.
#include <algorithm>
#include <cstdio>

#include "admin/commands/commands.h"
#include "admin/commands/resolve.h"
#include "admin/files.h"

namespace lvslab::admin {
namespace {

using transport::SocketError;
using transport::SocketId;

struct Options {
  std::vector<std::string> urls;
  std::string output;  ///< -o
  std::optional<Duration> max_time;
  Duration connect_timeout = Duration::seconds(300);
  bool silent = false, show_error = false, head_only = false, include = false, verbose = false;
  wire::Ipv4 source;
  std::string device;     ///< --interface NAME: its first address
  std::string write_out;  ///< -w
  std::string method = "GET";
};

struct Url {
  std::string host, path = "/";
  std::uint16_t port = 80;
};

std::optional<Url> parse_url(std::string text) {
  Url url;
  if (text.starts_with("http://")) {
    text.erase(0, 7);
  } else if (text.starts_with("https://")) {
    text.erase(0, 8);
    url.port = 443;  // the handshake of TLS is not modelled: the request goes in clear
  } else if (text.find("://") != std::string::npos) {
    return std::nullopt;
  }
  if (const std::size_t slash = text.find('/'); slash != std::string::npos) {
    url.path = text.substr(slash);
    text.erase(slash);
  }
  if (const std::size_t colon = text.find(':'); colon != std::string::npos) {
    const std::string port = text.substr(colon + 1);
    if (port.empty() || port.size() > 5 ||
        port.find_first_not_of("0123456789") != std::string::npos)
      return std::nullopt;
    const int number = std::stoi(port);
    if (number < 1 || number > 65'535) return std::nullopt;
    url.port = static_cast<std::uint16_t>(number);
    text.erase(colon);
  }
  url.host = text;
  return url;
}

/// The socket's side: outlives the program while the kernel closes the connection.
struct Exchange final : public ParkedOwner {
  std::string request, reply;
  std::uint64_t bytes = 0;
  bool connected = false, complete = false, ended = false;
  SocketError error = SocketError::kNone;
  transport::Sockets* sockets = nullptr;
  Machine* machine = nullptr;
  Instant* attention = nullptr;  ///< the program's next wake, while it runs

  void hear(Turn& turn) {
    if (attention == nullptr) return;
    *attention = turn.now();
    machine->process_changed();
  }
  void on_connected(Turn& turn, SocketId socket) override {
    connected = true;
    sockets->tcp_write_copy(turn, socket,
                            {reinterpret_cast<const std::uint8_t*>(request.data()), request.size()},
                            0, Tag{});
    hear(turn);
  }
  void on_data(Turn& turn, SocketId, const transport::Chunk& chunk) override {
    const std::size_t room = kLargestOutput - std::min<std::size_t>(kLargestOutput, reply.size());
    reply.append(reinterpret_cast<const char*>(chunk.bytes.data()),
                 std::min(chunk.bytes.size(), room));
    bytes += chunk.length();
    complete = complete || chunk.push;
    hear(turn);
  }
  void on_peer_closed(Turn& turn, SocketId) override {
    complete = ended = true;
    hear(turn);
  }
  void on_closed(Turn& turn, SocketId, SocketError why) override {
    gone = true;
    ended = true;
    error = why;
    hear(turn);
  }
};

class Curl final : public Process {
 public:
  Curl(Machine& machine, Options options) : machine_(machine), options_(std::move(options)) {}

  std::optional<int> resume(CommandContext& context) override {
    for (;;) {
      if (exchange_ == nullptr) {
        if (next_ == options_.urls.size()) return status_;
        begin(context, options_.urls[next_++]);
        if (exchange_ == nullptr) continue;  // it failed at once
      }
      if (!finished(context)) return std::nullopt;
    }
  }
  Instant next_wake() const override { return next_wake_; }
  void interrupt(Turn& turn) override {
    if (exchange_ == nullptr || exchange_->gone) return;
    machine_.sockets().tcp_abort(turn, socket_);
    exchange_.reset();
  }

 private:
  void fail(CommandContext& context, int code, const std::string& text) {
    status_ = code;
    if (options_.verbose) {
      context.err += "* " + text + "\n";
      if (!where_.empty()) context.err += "* Closing connection 0\n";
    }
    write_out(context, "000", 0);
    if (!options_.silent || options_.show_error)
      context.err += "curl: (" + std::to_string(code) + ") " + text + "\n";
  }

  void begin(CommandContext& context, const std::string& text) {
    const auto url = parse_url(text);
    where_.clear();
    url_ = text;
    started_ = context.turn.now();
    if (!url && text.find("://") != std::string::npos)
      return fail(context, 1,
                  "Protocol \"" + text.substr(0, text.find("://")) +
                      "\" not supported or disabled in libcurl");
    if (!url) return fail(context, 3, "URL using bad/illegal format or missing URL");
    const auto address = resolve(machine_, url->host);
    if (!address) return fail(context, 6, "Could not resolve host: " + url->host);
    if (!options_.device.empty() && options_.source.is_zero()) {
      const net::Interface* nic = machine_.host().find_interface(options_.device);
      if (nic == nullptr || nic->addresses.empty())
        return fail(context, 45, "Couldn't bind to interface '" + options_.device + "'");
      options_.source = nic->addresses.front().local;
    }
    remote_ = wire::to_string(*address);
    if (options_.verbose)
      context.err += "*   Trying " + remote_ + ":" + std::to_string(url->port) + "...\n";
    shown_connect_ = false;
    where_ = url->host + " port " + std::to_string(url->port);
    auto exchange = std::make_unique<Exchange>();
    exchange->sockets = &machine_.sockets();
    exchange->machine = &machine_;
    exchange->attention = &next_wake_;
    exchange->request = (options_.head_only ? "HEAD" : options_.method) + " " + url->path +
                        " HTTP/1.1\r\nHost: " + url->host +
                        (url->port == 80 ? "" : ":" + std::to_string(url->port)) +
                        "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n";
    const auto socket = machine_.sockets().tcp_connect(
        context.turn, {options_.source, 0}, {*address, url->port}, exchange.get(), Tag{});
    if (!socket) {
      if (socket.error() == SocketError::kAddressNotAvailable)
        return fail(context, 45, "bind failed with errno 99: Cannot assign requested address");
      return fail(context, 7, not_connected(0, false));
    }
    socket_ = *socket;
    exchange_ = std::move(exchange);
  }

  /// 7.88 gives the same reason for every refusal, whatever the socket said.
  std::string not_connected(std::int64_t ms, bool timed_out) const {
    return "Failed to connect to " + where_ + " after " + std::to_string(ms) +
           " ms: " + (timed_out ? "Timeout was reached" : "Couldn't connect to server");
  }

  /// Whether this exchange has come to its end; then it is let go.
  bool finished(CommandContext& context) {
    const Instant now = context.turn.now();
    if (options_.verbose && exchange_->connected && !std::exchange(shown_connect_, true))
      tell_request(context);
    const std::int64_t ms = (now - started_) / Duration::milliseconds(1);
    Instant limit = exchange_->connected ? Instant::never() : started_ + options_.connect_timeout;
    if (options_.max_time) limit = std::min(limit, started_ + *options_.max_time);
    if (exchange_->complete && exchange_->bytes > 0) {
      deliver(context);
    } else if (exchange_->ended && !exchange_->connected) {
      const bool timed_out = exchange_->error == SocketError::kTimedOut;
      fail(context, timed_out ? 28 : 7, not_connected(ms, timed_out));
    } else if (exchange_->ended) {
      const SocketError error = exchange_->error;
      if (error == SocketError::kNone)
        fail(context, 52, "Empty reply from server");
      else
        fail(context, 56, "Recv failure: " + std::string(transport::socket_error_text(error)));
    } else if (now >= limit) {
      if (exchange_->connected) {
        fail(context, 28,
             "Operation timed out after " + std::to_string(ms) + " milliseconds with " +
                 std::to_string(exchange_->bytes) + " bytes received");
      } else if (limit == started_ + options_.connect_timeout) {
        fail(context, 28, not_connected(ms, true));
      } else {
        fail(context, 28, "Connection timed out after " + std::to_string(ms) + " milliseconds");
      }
    } else {
      next_wake_ = limit;
      return false;
    }
    exchange_->attention = nullptr;
    if (!exchange_->gone) {
      if (exchange_->connected) {
        machine_.sockets().tcp_close(context.turn, socket_);
      } else {
        machine_.sockets().tcp_abort(context.turn, socket_);
        exchange_->gone = true;
      }
    }
    machine_.park(std::move(exchange_));
    return true;
  }

  void deliver(CommandContext& context) {
    std::string body = exchange_->reply;
    // A server that speaks HTTP sends a header first. A plain text of a scenario has none: it
    // stands for the body of an answer that went well.
    std::string header =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    if (body.starts_with("HTTP/")) {
      const std::size_t end = body.find("\r\n\r\n");
      header = body.substr(0, end == std::string::npos ? end : end + 4);
      body.erase(0, header.size());
    }
    if (options_.head_only) body.clear();
    if (options_.verbose) {
      for (std::size_t p = 0; p < header.size();) {
        const std::size_t end = std::min(header.find('\n', p), header.size() - 1);
        context.err += "< " + header.substr(p, end + 1 - p);
        p = end + 1;
      }
      context.err +=
          "* Connection #0 to host " + where_.substr(0, where_.find(' ')) + " left intact\n";
    }
    const std::size_t space = header.find(' ');
    const std::string code = space == std::string::npos ? "000" : header.substr(space + 1, 3);
    const std::size_t size = body.size();
    if (options_.include || options_.head_only) body.insert(0, header);
    if (options_.output.empty()) {
      context.out += body;
      return write_out(context, code, size);
    }
    const FileError error = write_file(
        context.turn, machine_, absolute_path(context.directory, options_.output), body, false);
    write_out(context, code, size);
    if (error == FileError::kNone) return;
    status_ = 23;
    if (!options_.silent || options_.show_error)
      context.err += "curl: (23) Failure writing output to destination\n";
  }

  void tell_request(CommandContext& context) {
    const std::size_t space = where_.find(' ');
    context.err += "* Connected to " + where_.substr(0, space) + " (" + remote_ + ")" +
                   where_.substr(space) + " (#0)\n";
    const std::string& request = exchange_->request;
    for (std::size_t p = 0; p < request.size();) {
      const std::size_t end = std::min(request.find('\n', p), request.size() - 1);
      context.err += "> " + request.substr(p, end + 1 - p);
      p = end + 1;
    }
  }

  /// -w: its variables in "%{...}", its escapes.
  void write_out(CommandContext& context, const std::string& code, std::size_t size) {
    const std::string& format = options_.write_out;
    char seconds[32];
    std::snprintf(
        seconds, sizeof seconds, "%.6f",
        static_cast<double>((context.turn.now() - started_) / Duration::microseconds(1)) / 1e6);
    for (std::size_t i = 0; i < format.size(); ++i) {
      if (format[i] == '\\' && i + 1 < format.size()) {
        ++i;
        context.out += format[i] == 'n' ? '\n' : format[i] == 't' ? '\t' : format[i];
        continue;
      }
      const std::size_t end = format.find('}', i);
      if (format.compare(i, 2, "%{") != 0 || end == std::string::npos) {
        context.out += format[i];
        continue;
      }
      const std::string name = format.substr(i + 2, end - i - 2);
      i = end;
      if (name == "http_code" || name == "response_code") context.out += code;
      if (name == "time_total") context.out += seconds;
      if (name == "size_download") context.out += std::to_string(size);
      if (name == "remote_ip") context.out += remote_;
      if (name == "url" || name == "url_effective") context.out += url_;
      if (name == "exitcode") context.out += std::to_string(status_);
    }
  }

  Machine& machine_;
  Options options_;
  std::string url_, remote_;
  bool shown_connect_ = false;
  std::size_t next_ = 0;
  int status_ = 0;
  std::unique_ptr<Exchange> exchange_;
  SocketId socket_;
  std::string where_;
  Instant started_, next_wake_;
};

/// An error's text, or empty.
std::string parse(const CommandContext& context, Options& options) {
  for (std::size_t i = 1; i < context.args.size(); ++i) {
    const std::string& word = context.args[i];
    const auto value = [&]() -> std::string {
      return i + 1 < context.args.size() ? context.args[++i] : "";
    };
    if (word.size() < 2 || word[0] != '-') {
      options.urls.push_back(word);
    } else if (word == "--connect-timeout" || word == "-m" || word == "--max-time") {
      const std::string text = value();
      const auto seconds = parse_seconds(text);
      if (!seconds) return "curl: option " + word + ": expected a proper numerical parameter\n";
      if (word == "--connect-timeout")
        options.connect_timeout = *seconds;
      else
        options.max_time = *seconds;
    } else if (word == "-o" || word == "--output") {
      options.output = value();
    } else if (word == "--interface") {
      const std::string name = value();
      if (const auto source = wire::parse_ipv4(name))
        options.source = *source;
      else
        options.device = name;
    } else if (word == "-w" || word == "--write-out") {
      options.write_out = value();
    } else if (word == "-X" || word == "--request") {
      options.method = value();
    } else if (word == "-A" || word == "-H" || word == "--header" || word == "--user-agent" ||
               word == "--retry") {
      (void)value();
    } else if (word.starts_with("--")) {
      if (word == "--silent")
        options.silent = true;
      else if (word == "--show-error")
        options.show_error = true;
      else if (word == "--head")
        options.head_only = true;
      else if (word == "--include")
        options.include = true;
      else if (word == "--verbose")
        options.verbose = true;
      else if (word != "--location" && word != "--insecure" && word != "--fail" &&
               word != "--no-keepalive")
        return "curl: option " + word + ": is unknown\n";
    } else {
      for (const char c : word.substr(1)) {
        if (c == 's')
          options.silent = true;
        else if (c == 'S')
          options.show_error = true;
        else if (c == 'I')
          options.head_only = true;
        else if (c == 'i')
          options.include = true;
        else if (c == 'v')
          options.verbose = true;
        else if (std::string_view("fkL4").find(c) == std::string_view::npos)
          return "curl: option " + word + ": is unknown\n";
      }
    }
  }
  return {};
}

}  // namespace

CommandResult run_curl(CommandContext& context) {
  Options options;
  if (const std::string error = parse(context, options); !error.empty()) {
    context.err += error + "curl: try 'curl --help' or 'curl --manual' for more information\n";
    return 2;
  }
  if (options.urls.empty()) {
    if (context.args.size() > 1) context.err += "curl: no URL specified!\n";
    context.err += "curl: try 'curl --help' or 'curl --manual' for more information\n";
    return 2;
  }
  auto curl = std::make_unique<Curl>(context.machine, std::move(options));
  if (const auto status = curl->resume(context)) return *status;
  return CommandResult(std::move(curl));
}

}  // namespace lvslab::admin
