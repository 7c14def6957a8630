#include "tools/wskafka-load/compare.hpp"

#include "tools/wskafka-load/metrics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace wskafka::load {
namespace {

using nlohmann::json;

bool read(const std::string& name, json& into, std::string& why) {
  std::ifstream file(name);
  // A directory opens.
  if (!file || std::filesystem::is_directory(name)) {
    why = name + ": cannot be read";
    return false;
  }
  into = json::parse(file, nullptr, false);
  const auto holds = [&](const char* key) {
    return into.contains(key) && into[key].is_object();
  };
  if (into.is_discarded() || !into.is_object() ||
      into.value("tool", json()) != "wskafka-load" || !holds("metrics") ||
      !holds("plan") || !holds("machine")) {
    why = name + ": is no result of wskafka-load --json";
    return false;
  }
  return true;
}

std::string cell(const json& value, unit in) {
  return value.is_number() ? to_text(value.get<double>(), in) : "-";
}

/// Whatever somebody has made of the file.
std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>()
         : value.is_null() ? ""
                           : value.dump();
}

json partitions_of(const json& topics) {
  json counts = json::array();
  for (const json& topic : topics)
    counts.push_back(topic.is_object() ? topic.value("partitions", json())
                                       : json());
  return counts;
}

/// Settings in which the two runs differ, names of their own apart.
std::string differences(const json& before, const json& after) {
  std::string text;
  const auto note = [&](const std::string& what, const json& a, const json& b) {
    if (a != b)
      text += fmt::format("  {}: {} | {}\n", what, a.dump(), b.dump());
  };
  for (const char* key : {"command", "version", "machine"})
    note(key, before.value(key, json()), after.value(key, json()));
  json keys = before.at("plan");
  keys.update(after.at("plan"));
  for (const auto& [key, ignored] : keys.items()) {
    const json value = before["plan"].value(key, json());
    const json other = after["plan"].value(key, json());
    if (!value.is_array() || !other.is_array())
      note(key, value, other);
    else if (value.size() != other.size())
      note("number of " + key, value.size(), other.size());
    else if (key == "topics")
      note("partitions of topics", partitions_of(value), partitions_of(other));
  }
  return text;
}

}  // namespace

bool compare(const std::string& before_file, const std::string& after_file,
             std::string& text) {
  json before;
  json after;
  if (!read(before_file, before, text) || !read(after_file, after, text))
    return false;
  text = fmt::format("A  {}  {} {}\nB  {}  {} {}\n", before_file,
                     text_of(before.value("started", json())),
                     text_of(before.value("note", json())), after_file,
                     text_of(after.value("started", json())),
                     text_of(after.value("note", json())));
  if (const std::string differ = differences(before, after); !differ.empty())
    text += "\nThe runs differ in more than their results (A | B):\n" + differ;
  text += fmt::format("\n{:20} {:>14} {:>14} {:>8}\n", "", "A", "B", "B/A");
  for (const metric& one : metrics(result())) {
    const json a = before["metrics"].value(one.name, json());
    const json b = after["metrics"].value(one.name, json());
    if (!a.is_number() && !b.is_number())
      continue;
    std::string ratio;
    if (a.is_number() && b.is_number() && a.get<double>() != 0)
      ratio = fmt::format("{:.3f}", b.get<double>() / a.get<double>());
    text += fmt::format("{:20} {:>14} {:>14} {:>8}\n", one.name,
                        cell(a, one.in), cell(b, one.in), ratio);
  }
  for (const auto& [name, run] : {std::pair{"A", &before}, {"B", &after}})
    for (const json& warning : run->value("warnings", json::array()))
      text += fmt::format("warning of {}: {}\n", name, text_of(warning));
  return true;
}

}  // namespace wskafka::load
