#include "tools/wskafka-load/arguments.hpp"

#include "tools/wskafka-load/fail_if.hpp"
#include "tools/wskafka-load/metrics.hpp"
#include "tools/wskafka-load/payload.hpp"
#include "tools/wskafka-load/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <utility>

namespace wskafka::load {
namespace {

constexpr const char* about =
    "Puts load on a WebSocket gateway to Kafka and tells what it did: how "
    "fast, "
    "how late,\nand whether a record was lost, repeated or out of order.\n"
    "\n"
    "Start a gateway first (tools/run), then try:\n"
    "  wskafka-load roundtrip\n"
    "  wskafka-load publish --rate 20000 --connections 50\n"
    "  wskafka-load roundtrip --help     shows everything one sub-command can "
    "do";

constexpr const char* exit_codes =
    "Exit codes: 0 done, 1 it could not be done as asked, 2 a mistake in the "
    "command line,\n3 a --fail-if was met.";

bool is_utf8(const std::string& text) {
  try {
    return !nlohmann::json(text).dump().empty();
  } catch (const nlohmann::json::type_error&) {
    return false;
  }
}

/// A number makes names up, anything else is the names, split at commas.
std::string read_names(const std::string& text, names& into) {
  const bool number =
      !text.empty() &&
      std::all_of(text.begin(), text.end(),
                  [](unsigned char c) { return std::isdigit(c) != 0; });
  if (number) {
    into.count = text.size() > 6 ? 0 : std::stoul(text);
    if (into.count == 0 || into.count > most_topics)
      return fmt::format("expected 1 to {}, or names", most_topics);
    return {};
  }
  into.given.clear();
  std::istringstream parts(text);
  for (std::string name; std::getline(parts, name, ',');)
    if (!name.empty() && std::find(into.given.begin(), into.given.end(),
                                   name) == into.given.end())
      into.given.push_back(name);
  if (into.given.empty())
    return "expected a number or names";
  if (into.given.size() > most_topics)
    return fmt::format("at most {} names", most_topics);
  return is_utf8(text) ? "" : "the names are no UTF-8";
}

/// A check that adds nothing to the help.
CLI::Validator silent(CLI::Validator check) {
  return check.description("");
}

/// The options of a sub-command, added one kind at a time.
class option_adder {
 public:
  option_adder(CLI::App& app, options& into) : app_(app), into_(into) {}

  void target() {
    add("--url", into_.url, "The gateway", "ws://HOST:PORT", "Target");
    add("--timeout", into_.timeout,
        "Give up when nothing happens for so long while connecting and "
        "joining groups",
        "SECONDS", "Target")
        ->check(silent(CLI::Range(1e-3, 1e9)));
    add("--server-pid", into_.server_pid,
        "The server's process, for its CPU and memory; found by the port when "
        "it is on this machine",
        "PID", "Target");
  }

  void publishing() {
    add("--rate", into_.rate,
        "Messages a second, all connections together, sent on schedule "
        "whatever the gateway does (an open loop)",
        "N", "Load")
        ->check(silent(CLI::Range(1e-3, 1e9)));
    app_.add_flag("--closed-loop", into_.closed_loop,
                  into_.what == command::publish
                      ? "As fast as the sockets take, instead of --rate"
                      : "The next message waits until one has come back, "
                        "instead of --rate")
        ->group("Load");
    if (into_.what != command::publish)
      add("--in-flight", into_.in_flight,
          "With --closed-loop: messages of a connection under way at once", "N",
          "Load")
          ->check(silent(CLI::Range(std::size_t{1}, std::size_t{1000000})));
    add("--connections", into_.connections, "Connections that publish", "N",
        "Load")
        ->check(
            silent(CLI::Range(std::size_t{1}, std::size_t{most_publishers})));
    add("--frames-per-write", into_.frames_per_write,
        "Messages that go out in one write, each a frame of its own; they are "
        "due at the same time",
        "K", "Load")
        ->check(silent(CLI::Range(std::size_t{1}, std::size_t{10000})));
    add("--payload", into_.payload,
        fmt::format("Bytes of each value; {} at least, for what it tells",
                    mark_size),
        "BYTES", "Load")
        ->check(silent(CLI::Range(mark_size, std::size_t{8U << 20U})));
    app_.add_option_function<std::string>(
            "--arrivals",
            // Not this: the adder is gone when the line is read.
            [&into = into_](const std::string& text) {
              if (text != "even" && text != "poisson")
                throw CLI::ValidationError("--arrivals", "even or poisson");
              into.arrival =
                  text == "even" ? arrivals::even : arrivals::poisson;
            },
            "even, or poisson: gaps at random, as of many independent clients")
        ->type_name("KIND")
        ->default_str("even")
        ->group("Load");
    add("--seed", into_.seed, "For payloads and random gaps", "N", "Load");
  }

  void topics() {
    add_names(
        "--topics", into_.topics,
        into_.what == command::subscribe
            ? "Topics that somebody publishes to, split at commas"
            : "How many topics (with new names), or their names, split at "
              "commas. Messages go to them in turn");
    add("--partitions", into_.partitions,
        "Partitions of each topic, if the gateway's list does not tell; order "
        "is checked when it is 1",
        "N", "Load")
        ->check(silent(CLI::Range(0, 1'000'000)));
  }

  void subscribing() {
    if (into_.what == command::fanout) {
      subscribers("Clients, each of which gets every record");
      stalled();
      return;
    }
    app_.add_flag(
            "--broadcast", into_.broadcast,
            "No groups: each of the --subscribers gets every record (part "
            "2 of the protocol)")
        ->group("Load");
    stalled();
    add_names("--groups", into_.groups,
              "How many consumer groups (with new names), or their names. Each "
              "group gets every record");
    subscribers("Connections in each group");
    add("--commit", into_.commit,
        "Who confirms records: sent, the WebSocket itself, or ack, an ack of "
        "ours for each delivery (part 2 of the protocol)",
        "KIND", "Load")
        ->check(silent(CLI::IsMember({"sent", "ack"})));
    add("--window", into_.window,
        "Most records that a connection was sent and has not confirmed (part 2 "
        "of the protocol)",
        "N", "Load");
  }

  void stalled() {
    add("--stalled", into_.stalled,
        "Clients of the broadcast beside these that subscribe and then read "
        "nothing; in no ledger",
        "N", "Load");
  }

  void subscribers(const char* help) {
    add("--subscribers", into_.subscribers, help, "N", "Load")
        ->check(silent(CLI::Range(std::size_t{1}, std::size_t{100000})));
  }

  void length() {
    add("--duration", into_.duration, "Seconds that are measured", "SECONDS",
        "Length")
        ->check(silent(CLI::Range(1e-3, 1e9)));
    add("--warmup", into_.warmup,
        "Seconds before: in the ledger, not in the statistics", "SECONDS",
        "Length")
        ->check(silent(CLI::Range(0.0, 1e9)));
  }

  void drain() {
    add("--drain", into_.drain,
        into_.what == command::publish
            ? "After the end, wait for the gateway to read everything until it "
              "answered nothing for so long"
            : "After the end, wait for what is missing until nothing came for "
              "so long; then it is lost",
        "SECONDS", "Length")
        ->check(silent(CLI::Range(1e-3, 1e9)));
  }

  void itself() {
    add("--threads", into_.threads, "Threads of the load tool", "N", "Itself")
        ->check(silent(CLI::Range(std::size_t{1}, std::size_t{256})));
    app_.add_flag("-q,--quiet", into_.quiet, "No line a second, no bar")
        ->group("Reports");
    add("--note", into_.note, "A text for the reports, such as what is new",
        "TEXT", "Reports");
    add("--json", into_.json, "Writes the result as JSON; - is stdout", "FILE",
        "Reports");
    add("--hgrm", into_.hgrm,
        "Writes the latencies as HdrHistogram's percentile text", "FILE",
        "Reports");
    add("--html", into_.html, "Writes a page with plots", "FILE", "Reports");
    app_.add_option("--fail-if", into_.fail_if,
                    "Exit code 3 when this holds, as p99>50ms, lost>0 or "
                    "rate<9000; may be repeated. A wrong name lists all")
        ->type_name("METRIC>VALUE")
        ->take_all()
        ->group("Reports");
  }

  CLI::Option* count() {
    return add("--count", into_.count,
               "Start at the first record and end after this many; for topics "
               "that are full already (--duration bounds it). Nothing is a "
               "warm-up unless --warmup says so",
               "N", "Length");
  }

  template <class T>
  CLI::Option* add(const char* name, T& value, const std::string& help,
                   const char* type, const char* group) {
    CLI::Option* const made =
        app_.add_option(name, value, help)->type_name(type)->group(group);
    // An empty or zero one is off, and has no default to show.
    return value == T() ? made : made->capture_default_str();
  }

 private:
  void add_names(const char* option, names& value, const std::string& help) {
    CLI::Option* const made =
        app_.add_option_function<std::string>(
                option,
                [&value, option](const std::string& text) {
                  if (const std::string error = read_names(text, value);
                      !error.empty())
                    throw CLI::ValidationError(option, error);
                },
                help)
            ->type_name("N|NAMES")
            ->group("Load");
    if (into_.what != command::subscribe || &value != &into_.topics)
      made->default_str(std::to_string(value.count));
  }

  CLI::App& app_;
  options& into_;
};

struct sub_command {
  command what;
  const char* help;
  const char* example;
};

constexpr sub_command sub_commands[] = {
    {command::connect, "Open many connections and hold them",
     "Example, 5000 connections, 500 new ones a second, held for a minute:\n"
     "  wskafka-load connect --connections 5000 --connect-rate 500 --duration "
     "60"},
    {command::publish, "Publish messages",
     "Example, 20,000 messages a second from 50 connections:\n"
     "  wskafka-load publish --rate 20000 --connections 50"},
    {command::subscribe, "Receive what somebody else publishes",
     "Example, two connections share a topic:\n"
     "  wskafka-load subscribe --topics orders --subscribers 2"},
    {command::roundtrip, "Publish, and receive it back through Kafka: latency",
     "Example, and it fails when the 99th percentile is above 50 ms:\n"
     "  wskafka-load roundtrip --rate 5000 --fail-if 'p99>50ms'"},
    {command::mixed, "Publishers and groups of subscribers on several topics",
     "Example, 100 publishers, 4 topics, 3 groups of 5 subscribers:\n"
     "  wskafka-load mixed --connections 100 --topics 4 --groups 3 "
     "--subscribers 5"},
    {command::fanout, "Publish to many clients that each get everything",
     "Example, 500 messages a second to 1000 clients:\n"
     "  wskafka-load fanout --rate 500 --subscribers 1000"},
    {command::compare, "Show two results (--json) side by side",
     "Example:\n  wskafka-load compare before.json after.json"}};

options defaults_of(command what) {
  options made;
  made.what = what;
  made.threads =
      std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, 4);
  switch (what) {
    case command::connect:
      made.connections = 100;
      made.warmup = 0;
      break;
    case command::publish:
      made.connections = 10;
      break;
    case command::mixed:
      made.connections = 10;
      made.topics.count = 4;
      made.groups.count = 2;
      made.subscribers = 2;
      break;
    case command::fanout:
      made.subscribers = 100;
      made.broadcast = true;
      break;
    case command::subscribe:
    case command::roundtrip:
    case command::compare:
      break;
  }
  return made;
}

void add_options(CLI::App& app, options& into) {
  option_adder add(app, into);
  if (into.what == command::compare) {
    app.add_option("before", into.before, "The first result")
        ->type_name("A.json")
        ->required();
    app.add_option("after", into.after, "The second")
        ->type_name("B.json")
        ->required();
    return;
  }
  add.target();
  if (into.publishes())
    add.publishing();
  if (into.what == command::connect) {
    add.add("--connections", into.connections, "How many", "N", "Load")
        ->check(silent(CLI::Range(std::size_t{1}, std::size_t{10000000})));
    app.add_flag("--drop", into.drop,
                 "End them without a close, as when the network goes")
        ->group("Load");
    add.add("--duration", into.duration, "Seconds to hold them", "SECONDS",
            "Length")
        ->check(silent(CLI::Range(0.0, 1e9)));
  }
  add.add("--connect-rate", into.connect_rate,
          "New connections a second; 0: as fast as the gateway answers", "N",
          "Load")
      ->check(silent(CLI::Range(0.0, 1e9)));
  if (into.publishes() || into.subscribes()) {
    add.topics();
    add.length();
  }
  if (into.subscribes())
    add.subscribing();
  if (into.what == command::subscribe)
    add.count();
  if (into.publishes())
    add.drain();
  if (into.what == command::publish)
    app.add_flag("--ack", into.receipts,
                 "Each message asks for a receipt (part 2 of the protocol): "
                 "the end waits for an answer to all")
        ->group("Load");
  if (into.what == command::publish)
    add.add("--settle", into.settle,
            "Part 1 of the protocol says nothing on success: listen for "
            "refusals until none came for so long",
            "SECONDS", "Length")
        ->check(silent(CLI::Range(0.0, 1e9)));
  add.itself();
}

bool given(const CLI::App& line, const char* option) {
  const CLI::Option* const known = line.get_option_no_throw(option);
  return known != nullptr && known->count() > 0;
}

/// What no single option can tell; empty, or what to do.
std::string check(const CLI::App& line, const options& asked) {
  if (asked.what == command::subscribe && asked.topics.given.empty())
    return "subscribe needs the names of topics that somebody publishes to: "
           "--topics NAME[,NAME...]. wskafka-load publish prints the names of "
           "its own";
  if (asked.closed_loop && asked.what != command::publish &&
      asked.in_flight < asked.frames_per_write)
    return "--in-flight must be at least --frames-per-write";
  if (asked.closed_loop && given(line, "--rate"))
    return "--closed-loop has no --rate: it is as fast as the gateway";
  if (!asked.closed_loop && given(line, "--in-flight"))
    return "--in-flight needs --closed-loop";
  if (asked.broadcast && given(line, "--groups"))
    return "--broadcast has no --groups: each subscriber gets every record";
  if (asked.broadcast && (asked.acks() || asked.window > 0))
    return "--broadcast has neither --commit nor --window: nothing is "
           "confirmed";
  if (!asked.broadcast && asked.stalled > 0)
    return "--stalled needs --broadcast: who reads nothing holds up its group";
  for (const std::string& text : asked.fail_if) {
    threshold ignored;
    if (std::string error = read_threshold(text, ignored); !error.empty())
      return "--fail-if " + error;
    if (!can_know(asked, ignored.metric))
      return fmt::format(
          "--fail-if '{}': {} does not know {}{}", text, to_string(asked.what),
          ignored.metric,
          asked.what == command::publish && !asked.receipts
              ? ": nothing is told of what is stored without --ack"
              : "");
  }
  return {};
}

}  // namespace

const char* to_string(command what) {
  switch (what) {
    case command::connect:
      return "connect";
    case command::publish:
      return "publish";
    case command::subscribe:
      return "subscribe";
    case command::roundtrip:
      return "roundtrip";
    case command::mixed:
      return "mixed";
    case command::fanout:
      return "fanout";
    case command::compare:
      return "compare";
  }
  return "";
}

parsed parse(int argc, char** argv) {
  CLI::App app{about};
  app.set_version_flag("--version", std::string("wskafka-load ") + version);
  app.footer(exit_codes);
  app.get_formatter()->column_width(34);
  std::map<const CLI::App*, options> all;
  for (const sub_command& one : sub_commands) {
    CLI::App* sub = app.add_subcommand(to_string(one.what), one.help);
    sub->footer(std::string("\n") + one.example + "\n\n" + exit_codes);
    options& into = all[sub] = defaults_of(one.what);
    add_options(*sub, into);
  }
  app.require_subcommand(1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int code = app.exit(e, std::cout, std::cerr);
    return {std::nullopt, code == 0 ? 0 : usage_error};
  }
  options& asked = all[app.get_subcommands().front()];
  const CLI::App& sub = *app.get_subcommands().front();
  asked.command_line.assign(argv + 1, argv + argc);
  if (const std::string error = check(sub, asked); !error.empty()) {
    std::cerr << "wskafka-load: " << error << '\n';
    return {std::nullopt, usage_error};
  }
  if (asked.count > 0 && !given(sub, "--warmup"))
    asked.warmup = 0;
  if (asked.broadcast)
    asked.groups.count = std::exchange(asked.subscribers, 1);
  return {std::move(asked), 0};
}

}  // namespace wskafka::load
