#include "config/generate.hpp"

#include "config/describe.hpp"
#include "config/table.hpp"
#include "test/config/loading.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace wskafka::config;
using namespace wskafka::config::test;

TEST_SUITE("config/generate") {
  TEST_CASE("the starting file is accepted and yields exactly the defaults") {
    const auto loaded = load_file(sample());
    CHECK(lines(loaded.problems) == "");
    CHECK(lines(loaded.notices) == "");
    CHECK(describe(loaded.values) == describe({}));
    for (const auto& each : table())
      CHECK(each.get(loaded.values) == each.get({}));
  }

  TEST_CASE("it names every section and key, and stays narrow") {
    const std::string text = sample();
    for (const auto& each : table()) {
      CAPTURE(path_of(each));
      CHECK(has(text, each.ignored ? std::string{each.key}
                                   : "\"" + std::string{each.key} + "\": "));
    }
    for (const auto& each : sections())
      CHECK(has(text, "  \"" + std::string{each.name} + "\": {\n"));
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
    }
  }

  TEST_CASE("what has no useful default is there in a comment") {
    for (const char* line :
         {"    // \"kafkaHost\": ", "    // \"fetchMaxWaitMs\": ",
          "    // \"fetchMinBytes\": ", "    // \"fetchMaxBytes\": "})
      CHECK_MESSAGE(has(sample(), line), line);
  }

  TEST_CASE("every commented line can be taken out of its comment") {
    std::istringstream in{sample()};
    std::string text;
    for (std::string line; std::getline(in, line); text += line + "\n")
      if (line.rfind("    // \"", 0) == 0 && has(line, "\": "))
        line.erase(4, 3);
    const auto loaded = load_file(text);
    CHECK(lines(loaded.problems) == "");
    CHECK(loaded.values.kafka.host == "localhost:9092");
    CHECK(loaded.values.consumer.fetch_max_bytes == 1048576);
  }
}
