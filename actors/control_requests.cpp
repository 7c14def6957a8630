#include "actors/control_requests.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wskafka {
namespace {

using kind = control_request::kind;

/// What a map allocates for an entry besides the entry.
constexpr std::size_t map_node = 48;
constexpr std::size_t topic_node =
    sizeof(std::string) + sizeof(partition_positions) + map_node;
constexpr std::size_t position_node =
    sizeof(partition_positions::value_type) + map_node;

control_request begin(kind what, const protocol::envelope& head) {
  control_request request;
  request.what = what;
  request.head = owned_envelope(head);
  return request;
}

std::vector<std::string> to_strings(
    const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

std::shared_ptr<const start_point> to_start_point(
    const protocol::subscribe_start& told) {
  auto start = std::make_shared<start_point>();
  start->what = told.what;
  start->time = told.time;
  for (const protocol::record_position& at : told.positions)
    start->listed[std::string(at.topic)][at.partition] = at.offset;
  return start;
}

kafka::topic_shape to_shape(const protocol::topic_shape& told) {
  kafka::topic_shape shape;
  shape.partitions = told.partitions;
  shape.replication_factor = told.replication_factor;
  for (const protocol::topic_setting& one : told.config)
    shape.config.emplace(one.name, one.value);
  return shape;
}

std::shared_ptr<const topic_shapes> to_shapes(
    const std::vector<protocol::topic_shape>& told) {
  if (told.empty())
    return nullptr;
  auto shapes = std::make_shared<topic_shapes>();
  for (const protocol::topic_shape& one : told)
    shapes->emplace(one.topic, to_shape(one));
  return shapes;
}

delivery_mode to_mode(const protocol::subscribe_request& request) {
  delivery_mode mode;
  mode.look = request.meta ? element::with_meta : element::plain;
  mode.ack = request.ack;
  mode.window = request.window;
  mode.slow = request.slow;
  mode.events = request.events;
  mode.gaps = request.events || request.slow || request.start;
  mode.flush_limit = request.flush_limit;
  if (request.flush_interval)
    mode.flush_interval = std::chrono::milliseconds(*request.flush_interval);
  return mode;
}

}  // namespace

control_request to_control(const protocol::create_request& request) {
  control_request create = begin(kind::create, request.head);
  create.topics = to_strings(request.topics);
  create.refused = request.refused;
  create.shapes = to_shapes(request.shapes);
  return create;
}

control_request to_control(const protocol::delete_request& request) {
  control_request remove = begin(kind::remove, request.head);
  remove.topics = to_strings(request.topics);
  remove.refused = request.refused;
  return remove;
}

control_request to_control(const protocol::list_request& request) {
  return begin(kind::list, request.head);
}

control_request to_control(const protocol::describe_request& request) {
  control_request describe = begin(kind::describe, request.head);
  describe.topics = to_strings(request.topics);
  return describe;
}

control_request to_control(const protocol::offsets_request& request) {
  control_request offsets = begin(kind::offsets, request.head);
  offsets.topics = to_strings(request.topics);
  offsets.at = request.at;
  offsets.group = request.group;
  return offsets;
}

control_request to_control(const protocol::subscribe_request& request) {
  control_request subscribe = begin(kind::subscribe, request.head);
  subscribe.topics = to_strings(request.topics);
  subscribe.patterns = to_strings(request.patterns);
  subscribe.group = request.group;
  subscribe.broadcast = request.broadcast;
  subscribe.mode = to_mode(request);
  if (request.start)
    subscribe.start = to_start_point(*request.start);
  return subscribe;
}

control_request to_control(const protocol::unsubscribe_request& request) {
  return begin(kind::unsubscribe, request.head);
}

control_request to_control(const protocol::partitions_request& request) {
  control_request control = begin(kind::partitions, request.head);
  control.action = request.what;
  control.all_partitions = request.all;
  for (const protocol::record_position& at : request.partitions)
    control.partitions.push_back(
        {{std::string(at.topic), at.partition}, at.offset});
  return control;
}

std::size_t bytes_of(const control_request& request) {
  std::size_t bytes = request.head.id.size() + request.head.a.size();
  for (const protocol::topic_failure& each : request.refused)
    bytes += sizeof(each) + each.topic.size() + each.code.size() +
             each.message.size();
  if (request.start)
    for (const auto& [topic, positions] : request.start->listed)
      bytes += topic_node + topic.size() + positions.size() * position_node;
  for (const std::string& topic : request.topics)
    bytes += sizeof(std::string) + topic.size();
  for (const std::string& pattern : request.patterns)
    bytes += sizeof(std::string) + pattern.size();
  for (const kafka::position& each : request.partitions)
    bytes += sizeof(each) + each.at.topic.size();
  if (request.shapes)
    for (const auto& [topic, shape] : *request.shapes) {
      bytes += sizeof(topic) + topic.size() + sizeof(shape);
      for (const auto& [name, value] : shape.config)
        bytes += 2 * sizeof(std::string) + name.size() + value.size();
    }
  return bytes;
}

}  // namespace wskafka
