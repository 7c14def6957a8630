#include "config/section_table.hpp"

namespace wskafka::config {

namespace {

using ws = websocket_options;
using table_part = section_table<ws>;

void add_listener(table_part& t) {
  t.text("host", &ws::host, {1, 255},
         "Address to listen on; 0.0.0.0 is every IPv4 address.");
  t.number("port", &ws::port, {0, 65535}, "",
           "Port to listen on; 0 takes a free one, printed at start.");
  t.number("io_threads", &ws::io_threads, {0, 1024}, "threads",
           "Threads that serve sockets; 0 means one per core.");
  t.number("actor_threads", &ws::actor_threads, {0, 1024}, "threads",
           "Threads that handle messages; 0 means one per core.");
  t.number("max_connections", &ws::max_connections, {1, 10'000'000},
           "connections", "More connections than this are refused with 503.");
  t.texts("allowed_origins", &ws::allowed_origins, {0, 1000},
          "The only values of Origin, such as https://example.org, with which "
          "browsers may connect (others get 403); empty allows all.");
}

void add_limits(table_part& t) {
  t.number("max_frame_in", &ws::max_frame_in, {128, gibibyte}, "bytes",
           "Longest message that a client may send.");
  t.number("max_frame_out", &ws::max_frame_out, {1024, gibibyte}, "bytes",
           "A delivery frame ends here; a larger single record goes alone.");
  t.number("max_record_out", &ws::max_record_out, {1024, gibibyte}, "bytes",
           "A record that is longer as JSON is skipped and counted.");
  t.number("max_messages_per_frame", &ws::max_messages_per_frame,
           {1, 1'000'000}, "messages", "Longest array in one frame.");
  t.number("max_topics_per_request", &ws::max_topics_per_request, {1, 5'000},
           "topics", "Most topics that one request may name.");
  t.number("max_id", &ws::max_id, {16, mebibyte}, "bytes",
           "Longest id of a message, as JSON text.");
  t.number("max_header", &ws::max_header, {256, 16'000}, "bytes",
           "Longest HTTP header of a handshake.");
  t.number("max_fragments", &ws::max_fragments, {1, 1'000'000}, "frames",
           "Frames that one message may be cut into.");
  t.number("max_pings_per_second", &ws::max_pings_per_second, {1, 10'000},
           "pings", "A client that pings more often is disconnected.");
}

void add_times(table_part& t) {
  t.number("ping_interval", &ws::ping_interval, {100, hour}, "ms",
           "How often a silent client is pinged; one that has left a ping "
           "unanswered for as long is disconnected.");
  t.number("handshake_timeout", &ws::handshake_timeout, {10, hour}, "ms",
           "How long the opening handshake may take.");
  t.number("message_timeout", &ws::message_timeout, {10, hour}, "ms",
           "Longest time from a message's first byte to its last.");
  t.number("publish_stall", &ws::publish_stall, {0, hour}, "ms",
           "How long a connection over its budget goes unread before what "
           "does not fit is refused with QUEUE_FULL.");
  t.number("slow_timeout", &ws::slow_timeout, {10, hour}, "ms",
           "How long a client may take no byte while data waits for it.");
  t.interval("idle_timeout", &ws::idle_timeout, {100, 24 * hour},
             "How long a client without a subscription may send no message "
             "while none of its requests is in work; then it is closed with "
             "4005; null closes nobody.")
      .example = "600000";
  t.number("stop_timeout", &ws::stop_timeout, {0, hour}, "ms",
           "How long a clean stop may take.");
}

void add_budgets(table_part& t) {
  t.number("connection_in_bytes", &ws::connection_in_bytes, {4096, tebibyte},
           "bytes", "What one connection's unfinished publishes may hold.");
  t.number("connection_out_bytes", &ws::connection_out_bytes, {4096, tebibyte},
           "bytes", "What may wait to be written to one connection.");
  t.number("process_in_bytes", &ws::process_in_bytes, {65'536, tebibyte},
           "bytes", "What all connections' unfinished publishes may hold.",
           "queue.buffering.max.kbytes (above it)");
  t.number("process_out_bytes", &ws::process_out_bytes, {65'536, tebibyte},
           "bytes", "What may wait to be written to all connections.");
}

void add_log(table_part& t) {
  t.text("log_level", &ws::log_level, {},
         "The least severe lines that are logged.")
      .words = {"trace", "debug", "info", "warn", "error", "critical", "off"};
  t.word<log_format>("log_format", &ws::log,
                     {{"text", log_format::text}, {"json", log_format::json}},
                     "Log lines for people, or one JSON object a line.");
}

}  // namespace

std::vector<option> websocket_table() {
  table_part t{"websocket_config", &options::websocket};
  add_listener(t);
  add_limits(t);
  add_times(t);
  add_budgets(t);
  add_log(t);
  return t.take();
}

}  // namespace wskafka::config
