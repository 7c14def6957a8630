#include "protocol/parse.hpp"
#include "protocol/render.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// Any frame must yield messages, and any reply or delivery made of them must
// be JSON again.
namespace {

using namespace wskafka::protocol;

void require(bool truth) {
  if (!truth) {
    std::abort();
  }
}

bool is(const message& m, error_code code) {
  const auto* refused = std::get_if<bad_request>(&m);
  return refused != nullptr && refused->why.code == to_string(code);
}

void append_answer(std::string& out, const message& m) {
  if (const auto* refused = std::get_if<bad_request>(&m)) {
    append_failure(out, 1, refused->head, refused->why, persisted::no);
  } else if (const auto* publish = std::get_if<publish_request>(&m)) {
    append_delivery(out, 1, publish->value, publish->null_value);
    require(out.size() <= delivery_bound(publish->value.size()));
  } else {
    const auto head = [](const auto& request) { return request.head; };
    append_success(out, 1, std::visit(head, m));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static parser frames{limits{}};
  static parser replies{limits{}};
  const auto& messages =
      frames.parse({reinterpret_cast<const char*>(data), size}, size % 2 == 0);
  require(!messages.empty());
  for (const auto& m : messages) {
    require(!is(m, error_code::internal));
    require(messages.size() == 1 || !is(m, error_code::invalid_json));
    std::string answer;
    append_answer(answer, m);
    require(!is(replies.parse(answer).front(), error_code::invalid_json));
  }
  return 0;
}
