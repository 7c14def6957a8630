#include "protocol/topic_shapes.hpp"

#include "protocol/refuse.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace wskafka::protocol {

namespace {

// librdkafka's own bounds. That of the partitions is for a whole request.
constexpr std::int64_t most_partitions = 100'000;
constexpr std::int64_t most_replicas = 10'000;

bad_request wrong(const envelope& head, std::string sentence) {
  return refuse(head, error_code::invalid_request, std::move(sentence));
}

std::string of(const element_field& element, const char* key) {
  return std::string("The ") + key + " of the topic " +
         quoted(element.topic.text);
}

// Leaves the number alone where there is no value; false: it is another one.
template <class Number>
bool read_count(const field& value, std::int64_t most,
                std::optional<Number>& number) {
  if (value.what == kind::absent) {
    return true;
  }
  std::int64_t read = 0;
  if (value.repeated || !read_number(value, read) || read < 1 || read > most) {
    return false;
  }
  number = static_cast<Number>(read);
  return true;
}

std::string out_of_range(const element_field& element, const char* key,
                         std::int64_t most) {
  return of(element, key) + " must be a whole number from 1 to " +
         std::to_string(most) + '.';
}

// Strings, numbers and truth values; the broker reads text.
bool read_setting(const setting_field& told, topic_setting& setting) {
  const field& value = told.value;
  setting.name = told.name;
  setting.value = value.what == kind::string ? value.text : value.json;
  const bool text = value.what == kind::string || value.what == kind::number ||
                    value.what == kind::boolean;
  // A name or a value ends there for librdkafka.
  constexpr char zero = '\0';
  return text && !setting.name.empty() &&
         setting.name.find(zero) == std::string_view::npos &&
         setting.value.find(zero) == std::string_view::npos;
}

std::optional<std::string> read_config(const element_field& element,
                                       topic_shape& shape) {
  if (element.config.what == kind::absent) {
    return std::nullopt;
  }
  if (element.config.what != kind::object || element.config.repeated) {
    return of(element, "config") + " must be an object.";
  }
  if (element.settings.size() > element_field::most_settings) {
    return of(element, "config") + " has more than the " +
           std::to_string(element_field::most_settings) +
           " settings that it may have.";
  }
  if (element.bad_settings) {
    return of(element, "config") +
           " has a key twice, or one that is not of whole characters.";
  }
  for (const setting_field& told : element.settings) {
    topic_setting setting;
    if (!read_setting(told, setting)) {
      return of(element, "config") + " must give " + quoted(told.name) +
             " a string, a number, true or false.";
    }
    shape.config.push_back(setting);
  }
  return std::nullopt;
}

std::optional<std::string> read_shape(const element_field& element,
                                      topic_shape& shape) {
  shape.topic = element.topic.text;
  if (element.other) {
    return "The topic " + quoted(shape.topic) + " has the key " +
           quoted(element.other_key) +
           "; beside \"topic\" it may have \"partitions\", "
           "\"replication_factor\" and \"config\".";
  }
  if (!read_count(element.partitions, most_partitions, shape.partitions)) {
    return out_of_range(element, "partitions", most_partitions);
  }
  if (!read_count(element.replication_factor, most_replicas,
                  shape.replication_factor)) {
    return out_of_range(element, "replication_factor", most_replicas);
  }
  return read_config(element, shape);
}

}  // namespace

std::optional<bad_request> read_shapes(const fields& found,
                                       const envelope& head,
                                       create_request& request) {
  if (!found.shapes.ambiguous().empty()) {
    return wrong(head, "p names the topic " + quoted(found.shapes.ambiguous()) +
                           " twice, and not the same way.");
  }
  std::int64_t partitions = 0;
  for (const element_field& element : found.shapes.shapes()) {
    topic_shape shape;
    if (auto sentence = read_shape(element, shape)) {
      return wrong(head, std::move(*sentence));
    }
    partitions += shape.partitions.value_or(0);
    const auto& topics = request.topics;
    if (std::find(topics.begin(), topics.end(), shape.topic) != topics.end()) {
      request.shapes.push_back(std::move(shape));
    }
  }
  if (partitions > most_partitions) {
    return wrong(head, "p asks for " + std::to_string(partitions) +
                           " partitions, more than the " +
                           std::to_string(most_partitions) +
                           " that one request may ask for.");
  }
  return std::nullopt;
}

}  // namespace wskafka::protocol
