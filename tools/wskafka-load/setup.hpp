#pragma once

#include "tools/wskafka-load/endpoint.hpp"
#include "tools/wskafka-load/options.hpp"
#include "tools/wskafka-load/progress.hpp"
#include "tools/wskafka-load/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wskafka::load {

/// What stands before any load is made.
struct setup {
  endpoint to;
  std::uint64_t run = 0;
  std::vector<std::string> topics;
  std::vector<int> server_pids;
};

/// Finds the server, names and creates the topics, asks for their partitions;
/// fills the result's part about them. Blocks. Empty, or what to do about it.
std::string prepare(const options& asked, progress& display, result& into,
                    setup& made);

/// Asks again for the partitions of topics that were not there: subscribing
/// may have made them.
void ask_partitions(const endpoint& to, const options& asked, result& into);

/// All connections of the plan.
std::size_t connection_count(const options& asked);

/// The topics, so many together as one request may name.
std::vector<std::vector<std::string>> by_request(
    const std::vector<std::string>& topics);

/// Some text that follows the mark, the same for the same seed.
std::string padding(std::size_t size, std::uint64_t seed);

}  // namespace wskafka::load
