#pragma once

#include "net/kafka/topic_directory.hpp"
#include "net/kafka/topic_questions.hpp"

#include <string>
#include <vector>

/// What an answer of the cluster says of single topics.
namespace wskafka::kafka {

/// Without partitions where the topic is not in it.
topic_description describe_topic(const topic_view& view,
                                 const std::string& name);

/// All of these, or those that are missing.
topic_descriptions describe_topics(const topic_view& view,
                                   std::vector<std::string> names);

/// The names that the answer does not have, as they come.
std::vector<std::string> missing_topics(const topic_view& view,
                                        const std::vector<std::string>& names);

}  // namespace wskafka::kafka
