#include "net/kafka/error.hpp"

#include <doctest/doctest.h>
#include <librdkafka/rdkafka.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

using namespace wskafka::kafka;

TEST_SUITE("net/kafka/error") {
  TEST_CASE("every number of Kafka's list has a name of its own") {
    std::set<std::string_view> names;
    for (int n = first_kafka_error; n <= last_kafka_error; ++n) {
      const kafka_error* error = find_kafka_error(n);
      REQUIRE(error != nullptr);
      CHECK(!error->name.empty());
      CHECK(names.insert(error->name).second);
      CHECK(error->name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") ==
            std::string_view::npos);
    }
    CHECK(find_kafka_error(first_kafka_error - 1) == nullptr);
    CHECK(find_kafka_error(last_kafka_error + 1) == nullptr);
  }

  TEST_CASE("numbers stand where librdkafka's header has them") {
    CHECK(find_kafka_error(RD_KAFKA_RESP_ERR_UNKNOWN)->name ==
          "UNKNOWN_SERVER_ERROR");
    CHECK(find_kafka_error(RD_KAFKA_RESP_ERR_NO_ERROR)->name == "NONE");
    CHECK(find_kafka_error(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)->name ==
          "TOPIC_ALREADY_EXISTS");
    CHECK(find_kafka_error(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)->name ==
          "MESSAGE_TOO_LARGE");
    CHECK(find_kafka_error(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)->name ==
          "INVALID_TOPIC_EXCEPTION");
    CHECK(
        find_kafka_error(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)->name ==
        "GROUP_AUTHORIZATION_FAILED");
    // The last that 2.0.2 knows.
    CHECK(find_kafka_error(RD_KAFKA_RESP_ERR_PRINCIPAL_DESERIALIZATION_FAILURE)
              ->name == "PRINCIPAL_DESERIALIZATION_FAILURE");
  }

  TEST_CASE("names, and what may be tried again, are as Kafka has them") {
    std::ifstream list(WSKAFKA_KAFKA_ERRORS);
    std::string line;
    int expected = first_kafka_error;
    while (std::getline(list, line)) {
      if (line.front() == '#')
        continue;
      std::istringstream words(line);
      int number = 0;
      std::string name, retrying;
      words >> number >> name >> retrying;
      REQUIRE_FALSE(words.fail());
      CAPTURE(line);
      REQUIRE(number == expected++);
      const kafka_error* error = find_kafka_error(number);
      REQUIRE(error != nullptr);
      CHECK(error->name == name);
      CHECK(error->retriable == (retrying == "retriable"));
      CHECK(to_failure(number, "x").code == name);
      CHECK(to_failure(number, "x").retriable == error->retriable);
    }
    CHECK(expected == last_kafka_error + 1);
  }

  TEST_CASE("local errors get the protocol's own codes") {
    const auto code = [](int error) { return to_failure(error, "x").code; };
    CHECK(code(RD_KAFKA_RESP_ERR__TIMED_OUT) == "TIMEOUT");
    CHECK(code(RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) == "TIMEOUT");
    CHECK(code(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) ==
          "UNKNOWN_TOPIC_OR_PARTITION");
    CHECK(code(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION) ==
          "UNKNOWN_TOPIC_OR_PARTITION");
    CHECK(code(RD_KAFKA_RESP_ERR__TRANSPORT) == "BROKER_UNAVAILABLE");
    CHECK(code(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) == "BROKER_UNAVAILABLE");
    CHECK(code(RD_KAFKA_RESP_ERR__QUEUE_FULL) == "QUEUE_FULL");
    CHECK(code(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) == "INTERNAL");
  }

  TEST_CASE("a number nobody knows is INTERNAL") {
    CHECK(to_failure(9999, "x").code == "INTERNAL");
    CHECK(to_failure(-4711, "x").code == "INTERNAL");
  }

  TEST_CASE("the message begins with what was tried, in plain words") {
    CHECK(to_failure(RD_KAFKA_RESP_ERR__TIMED_OUT, "cannot list").message ==
          "cannot list: Timed out.");
    // Newer than librdkafka's texts.
    CHECK(to_failure(129, "cannot list").message ==
          "cannot list: REBOOTSTRAP_REQUIRED.");
  }
}
