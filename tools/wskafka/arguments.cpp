#include "tools/wskafka/arguments.hpp"

#include "actors/version.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <utility>

namespace wskafka::cli {
namespace {

constexpr int usage_error = 2;

/// `section.key=value`; the section and the key have no `=`.
std::string add_setting(const std::string& text, arguments& into) {
  const auto dot = text.find('.');
  const auto equals = text.find('=');
  if (dot == std::string::npos || equals == std::string::npos || dot > equals)
    return "expected SECTION.KEY=VALUE, e.g. consumer_config.mq_limit=3";
  into.overrides.push_back({text.substr(0, dot),
                            text.substr(dot + 1, equals - dot - 1),
                            text.substr(equals + 1)});
  return {};
}

/// An option that stands for one key of the configuration.
void alias(CLI::App& app, arguments& into, const std::string& name,
           const std::string& section, const std::string& key,
           const std::string& help, const std::string& type) {
  app.add_option_function<std::string>(
         name,
         [&into, section, key](const std::string& value) {
           into.overrides.push_back({section, key, value});
         },
         help)
      ->type_name(type);
}

}  // namespace

parsed parse(int argc, char** argv) {
  arguments result;
  CLI::App app{
      "WSKafka: a WebSocket gateway to Apache Kafka.\n"
      "Without --kafka-host it starts an embedded broker, in memory, for "
      "trying things out."};
  app.set_version_flag("--version", std::string("wskafka ") + version);
  const auto config_option = [&](CLI::App& to) {
    to.add_option("-c,--config", result.config_file,
                  "Configuration file, JSON with comments")
        ->type_name("FILE");
    to.add_option("--set", "A setting: SECTION.KEY=VALUE; may be repeated")
        ->type_name("SETTING")
        ->take_all()
        ->check(CLI::Validator(
            [&result](const std::string& text) {
              return add_setting(text, result);
            },
            ""));
  };
  config_option(app);
  alias(app, result, "--host", "websocket_config", "host",
        "Address to listen on", "ADDRESS");
  alias(app, result, "--port", "websocket_config", "port",
        "Port to listen on; 0 takes a free one", "PORT");
  alias(app, result, "--kafka-host", "kafka_config", "kafkaHost",
        "Kafka's bootstrap servers, HOST:PORT[,HOST:PORT...]", "HOSTS");
  alias(app, result, "--log-level", "websocket_config", "log_level",
        "trace, debug, info, warn, error or off", "LEVEL");

  CLI::App* check = app.add_subcommand(
      "check-config", "Check a configuration and print every problem");
  config_option(*check);
  check->fallthrough();
  CLI::App* generate = app.add_subcommand(
      "gen-config", "Print a starting configuration with comments");
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e, std::cout, std::cerr);
    return {std::nullopt, code == 0 ? 0 : usage_error};
  }
  if (check->parsed())
    result.what = arguments::command::check_config;
  if (generate->parsed())
    result.what = arguments::command::gen_config;
  return {std::move(result), 0};
}

}  // namespace wskafka::cli
