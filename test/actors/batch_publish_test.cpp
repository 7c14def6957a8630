#include "actors/batch_publish.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace wskafka;

namespace {

protocol::publish_request plain() {
  protocol::publish_request request;
  request.head.id = "17";
  request.topic = "topic1";
  request.value = "value";
  return request;
}

}  // namespace

TEST_SUITE_BEGIN("actors/batch_publish");

TEST_CASE("what most publishes have costs an item, and nothing else") {
  kafka::publish_batch batch;
  CHECK(add_to_batch(batch, plain()) == kafka::publish_item_charge);
  CHECK(batch.extras.capacity() == 0);
  CHECK(batch.headers.capacity() == 0);
  const kafka::publish_item& item = batch.items.at(0);
  CHECK((batch.extras_of(item) == nullptr));
  CHECK(batch.topic(item) == "topic1");
  CHECK(batch.value(item) == "value");
  CHECK(batch.id(item) == "17");
  CHECK(!item.receipt);
  CHECK(!item.named_action);
}

TEST_CASE("an item is no larger for what only some have") {
  CHECK(sizeof(kafka::publish_item) == 40);
}

TEST_CASE("what some have stands beside it, and is charged") {
  kafka::publish_batch batch;
  add_to_batch(batch, plain());
  auto request = plain();
  request.ack = true;
  request.head.a = "\"create\"";
  protocol::record_extras more;
  more.key = "the key";
  more.partition = 3;
  more.timestamp = 1234;
  more.headers = {{"name", "text", false}, {"nothing", {}, true}};
  request.more = &more;
  const std::size_t bytes = 7 + 4 + 4 + 7;
  CHECK(add_to_batch(batch, request) ==
        kafka::publish_item_charge + sizeof(kafka::publish_extras) + bytes +
            2 * kafka::publish_header_charge);
  add_to_batch(batch, request);
  add_to_batch(batch, plain());
  REQUIRE(batch.items.size() == 4);
  for (std::size_t i : {1, 2}) {
    const kafka::publish_item& item = batch.items[i];
    CHECK(item.receipt);
    CHECK(item.named_action);
    CHECK(batch.value(item) == "value");
    const kafka::publish_extras* extras = batch.extras_of(item);
    REQUIRE((extras != nullptr));
    CHECK(extras->has_key);
    CHECK(batch.bytes(extras->key) == "the key");
    CHECK(extras->partition == 3);
    CHECK(extras->timestamp == 1234);
    REQUIRE(extras->headers_size == 2);
    const kafka::publish_header* headers =
        &batch.headers[extras->headers_begin];
    CHECK(batch.bytes(headers[0].name) == "name");
    CHECK(batch.bytes(headers[0].value) == "text");
    CHECK(!headers[0].null_value);
    CHECK(batch.bytes(headers[1].name) == "nothing");
    CHECK(headers[1].null_value);
  }
  CHECK((batch.extras_of(batch.items[3]) == nullptr));
  CHECK(batch.value(batch.items[3]) == "value");
}

TEST_CASE("an empty key is a key") {
  kafka::publish_batch batch;
  auto request = plain();
  protocol::record_extras more;
  more.partition = 0;
  request.more = &more;
  add_to_batch(batch, request);
  more.key = "";
  add_to_batch(batch, request);
  CHECK(!batch.extras_of(batch.items[0])->has_key);
  CHECK(batch.extras_of(batch.items[0])->partition == 0);
  CHECK(batch.extras_of(batch.items[1])->has_key);
}

TEST_SUITE_END();
