#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

// The keys of part 2 in a publish.
namespace {

using namespace wskafka::protocol;
using test::one;

std::string frame_of(const std::string& keys) {
  return R"({"id":1,"t":"notif","p":{"t":"topic1",)" + keys + "}}";
}

// Of a publish whose other keys are sound.
std::string refusal(const std::string& keys, limits bounds = {}) {
  one m(frame_of(R"("m":"x",)" + keys), bounds);
  const auto& refused = m.as<bad_request>();
  CHECK(refused.why.code == "INVALID_REQUEST");
  CHECK(!refused.why.retriable);
  CHECK(refused.publish);
  CHECK(refused.head.id == "1");
  return refused.why.message;
}

// A copy of each header as `name=value`, a null as `null`.
std::string headers_of(const record_extras& more) {
  std::string all;
  for (const record_header& header : more.headers) {
    all += std::string(header.name) + '=' +
           (header.null_value ? "null" : std::string(header.value)) + ';';
  }
  return all;
}

TEST_SUITE("protocol/publish_extras") {
  TEST_CASE("a plain publish has none, nor one that asks for a receipt") {
    one plain(frame_of(R"("m":"x")"));
    CHECK(!plain.as<publish_request>().more);
    CHECK(!plain.as<publish_request>().ack);
    one acked(frame_of(R"("ack" : true , "m":"x")"));
    CHECK(!acked.as<publish_request>().more);
    CHECK(acked.as<publish_request>().ack);
    one silent(frame_of(R"("ack":false,"m":"x")"));
    CHECK(!silent.as<publish_request>().ack);
    one nothing(frame_of(R"("key":null,"headers":[],"m":"x")"));
    CHECK(!nothing.as<publish_request>().more);
  }

  TEST_CASE("all of them are read, wherever they stand") {
    one m(R"({"p":{"timestamp":1700000000123,"headers":[["a","b"]],"ack":true,)"
          R"("m":"value","key":"k","t":"topic1","partition":7},"t":"notif"})");
    const auto& request = m.as<publish_request>();
    CHECK(request.topic == "topic1");
    CHECK(request.value == "value");
    CHECK(request.ack);
    REQUIRE((request.more != nullptr));
    CHECK(request.more->key == "k");
    CHECK(request.more->partition == 7);
    CHECK(request.more->timestamp == 1700000000123);
    CHECK(headers_of(*request.more) == "a=b;");
  }

  TEST_CASE("a key is a string's bytes, an empty one too") {
    const std::pair<std::string, std::string> cases[] = {
        {R"("key":"")", ""},
        {R"("key":"\u0041\u00e9 \u0000")", std::string("A\xc3\xa9 \0", 5)},
        {R"("key":"","key_encoding":"base64")", ""},
        {R"("key":"/+8A","key_encoding":"base64")",
         std::string("\xff\xef\0", 3)},
        {R"("key_encoding":"base64","key":"\u002f\/8=")", "\xff\xff"},
    };
    for (const auto& [keys, bytes] : cases) {
      CAPTURE(keys);
      one m(frame_of(R"("m":null,)" + keys));
      REQUIRE((m.as<publish_request>().more != nullptr));
      CHECK(m.as<publish_request>().more->key == bytes);
      CHECK(m.as<publish_request>().null_value);
    }
  }

  TEST_CASE("a value may be base64") {
    one m(frame_of(R"("encoding":"base64","m":"AP+A")"));
    CHECK(m.as<publish_request>().value == std::string("\0\xff\x80", 3));
    CHECK(!m.as<publish_request>().null_value);
    CHECK(!m.as<publish_request>().more);
    one empty(frame_of(R"("m":"","encoding":"base64")"));
    CHECK(empty.as<publish_request>().value.empty());
    CHECK(!empty.as<publish_request>().null_value);
  }

  TEST_CASE("headers keep their order, repeat, may be null, empty or bytes") {
    one m(frame_of(
        R"("m":1,"headers":[["b","1"],["a",null],["b",""],["",)"
        R"("\u00fc"],["c","/w==","base64"], [ "d" , "" , "base64" ] ])"));
    REQUIRE((m.as<publish_request>().more != nullptr));
    CHECK(headers_of(*m.as<publish_request>().more) ==
          "b=1;a=null;b=;=\xc3\xbc;c=\xff;d=;");
    CHECK(!m.as<publish_request>().more->headers[2].null_value);
  }

  TEST_CASE("numbers go to their ends") {
    one low(frame_of(R"("m":1,"partition":0,"timestamp":1)"));
    CHECK(low.as<publish_request>().more->partition == 0);
    CHECK(low.as<publish_request>().more->timestamp == 1);
    one high(frame_of(
        R"("m":1,"partition":2147483647,"timestamp":9223372036854775807)"));
    CHECK(high.as<publish_request>().more->partition == INT32_MAX);
    CHECK(high.as<publish_request>().more->timestamp == INT64_MAX);
  }

  TEST_CASE("each message of a frame has its own") {
    parser p{limits{}};
    for (int round = 0; round < 3; ++round) {
      std::string frame;
      for (int i = 0; i < 1000; ++i) {
        const std::string n = std::to_string(i);
        frame += (i == 0 ? "[" : ",") + std::string(R"({"t":"notif","p":{)");
        if (i % 2 == 0) {
          frame += R"("encoding":"base64","key":"k)" + n +
                   R"(","headers":[["h","QUJD","base64"],["n","\u0041)" + n +
                   R"("]],)";
        }
        frame += R"("t":"a","m":"QUJD"}})";
      }
      const auto& all = p.parse(frame + "]");
      REQUIRE(all.size() == 1000);
      for (int i = 0; i < 1000; ++i) {
        const auto& request =
            std::get<publish_request>(all[static_cast<std::size_t>(i)]);
        const std::string n = std::to_string(i);
        CHECK(request.value == (i % 2 == 0 ? "ABC" : "QUJD"));
        REQUIRE((request.more != nullptr) == (i % 2 == 0));
        if (request.more) {
          CHECK(request.more->key == "k" + n);
          CHECK(headers_of(*request.more) == "h=ABC;n=A" + n + ";");
        }
      }
    }
  }

  TEST_CASE("values that are decoded have room, frame after frame") {
    parser p{limits{}};
    const std::string value(40000, 'A');
    for (int round = 0; round < 100; ++round) {
      const auto& all = p.parse(frame_of(
          R"("m":")" + value + R"(","encoding":"base64",)" + R"("key":")" +
          value + R"(","key_encoding":"base64","headers":[["h",")" + value +
          R"(","base64"]])"));
      const auto& request = std::get<publish_request>(all.front());
      const std::string bytes(30000, '\0');
      CHECK(request.value == bytes);
      CHECK(request.more->key == bytes);
      CHECK(request.more->headers.front().value == bytes);
    }
  }

  TEST_CASE("a receipt is refused where the brokers send none") {
    limits bounds;
    bounds.receipts = false;
    CHECK(refusal(R"("ack":true)", bounds) ==
          "p.ack cannot be kept here: the brokers acknowledge nothing "
          "(requireAcks is 0).");
    one m(frame_of(R"("m":1,"ack":false)"), bounds);
    CHECK(!m.as<publish_request>().ack);
  }

  TEST_CASE("what is no string, number or list is refused, by its name") {
    const std::string number = "must be a whole number from ";
    const std::string partition = "p.partition " + number + "0 to 2147483647.";
    const std::string timestamp =
        "p.timestamp " + number + "1 to 9223372036854775807.";
    const std::pair<const char*, std::string> cases[] = {
        {R"("ack":null)", "p.ack must be true or false."},
        {R"("ack":1)", "p.ack must be true or false."},
        {R"("ack":"true")", "p.ack must be true or false."},
        {R"("key":1)", "p.key must be a string."},
        {R"("key":{})", "p.key must be a string."},
        {R"("key":["a"])", "p.key must be a string."},
        {R"("key":true)", "p.key must be a string."},
        {R"("key":"\ud83d")",
         "p.key holds one half of a surrogate pair without the other."},
        {R"("partition":-1)", partition},
        {R"("partition":1.0)", partition},
        {R"("partition":1e2)", partition},
        {R"("partition":2147483648)", partition},
        {R"("partition":"1")", partition},
        {R"("partition":null)", partition},
        {R"("partition":[1])", partition},
        {R"("timestamp":0)", timestamp},
        {R"("timestamp":-1)", timestamp},
        {R"("timestamp":9223372036854775808)", timestamp},
        {R"("timestamp":1.5)", timestamp},
        {R"("timestamp":"1")", timestamp},
        {R"("timestamp":null)", timestamp},
    };
    for (const auto& [keys, sentence] : cases) {
      CAPTURE(keys);
      CHECK(refusal(keys) == sentence);
    }
  }

  TEST_CASE("an encoding is base64, of a string, or refused") {
    const std::string why =
        " is no base64: it must be of the standard alphabet, padded, without "
        "anything else.";
    const std::pair<const char*, std::string> cases[] = {
        {R"("encoding":"hex")", "p.encoding must be \"base64\"."},
        {R"("encoding":"Base64")", "p.encoding must be \"base64\"."},
        {R"("encoding":null)", "p.encoding must be \"base64\"."},
        {R"("encoding":true)", "p.encoding must be \"base64\"."},
        {R"("encoding":"base64")", "p.m" + why},
        {R"("key":"a","key_encoding":"")",
         "p.key_encoding must be \"base64\"."},
        {R"("key":"Zg","key_encoding":"base64")", "p.key" + why},
        {R"("key":"Zm9-","key_encoding":"base64")", "p.key" + why},
        {R"("key":"Zh==","key_encoding":"base64")", "p.key" + why},
        {R"("key":null,"key_encoding":"base64")",
         "p.key must be a string of base64."},
        {R"("key_encoding":"base64")",
         "p.key is missing; it must be a string of base64."},
    };
    for (const auto& [keys, sentence] : cases) {
      CAPTURE(keys);
      CHECK(refusal(keys) == sentence);
    }
    for (const char* m : {"1", "null", "{}", "[\"Zg==\"]", "true"}) {
      CAPTURE(m);
      one number(frame_of(R"("encoding":"base64","m":)" + std::string(m)));
      CHECK(number.as<bad_request>().why.message ==
            "p.m must be a string of base64.");
    }
  }

  TEST_CASE("headers of another shape are refused, by their place") {
    const std::string shape =
        "[name, value] or [name, value, \"base64\"], of strings; the value may "
        "be null.";
    const std::pair<const char*, std::string> cases[] = {
        {R"({"a":"b"})", "p.headers must be a list of " + shape},
        {R"("a")", "p.headers must be a list of " + shape},
        {"null", "p.headers must be a list of " + shape},
        {R"(["a"])", "p.headers[0] must be " + shape},
        {R"([["a","b"],{"a":"b"},[1]])", "p.headers[1] must be " + shape},
        {R"([["a"]])", "p.headers[0] must be " + shape},
        {R"([[]])", "p.headers[0] must be " + shape},
        {R"([["a","b","base64",1]])", "p.headers[0] must be " + shape},
        {R"([["a","b","base64",1,[[]],{}]])", "p.headers[0] must be " + shape},
        {R"([[1,"b"]])", "p.headers[0][0] must be a string."},
        {R"([[null,"b"]])", "p.headers[0][0] must be a string."},
        {R"([["\udc00","b"]])",
         "p.headers[0][0] holds one half of a surrogate pair without the "
         "other."},
        {R"([["a",1]])", "p.headers[0][1] must be a string."},
        {R"([["a",["b"]]])", "p.headers[0][1] must be a string."},
        {R"([["a","\udc00"]])",
         "p.headers[0][1] holds one half of a surrogate pair without the "
         "other."},
        {R"([["a","b"],["a","b","hex"]])",
         "p.headers[1][2] must be \"base64\"."},
        {R"([["a","b",null]])", "p.headers[0][2] must be \"base64\"."},
        {R"([["a",null,"base64"]])",
         "p.headers[0][1] must be a string of base64."},
        {R"([["a","b","base64"]])",
         "p.headers[0][1] is no base64: it must be of the standard alphabet, "
         "padded, without anything else."},
    };
    for (const auto& [list, sentence] : cases) {
      CAPTURE(list);
      CHECK(refusal(R"("headers":)" + std::string(list)) == sentence);
    }
  }

  TEST_CASE("a frame full of headers is read, and what follows it") {
    parser p{limits{}};
    std::string list;
    for (int i = 0; i < 50000; ++i) {
      list += i == 0 ? R"(["",""])" : R"(,["",""])";
    }
    const auto& all = p.parse(frame_of(R"("m":1,"headers":[)" + list + "]"));
    CHECK(std::get<publish_request>(all.front()).more->headers.size() == 50000);
    const auto& next = p.parse(frame_of(R"("m":1,"headers":[["a","b"]])"));
    CHECK(headers_of(*std::get<publish_request>(next.front()).more) == "a=b;");
    const auto& plain = p.parse(frame_of(R"("m":1)"));
    CHECK(!std::get<publish_request>(plain.front()).more);
  }

  TEST_CASE("a key that stands twice is refused, of these too") {
    CHECK(refusal(R"("key":"a","key":"b")") ==
          "A key stands twice in the message or in its p; each may stand "
          "once.");
    CHECK(refusal(R"("headers":[["a","b"]],"headers":[])") ==
          "A key stands twice in the message or in its p; each may stand "
          "once.");
  }

  TEST_CASE("they mean nothing in other requests") {
    CHECK(test::codes_of(R"({"t":"health","p":{"key":1,"headers":3}})") ==
          "accepted");
    CHECK(test::codes_of(
              R"({"t":"topic","a":"subscribe","p":{"t":["a"],"ack":1}})") ==
          "accepted");
  }
}

}  // namespace
