#include "actors/replies.hpp"

#include "actors/ids.hpp"
#include "config/nearest.hpp"
#include "protocol/render.hpp"

namespace wskafka {

ws::outgoing text_for(const peer& to, std::string payload) {
  const std::size_t bytes = payload.size() + 200;
  ws::text text;
  text.payload = std::move(payload);
  text.held = net::charge(to.account, net::direction::out, bytes);
  return {to.ref, std::move(text)};
}

void send_text(ws::sender& out, const peer& to, std::string payload) {
  out.send(text_for(to, std::move(payload)));
}

void reply_success(ws::sender& out, const peer& to,
                   const protocol::envelope& head, std::string_view p,
                   std::string_view more) {
  std::string payload;
  protocol::append_success(payload, next_id(), head, p, more);
  send_text(out, to, std::move(payload));
}

void reply_failure(ws::sender& out, const peer& to,
                   const protocol::envelope& head, const protocol::failure& why,
                   std::optional<protocol::persisted> written) {
  std::string payload;
  if (written)
    protocol::append_failure(payload, next_id(), head, why, *written);
  else
    protocol::append_failure(payload, next_id(), head, why);
  send_text(out, to, std::move(payload));
}

protocol::failure to_protocol(const kafka::failure& why) {
  return {why.code, why.message, why.retriable};
}

protocol::failure unknown_key(protocol::failure why, std::string_view key,
                              const std::vector<std::string>& known) {
  const std::string meant = config::nearest(key, known);
  if (!meant.empty()) {
    why.message += "; did you mean \"" + meant + "\"?";
  } else if (known.empty()) {
    why.message += "; this request has no keys there.";
  } else {
    why.message += "; it may have ";
    for (const std::string& one : known)
      why.message += (&one == &known.front() ? "\"" : ", \"") + one + '"';
    why.message += '.';
  }
  return why;
}

protocol::failure replies_untaken() {
  return {protocol::error_code::rate_limited,
          "Too many replies wait for this connection to read them."};
}

protocol::failure shutting_down() {
  return {protocol::error_code::shutting_down,
          "The server is stopping. Reconnect and try again."};
}

}  // namespace wskafka
