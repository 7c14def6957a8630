#include "protocol/render.hpp"

#include "protocol/escape.hpp"

#include <charconv>

namespace wskafka::protocol {

namespace {

template <class Number>
void append_number(std::string& out, Number value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// A key and its colon, behind a comma.
void append_key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

void append_raw(std::string& out, std::string_view key, std::string_view json) {
  if (!json.empty()) {
    append_key(out, key);
    out += json;
  }
}

void append_text(std::string& out, std::string_view key,
                 std::string_view text) {
  append_key(out, key);
  append_string(out, text);
}

// An object with a topic and a partition, still open.
void open_partition(std::string& out, std::string_view topic,
                    std::int32_t partition) {
  out += "{\"topic\":";
  append_string(out, topic);
  append_key(out, "partition");
  append_number(out, partition);
}

// Everything before `s`, from the opening brace on.
void append_head(std::string& out, std::uint64_t id, const envelope& head) {
  out += "{\"id\":";
  append_number(out, id);
  append_raw(out, "refid", head.id);
  append_raw(out, "t", head.t);
  append_raw(out, "a", head.a);
}

void append_failed_topics(std::string& out,
                          const std::vector<topic_failure>& failed) {
  append_key(out, "failed");
  char separator = '[';
  for (const auto& one : failed) {
    out += separator;
    out += "{\"topic\":";
    append_string(out, one.topic);
    append_text(out, "code", one.code);
    append_text(out, "message", one.message);
    out += '}';
    separator = ',';
  }
  out += ']';
}

void append_failed(std::string& out, std::uint64_t id, const envelope& head,
                   const failure& why, std::string_view written) {
  append_head(out, id, head);
  out += ",\"s\":1,\"p\":{\"code\":";
  append_string(out, why.code);
  append_text(out, "message", why.message);
  append_raw(out, "retriable", why.retriable ? "true" : "false");
  append_raw(out, "persisted", written);
  if (!why.topics.empty()) {
    append_key(out, "topics");
    append_names(out, why.topics);
  }
  if (!why.failed.empty()) {
    append_failed_topics(out, why.failed);
    append_key(out, why.deleting ? "deleted" : "created");
    append_names(out, why.created);
  }
  out += "}}";
}

}  // namespace

void append_success(std::string& out, std::uint64_t id, const envelope& head,
                    std::string_view p, std::string_view more) {
  append_head(out, id, head);
  append_raw(out, "s", "0");
  append_raw(out, "p", p);
  out += more;
  out += '}';
}

void append_failure(std::string& out, std::uint64_t id, const envelope& head,
                    const failure& why) {
  append_failed(out, id, head, why, {});
}

void append_failure(std::string& out, std::uint64_t id, const envelope& head,
                    const failure& why, persisted written) {
  append_failed(out, id, head, why,
                written == persisted::no ? "\"no\"" : "\"maybe\"");
}

void append_receipt(std::string& out, std::uint64_t id, const envelope& head,
                    std::string_view topic, std::int32_t partition,
                    std::int64_t offset, std::int64_t timestamp) {
  append_head(out, id, head);
  out += ",\"s\":0,\"p\":{\"topic\":";
  append_string(out, topic);
  append_key(out, "partition");
  append_number(out, partition);
  append_key(out, "offset");
  if (offset < 0) {
    out += "null";
  } else {
    append_number(out, offset);
  }
  append_key(out, "timestamp");
  append_number(out, timestamp);
  out += "}}";
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_names(std::string& out, const std::vector<std::string>& names) {
  out += '[';
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) {
      out += ',';
    }
    append_string(out, names[i]);
  }
  out += ']';
}

void append_topic_partition(std::string& out, std::string_view topic,
                            std::int32_t partition) {
  open_partition(out, topic, partition);
  out += '}';
}

void append_position(std::string& out, std::string_view topic,
                     std::int32_t partition, std::int64_t offset) {
  open_partition(out, topic, partition);
  append_key(out, "offset");
  append_number(out, offset);
  out += '}';
}

void append_gap(std::string& out, std::string_view topic,
                std::int32_t partition, std::int64_t from, std::int64_t to,
                std::string_view reason) {
  out += "{\"t\":\"event\",\"a\":\"gap\",\"p\":";
  open_partition(out, topic, partition);
  append_key(out, "from");
  append_number(out, from);
  append_key(out, "to");
  append_number(out, to);
  append_text(out, "reason", reason);
  out += "}}";
}

void append_event(std::string& out, std::string_view action,
                  std::string_view p) {
  out += "{\"t\":\"event\"";
  append_text(out, "a", action);
  append_raw(out, "p", p);
  out += '}';
}

void append_error_event(std::string& out, const failure& why,
                        std::string_view topic) {
  std::string p = "{\"code\":";
  append_string(p, why.code);
  append_text(p, "message", why.message);
  if (!topic.empty()) {
    append_text(p, "topic", topic);
  }
  p += '}';
  append_event(out, "error", p);
}

}  // namespace wskafka::protocol
