#include "tools/wskafka-load/endpoint.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using namespace wskafka::load;

TEST_SUITE("tools/load/endpoint") {
  TEST_CASE("an address is read") {
    endpoint to;
    CHECK(resolve("ws://127.0.0.1:3000/some/path?x=1", to) == "");
    CHECK(to.port == 3000);
    CHECK(to.host == "127.0.0.1:3000");
    CHECK(to.path == "/some/path?x=1");
    endpoint plain;
    CHECK(resolve("ws://127.0.0.1", plain) == "");
    CHECK(plain.port == 80);
    CHECK(plain.path == "/");
    endpoint six;
    CHECK(resolve("ws://[::1]:3001", six) == "");
    CHECK(six.port == 3001);
    CHECK(six.address.ss_family == AF_INET6);
  }

  TEST_CASE("a wrong one is told") {
    for (const char* url :
         {"localhost:3000", "http://localhost:3000", "wss://localhost", "ws://",
          "ws://:3000", "ws://localhost:0", "ws://localhost:99999",
          "ws://localhost:port"}) {
      endpoint ignored;
      CHECK_FALSE(resolve(url, ignored).empty());
    }
  }

  TEST_CASE("only the right answer opens a WebSocket") {
    CHECK(check_upgrade("HTTP/1.1 101 Switching Protocols\r\n"
                        "SEC-WebSocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                        "\r\n") == "");
    CHECK_FALSE(check_upgrade("HTTP/1.1 101 Switching Protocols\r\n"
                              "Sec-WebSocket-Accept: other\r\n\r\n")
                    .empty());
    CHECK(check_upgrade("HTTP/1.1 404 Not Found\r\n\r\n").find("404") !=
          std::string::npos);
    CHECK(check_upgrade("HTTP/1.1 503 Busy\r\n\r\n").find("max_connections") !=
          std::string::npos);
    CHECK_FALSE(check_upgrade("SSH-2.0\r\n\r\n").empty());
  }

  TEST_CASE("a refused connection says what to do") {
    endpoint to;
    to.url = "ws://localhost:3000";
    CHECK(explain_connect(to, ECONNREFUSED).find("tools/run") !=
          std::string::npos);
    CHECK(explain_connect(to, EMFILE).find("ulimit -n") != std::string::npos);
  }
}
