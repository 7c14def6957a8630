#include "actors/control_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using wskafka::control_queue;
using wskafka::control_request;
using kind = control_request::kind;

namespace {

control_request request(kind what, const std::string& id = "1") {
  control_request r;
  r.what = what;
  r.head.id = id;
  return r;
}

}  // namespace

TEST_SUITE_BEGIN("actors/control_queue");

TEST_CASE("requests come out in the order they went in") {
  control_queue q;
  q.push(request(kind::create, "a"));
  q.push(request(kind::subscribe, "b"));
  q.push(request(kind::unsubscribe, "c"));
  CHECK(q.next()->head.id == "a");
  CHECK(q.next()->head.id == "b");
  CHECK(q.next()->head.id == "c");
  CHECK_FALSE(q.next());
}

TEST_CASE("a list waits for nothing but the creates before it") {
  control_queue q;
  q.push(request(kind::subscribe));
  q.push(request(kind::list, "free"));
  auto ready = q.ready_questions();
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].head.id == "free");

  q.push(request(kind::create));
  q.push(request(kind::list, "behind one"));
  q.push(request(kind::create));
  q.push(request(kind::list, "behind two"));
  CHECK(q.ready_questions().empty());
  q.change_done();
  ready = q.ready_questions();
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].head.id == "behind one");
  q.change_done();
  ready = q.ready_questions();
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].head.id == "behind two");
}

TEST_CASE("other questions about topics wait like a list, for deletes too") {
  control_queue q;
  q.push(request(kind::remove));
  q.push(request(kind::describe, "a"));
  q.push(request(kind::offsets, "b"));
  q.push(request(kind::list, "c"));
  CHECK(q.ready_questions().empty());
  q.change_done();
  const auto ready = q.ready_questions();
  REQUIRE(ready.size() == 3);
  CHECK(ready[0].head.id == "a");
  CHECK(ready[2].head.id == "c");
}

TEST_CASE("a subscribe in progress is overtaken by the next but a create") {
  control_queue q;
  SUBCASE("subscribe") {
    q.push(request(kind::subscribe));
    CHECK(q.next_overtaking());
  }
  SUBCASE("unsubscribe") {
    q.push(request(kind::unsubscribe));
    CHECK(q.next_overtaking());
  }
  SUBCASE("create") {
    q.push(request(kind::create));
    CHECK_FALSE(q.next_overtaking());
    CHECK(q.next());
  }
  SUBCASE("delete") {
    q.push(request(kind::remove));
    CHECK_FALSE(q.next_overtaking());
    CHECK(q.next());
  }
  SUBCASE("a subscribe behind a create") {
    q.push(request(kind::create));
    q.push(request(kind::subscribe));
    CHECK_FALSE(q.next_overtaking());
  }
  SUBCASE("nothing") {
    CHECK_FALSE(q.next_overtaking());
  }
}

TEST_CASE("clear gives up everything that was not started, once") {
  control_queue q;
  q.push(request(kind::create));
  q.push(request(kind::list));
  q.push(request(kind::subscribe));
  CHECK(q.size() == 3);
  CHECK(q.clear().size() == 3);
  CHECK(q.size() == 0);
  CHECK_FALSE(q.next());
  CHECK(q.ready_questions().empty());
}

TEST_SUITE_END();
