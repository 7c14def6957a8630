#include "test/protocol/parsing.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace wskafka::protocol;
using test::codes_of;
using test::head_of;
using test::one;

// The head of a message with these keys before its type.
envelope head_with(const std::string& keys, one& holder) {
  holder = one("{" + keys + ",\"t\":\"health\"}");
  return head_of(holder.get());
}

TEST_SUITE("protocol/envelope") {
  TEST_CASE("an id is repeated byte for byte") {
    const char* ids[] = {
        "1",
        "0",
        "-0",
        "1e400",
        "18446744073709551616",
        "123456789012345678901234567890.123456789012345678901234567890",
        R"("text")",
        R"("")",
        R"("\u0041\n\/\ud83d")",
        "\"h\xc3\xa9llo\"",
        "true",
        "false",
        "{}",
        "[]",
        R"({ "a" : [ 1 , { "b" : null } ] })",
        R"([ 1, 2,	3 ])",
        R"({"a":1,"a":2})",
        R"([null])",
    };
    for (const std::string id : ids) {
      CAPTURE(id);
      one holder(R"({"t":"health"})");
      CHECK(head_with("\"id\":" + id, holder).id == id);
      CHECK(head_with(" \"id\" :\r\n\t " + id + " \n ", holder).id == id);
    }
  }

  TEST_CASE("an id may come last and before a blank") {
    one holder("{\"t\":\"health\",\"id\":-1.5e3 \n }");
    CHECK(head_of(holder.get()).id == "-1.5e3");
    one object("{\"t\":\"health\",\"id\":{ } \n }");
    CHECK(head_of(object.get()).id == "{ }");
  }

  TEST_CASE("an id that is null or absent is empty") {
    CHECK(head_of(one(R"({"id":null,"t":"health"})").get()).id.empty());
    CHECK(head_of(one(R"({"t":"health"})").get()).id.empty());
    CHECK(head_of(one(R"({"id":null,"t":"x"})").get()).id.empty());
  }

  TEST_CASE("an id of 1024 bytes passes, one of 1025 is not sent back") {
    const std::string longest = "\"" + std::string(1022, 'i') + "\"";
    one good(R"({"id":)" + longest + R"(,"t":"health"})");
    CHECK(good.as<health_request>().head.id == longest);
    one bad(R"({"a":"x","id":)" + longest.substr(0, 1023) +
            R"(i","t":"health"})");
    const auto& refused = bad.as<bad_request>();
    CHECK(refused.why.code == "INVALID_REQUEST");
    CHECK(refused.why.message ==
          "The id is 1025 bytes of JSON; at most 1024 are allowed.");
    CHECK(refused.head.id.empty());
    CHECK(refused.head.t == "\"health\"");
    CHECK(refused.head.a == "\"x\"");
  }

  TEST_CASE("type and action are repeated as they were written") {
    one m(R"({"\u0074":"\u0074opic","a":"l\u0069st"})");
    CHECK(m.as<list_request>().head.t == R"("\u0074opic")");
    CHECK(m.as<list_request>().head.a == R"("l\u0069st")");
  }

  TEST_CASE("what was no string is not repeated as type or action") {
    one m(R"({"id":1,"t":7,"a":[]})");
    CHECK(m.as<bad_request>().head.id == "1");
    CHECK(m.as<bad_request>().head.t.empty());
    CHECK(m.as<bad_request>().head.a.empty());
    one broken(R"({"id":"\ud83d","t":"\ud83d"})");
    CHECK(broken.as<bad_request>().head.id == R"("\ud83d")");
    CHECK(broken.as<bad_request>().head.t.empty());
  }

  TEST_CASE("a key that stands twice is refused and not repeated") {
    one id(R"({"id":1,"id":2,"t":"health"})");
    CHECK(id.as<bad_request>().why.code == "INVALID_REQUEST");
    CHECK(id.as<bad_request>().head.id.empty());
    CHECK(id.as<bad_request>().head.t == "\"health\"");
    one nulls(R"({"id":null,"id":2,"t":"health"})");
    CHECK(nulls.as<bad_request>().head.id.empty());
    one type(R"({"id":1,"t":"notif","t":"health"})");
    CHECK(type.as<bad_request>().head.id == "1");
    CHECK(type.as<bad_request>().head.t.empty());
    one escaped(R"({"id":1,"t":"health","\u0074":"topic"})");
    CHECK(escaped.as<bad_request>().why.message ==
          "A key stands twice in the message or in its p; each may stand "
          "once.");
  }

  TEST_CASE("keys are compared whole") {
    CHECK(codes_of(R"({"t":"health","tt":1,"T":1,"":1,"t ":1})") == "accepted");
    CHECK(codes_of("{\"t\":\"health\",\"t\\u0000\":1}") == "accepted");
  }

  TEST_CASE("keys that stand twice inside id and m are none of ours") {
    CHECK(codes_of(R"({"id":{"a":1,"a":1},"t":"health"})") == "accepted");
    CHECK(codes_of(R"({"t":"notif","p":{"t":"a","m":{"m":1,"m":1,"t":{}}}})") ==
          "accepted");
  }

  TEST_CASE("every p is looked through for keys that stand twice") {
    for (const std::string start :
         {R"("t":"health")", R"("t":"topic","a":"list")",
          R"("t":"topic","a":"unsubscribe")"}) {
      CHECK(codes_of("{" + start + R"(,"p":{"x":1,"y":2}})") == "accepted");
      CHECK(codes_of("{" + start + R"(,"p":{"x":1,"\u0078":2}})") ==
            "INVALID_REQUEST");
    }
  }

  TEST_CASE("unknown types and actions are named in the refusal") {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"t":"hallo"})",
         R"(There is no type "hallo"; t must be "topic", "notif", "health", "hello" or "ping".)"},
        {R"({"t":"topic","a":"rename"})",
         R"(topic has no action "rename"; its actions are "create", "list", "subscribe", "unsubscribe", "pause", "resume", "seek", "position", "describe", "offsets", "delete".)"},
        {R"({"t":"notif","a":"acks"})",
         R"(notif has no action "acks"; it has "create", which may be left out, and "ack".)"},
        {R"({"t":"topic"})",
         R"(topic needs an action a: "create", "list", "subscribe", "unsubscribe", "pause", "resume", "seek", "position", "describe", "offsets", "delete".)"},
        {R"({})",
         R"(t is missing; it must be "topic", "notif", "health", "hello" or "ping".)"},
        {R"({"t":1})",
         R"(t must be "topic", "notif", "health", "hello" or "ping".)"},
    };
    for (const auto& [frame, sentence] : cases) {
      CHECK(one(frame).as<bad_request>().why.message == sentence);
    }
  }

  TEST_CASE("a long name is cut in the sentence between characters") {
    std::string name = "x";
    for (int i = 0; i < 100; ++i) {
      name += "\xc3\xa9";
    }
    one m("{\"t\":\"" + name + "\"}");
    CHECK(m.as<bad_request>().why.message ==
          "There is no type \"" + name.substr(0, 79) +
              "...\"; t must be \"topic\", \"notif\", \"health\", \"hello\" or "
              "\"ping\".");
  }

  TEST_CASE("only a notif is marked as one, and as a publish but for acks") {
    for (const char* frame :
         {R"({"t":"notif"})", R"({"t":"notif","a":"x"})",
          R"({"t":"notif","id":1,"id":1})", R"({"t":"notif","a":1})",
          R"({"t":"notif","p":{"t":"__a","m":1}})"}) {
      CHECK(one(frame).as<bad_request>().publish);
      CHECK(one(frame).as<bad_request>().notif);
    }
    one ack(R"({"t":"notif","a":"ack","p":1})");
    CHECK(ack.as<bad_request>().notif);
    CHECK(!ack.as<bad_request>().publish);
    for (const char* frame : {R"({"t":"topic"})", R"({"t":"x"})", "[]",
                              R"({"t":"notif","t":"notif"})"}) {
      CHECK(!one(frame).as<bad_request>().publish);
      CHECK(!one(frame).as<bad_request>().notif);
    }
  }
}

}  // namespace
