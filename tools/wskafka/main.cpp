#include "actors/server.hpp"
#include "config/generate.hpp"
#include "config/load.hpp"
#include "tools/wskafka/arguments.hpp"
#include "tools/wskafka/log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

/// The server program: the composition root, and the library's first user.
/// Exit codes: 0 a clean end, 1 it could not start or not stop cleanly, 2 a
/// mistake in the command line.
namespace wskafka::cli {
namespace {

/// A broker that is up answers within this; one that is not is said to be
/// unreachable, and the server starts without it.
constexpr std::chrono::milliseconds broker_patience{1000};

bool read_file(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  text = content.str();
  // A directory opens, and reads as nothing.
  return file.good() && !std::filesystem::is_directory(path);
}

/// One line: where the settings come from.
std::string describe(const std::vector<config::source_use>& used) {
  std::string line;
  for (const config::source_use& source : used) {
    if (source.settings == 0)
      continue;
    line += line.empty() ? "" : ", ";
    line += source.name + " (" + std::to_string(source.settings) + ")";
  }
  return "configuration: " + (line.empty() ? "defaults" : line);
}

/// The settings of all sources; prints problems, and notices.
std::optional<config::load_result> load_options(const arguments& args) {
  config::sources from;
  from.command_line = args.overrides;
  from.file_name = args.config_file;
  if (!args.config_file.empty()) {
    std::string text;
    if (!read_file(args.config_file, text)) {
      std::cerr << args.config_file << ": cannot be read\n";
      return std::nullopt;
    }
    from.file_text = std::move(text);
  }
  for (char** variable = environ; *variable != nullptr; ++variable)
    from.environment.emplace_back(*variable);
  config::load_result loaded = config::load(from);
  for (const config::remark& notice : loaded.notices)
    std::cerr << "notice: " << config::to_string(notice) << '\n';
  for (const config::remark& problem : loaded.problems)
    std::cerr << config::to_string(problem) << '\n';
  if (!loaded.problems.empty())
    return std::nullopt;
  return loaded;
}

/// Blocks until a signal, or until the server cannot go on. True for a signal.
/// From then on a second signal ends the process at once.
class stop_signals {
 public:
  stop_signals() : signals_(context_, SIGTERM, SIGINT) {
    signals_.async_wait([this](auto error, int) {
      if (error)
        return;
      asked_ = true;
      context_.stop();
    });
  }

  bool wait() {
    context_.run();
    return asked_;
  }

  /// From any thread.
  void give_up() { context_.stop(); }

  void second_ends() {
    context_.restart();
    // Where the server gave up itself the first is still waited for.
    signals_.cancel();
    signals_.async_wait([](auto error, int) {
      if (!error)
        std::_Exit(EXIT_FAILURE);
    });
    watcher_ = std::thread([this] { context_.run(); });
  }

  ~stop_signals() {
    context_.stop();
    if (watcher_.joinable())
      watcher_.join();
  }

 private:
  boost::asio::io_context context_{1};
  boost::asio::signal_set signals_;
  std::thread watcher_;
  bool asked_ = false;
};

int serve(const arguments& args) {
  auto loaded = load_options(args);
  if (!loaded)
    return EXIT_FAILURE;
  config::options& options = loaded->values;
  const auto stop_timeout = options.websocket.stop_timeout;
  open_log(options.websocket);
  stop_signals signals;
  server gateway(std::move(options));
  log_events(gateway);
  gateway.on_failure([&] { signals.give_up(); });
  if (const auto error = gateway.start()) {
    std::cerr << *error << '\n';
    close_log();
    return EXIT_FAILURE;
  }
  gateway.await_broker(broker_patience);
  std::cout << describe(loaded->used) << '\n';
  for (const std::string& line : gateway.notices())
    std::cout << line << '\n';
  for (const std::string& address : gateway.addresses())
    std::cout << "listening on ws://" << address << '\n';
  std::cout << "ready" << std::endl;

  const bool asked = signals.wait();
  log_info(asked ? "stopping" : "stopping after a failure");
  signals.second_ends();
  const bool clean = gateway.stop(stop_timeout);
  if (clean)
    log_info("stopped");
  else
    log_error("stopped at the deadline; some work was given up");
  close_log();
  return asked && clean ? EXIT_SUCCESS : EXIT_FAILURE;
}

int check_config(const arguments& args) {
  const auto loaded = load_options(args);
  if (!loaded)
    return EXIT_FAILURE;
  const auto refused = server::refusals(loaded->values);
  for (const std::string& sentence : refused)
    std::cerr << sentence << '\n';
  if (!refused.empty())
    return EXIT_FAILURE;
  std::cout << (args.config_file.empty() ? "the configuration"
                                         : args.config_file)
            << " is valid\n";
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace wskafka::cli

int main(int argc, char** argv) {
  using namespace wskafka::cli;
  const parsed command = parse(argc, argv);
  if (!command.value)
    return command.exit_code;
  switch (command.value->what) {
    case arguments::command::check_config:
      return check_config(*command.value);
    case arguments::command::gen_config:
      std::cout << wskafka::config::sample();
      return EXIT_SUCCESS;
    case arguments::command::serve:
      return serve(*command.value);
  }
  return EXIT_FAILURE;
}
