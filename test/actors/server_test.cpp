#include "actors/server.hpp"

#include "test/support/raw_client.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

using namespace wskafka;
using std::chrono::seconds;
using json = nlohmann::json;

namespace {

constexpr seconds patience{30};

/// What a handler was told.
struct told {
  event what = event::error;
  std::uint64_t ws = 0;
  std::uint16_t code = 0;
  std::uint64_t count = 0;
  std::string text;
  std::string group;
  std::string topic;
  std::int32_t partition = -1;
  std::int64_t offset = -1;
};

/// Listens to all nine events, on whatever thread they come.
class listener {
 public:
  explicit listener(server& to) {
    for (std::size_t number = 0; number < event_count; ++number)
      to.on(static_cast<event>(number),
            [this](const event_info& info) { take(info); });
  }

  /// The first one of the kind; waits for it, a time-out is a failure.
  told first(event what) {
    std::unique_lock<std::mutex> lock(mutex_);
    const auto found = [&] {
      return std::find_if(all_.begin(), all_.end(),
                          [&](const told& one) { return one.what == what; });
    };
    if (!come_.wait_for(lock, patience, [&] { return found() != all_.end(); }))
      throw std::runtime_error("no " + std::string(to_string(what)));
    return *found();
  }

  std::vector<told> all(event what) {
    std::lock_guard<std::mutex> guard(mutex_);
    std::vector<told> some;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(some),
                 [&](const told& one) { return one.what == what; });
    return some;
  }

 private:
  void take(const event_info& info) {
    std::lock_guard<std::mutex> guard(mutex_);
    all_.push_back({info.what, info.ws, info.code, info.count,
                    std::string(info.text), std::string(info.group),
                    std::string(info.topic), info.partition, info.offset});
    come_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable come_;
  std::vector<told> all_;
};

config::options small() {
  config::options options;
  options.kafka.embedded_partitions = 1;
  options.websocket.host = "127.0.0.1";
  options.websocket.port = 0;
  options.websocket.io_threads = 1;
  options.producer.mq_interval.reset();
  options.producer.librdkafka["message.max.bytes"] = "1000";
  return options;
}

/// No broker is there, and nothing is given up before the stop.
config::options lonely() {
  config::options options = small();
  options.kafka.host = "127.0.0.1:1";
  options.producer.publish_timeout = seconds(120);
  return options;
}

const std::string subscribe =
    R"({"id":1,"t":"topic","a":"subscribe","p":{"t":["t"],)"
    R"("consumer_group":"g"}})";

std::string publishing(const std::string& value) {
  return R"({"id":2,"t":"notif","p":{"t":"t","m":")" + value + "\"}}";
}

json next(test::raw_client& client) {
  const auto frame = client.read_data();
  if (!frame || frame->opcode != 1)
    throw std::runtime_error("the server ended the connection");
  return json::parse(frame->payload);
}

}  // namespace

TEST_SUITE_BEGIN("actors/server");

TEST_CASE("a conversation is told, event by event") {
  server gateway(small());
  listener events(gateway);
  REQUIRE_FALSE(gateway.start());
  REQUIRE(gateway.addresses().size() == 1);
  CHECK(events.first(event::wss_ready).text == gateway.addresses().front());
  CHECK_FALSE(events.first(event::producer_ready).text.empty());

  test::raw_client client(gateway.port());
  client.upgrade();
  const told connection = events.first(event::ws_connection);
  CHECK(connection.ws > 0);
  CHECK(connection.text.rfind("127.0.0.1:", 0) == 0);

  client.send_text(subscribe);
  CHECK(next(client).at("s") == 0);
  const told ready = events.first(event::consumer_ready);
  CHECK(ready.ws == connection.ws);
  CHECK(ready.group == "g");

  client.send_text(publishing("hello"));
  CHECK(next(client).at(0).at("p") == "hello");
  const told message = events.first(event::consumer_message);
  CHECK(message.ws == connection.ws);
  CHECK(message.topic == "t");
  CHECK(message.partition == 0);
  CHECK(message.offset == 0);
  CHECK(message.text == "hello");

  CHECK(events.all(event::producer_error).empty());
  client.send_text(publishing(std::string(2000, 'x')));
  CHECK(next(client).at("p").at("code") == "MESSAGE_TOO_LARGE");
  const told refused = events.first(event::producer_error);
  CHECK(refused.ws == connection.ws);
  CHECK(refused.count == 1);
  CHECK_FALSE(refused.text.empty());

  // Confirms nothing any more, and need not.
  client.close();
  const told close = events.first(event::ws_close);
  CHECK(close.ws == connection.ws);
  CHECK(close.code == 1006);
  CHECK_FALSE(close.text.empty());

  CHECK(gateway.stop(seconds(20)));
  CHECK(events.all(event::producer_error).size() == 1);
  CHECK(events.all(event::consumer_error).empty());
  // There is nothing left to do.
  CHECK(gateway.stop(seconds(20)));
}

TEST_CASE("a group that cannot start is told") {
  config::options options = small();
  options.consumer.from_offset = config::start_offset::none;
  server gateway(options);
  listener events(gateway);
  REQUIRE_FALSE(gateway.start());
  test::raw_client client(gateway.port());
  client.upgrade().send_text(subscribe);
  CHECK(next(client).at("p").at("code") == "OFFSET_OUT_OF_RANGE");
  const told error = events.first(event::consumer_error);
  CHECK(error.group == "g");
  CHECK_FALSE(error.text.empty());
  CHECK(events.all(event::consumer_ready).empty());
  client.close();
  CHECK(gateway.stop(seconds(20)));
}

TEST_CASE("a broker that is not there is told, and the stop gives up") {
  server gateway(lonely());
  listener events(gateway);
  REQUIRE_FALSE(gateway.start());
  // By librdkafka, and by us.
  CHECK_FALSE(events.first(event::error).text.empty());
  CHECK_FALSE(events.first(event::producer_error).text.empty());
  CHECK(events.all(event::producer_ready).empty());

  test::raw_client client(gateway.port());
  client.upgrade().send_text(publishing("hello"));
  client.send_text(R"({"id":3,"t":"health"})");
  CHECK(next(client).at("refid") == 3);
  const auto begun = std::chrono::steady_clock::now();
  CHECK_FALSE(gateway.stop(seconds(1)));
  CHECK(std::chrono::steady_clock::now() - begun < seconds(10));
  const json reply = next(client);
  CHECK(reply.at("refid") == 2);
  CHECK(reply.at("p").at("code") == "SHUTTING_DOWN");
  CHECK(client.close_code() == 1012);
}

TEST_SUITE_END();
