#include "config/validate.hpp"

#include "config/table.hpp"
#include "test/config/loading.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/validate") {
  TEST_CASE("the defaults have no conflict") {
    CHECK(validate({}).empty());
  }

  TEST_CASE("sizes that do not fit into each other are conflicts") {
    struct example {
      std::function<void(websocket_options&)> change;
      std::string path, other;
    };
    const std::vector<example> examples = {
        {[](auto& ws) { ws.max_frame_in = ws.connection_in_bytes - 199; },
         "max_frame_in", "connection_in_bytes"},
        {[](auto& ws) { ws.connection_in_bytes = ws.process_in_bytes + 1; },
         "connection_in_bytes", "process_in_bytes"},
        {[](auto& ws) { ws.max_frame_out = ws.connection_out_bytes + 1; },
         "max_frame_out", "connection_out_bytes"},
        {[](auto& ws) { ws.connection_out_bytes = ws.process_out_bytes + 1; },
         "connection_out_bytes", "process_out_bytes"},
        {[](auto& ws) { ws.max_record_out = ws.process_out_bytes + 1; },
         "max_record_out", "process_out_bytes"},
        {[](auto& ws) { ws.max_id = ws.max_frame_in + 1; }, "max_id",
         "max_frame_in"},
    };
    for (const auto& row : examples) {
      CAPTURE(row.path);
      options values;
      row.change(values.websocket);
      const auto found = validate(values);
      REQUIRE(found.size() == 1);
      CHECK(found[0].path == "websocket_config." + row.path);
      CHECK(found[0].other == "websocket_config." + row.other);
      CHECK(find_option("websocket_config", row.path) != nullptr);
      CHECK(find_option("websocket_config", row.other) != nullptr);
    }
    options values;
    values.websocket.max_frame_in = values.websocket.connection_in_bytes - 200;
    CHECK(validate(values).empty());
  }

  TEST_CASE("a budget that lets no group open is a conflict") {
    options values;
    values.consumer.prefetch_budget = 1'310'720;
    CHECK(validate(values).empty());
    --values.consumer.prefetch_budget;
    REQUIRE(validate(values).size() == 1);
    CHECK(validate(values)[0].path == "consumer_config.prefetch_budget");
    values = {};
    values.consumer.fetch_max_bytes = 300'000'000;
    CHECK(validate(values).size() == 1);
    values.consumer.prefetch_budget = 1'000'000'000;
    CHECK(validate(values).empty());
  }

  TEST_CASE("brokers are host:port, separated by commas") {
    for (const char* good : {"a", "a:1", "a:1,b:65535", "[::1]:9092", "[::1]",
                             "ssl://a:1", "10.0.0.1:9092", ""}) {
      CAPTURE(good);
      options values;
      values.kafka.host = good;
      CHECK(validate(values).empty());
    }
    for (const char* bad :
         {"a:", "a:0", "a:65536", "a:b", ":1", ",", "a:1,", ",a:1", "a:1,,b:1",
          "a:1, b:1", " a:1", "a:1;b:1", "http://a:1/x", "a:-1"}) {
      CAPTURE(bad);
      options values;
      values.kafka.host = bad;
      CHECK(validate(values).size() == 1);
      values = {};
      values.kafka.host = "a:1";
      values.consumer.host = bad;
      CHECK(validate(values).size() == 1);
    }
  }

  TEST_CASE("reading from a cluster needs one to publish to") {
    options values;
    values.consumer.host = "a:1";
    CHECK(validate(values).size() == 1);
    values.kafka.host = "a:1";
    CHECK(validate(values).empty());
  }

  TEST_CASE("origins that no browser sends are conflicts") {
    for (const auto& row : std::vector<std::pair<std::string, std::size_t>>{
             {"https://a.example", 0},
             {"http://localhost:8080", 0},
             {"null", 0},
             {"https://a.example/", 1},
             {"a.example", 1},
             {"*", 1},
             {"https://*.a.example", 1},
             {"https://", 1},
             {"https://A.example", 1},
             {"https://a.example:443", 1},
             {"http://a.example:80", 1},
             {"http://a.example:443", 0},
             {"https://a.example?x", 1},
             {"https://u@a.example", 1},
             {"https://\xc3\xa4.example", 1},
             {"https://[::1]:8443", 0},
             {"://a", 1}}) {
      CAPTURE(row.first);
      options values;
      values.websocket.allowed_origins = {row.first};
      CHECK(validate(values).size() == row.second);
    }
  }

  TEST_CASE("conflicts come with the other problems, where they were set") {
    const auto loaded = load_file(
        "{\"websocket_config\": {\n\"max_frame_in\": 8000000,\n"
        "\"prot\": 1}}");
    CHECK(lines(loaded.problems) ==
          "a.json:3: websocket_config.prot is not a known key; did you mean "
          "port?\n"
          "a.json:2: websocket_config.max_frame_in is 8000000, which with 200 "
          "bytes of accounting exceeds websocket_config.connection_in_bytes "
          "(4194304)\n");
    const auto smaller = load_environment(
        {"WSKAFKA_WEBSOCKET_CONFIG_CONNECTION_IN_BYTES=100000"});
    REQUIRE(smaller.problems.size() == 1);
    CHECK(smaller.problems[0].where == "default");
  }

  TEST_CASE("an option that was refused causes no conflict on top") {
    CHECK(load_file(R"({"websocket_config": {"max_frame_in": 8000000,
                        "connection_in_bytes": "8 MB"}})")
              .problems.size() == 1);
  }
}
