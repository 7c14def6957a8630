#pragma once

#include "protocol/error.hpp"
#include "protocol/message.hpp"
#include "protocol/record_batch.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Bytes of replies and deliveries. All functions append to `out`, keep no
/// state and may be called from any thread. `id` is the server's own number,
/// below 2^53. What they append is valid JSON in valid UTF-8, with the keys in
/// the order id, refid, t, a, s, p.
namespace wskafka::protocol {

/// `s:0` without a payload, or with `p` as JSON text when it is not empty;
/// `more` are keys and values that follow `p`, each behind its comma.
void append_success(std::string& out, std::uint64_t id, const envelope& head,
                    std::string_view p = {}, std::string_view more = {});

/// `s:1`; `p` from `why`, with `persisted` when the request was a publish.
void append_failure(std::string& out, std::uint64_t id, const envelope& head,
                    const failure& why);
void append_failure(std::string& out, std::uint64_t id, const envelope& head,
                    const failure& why, persisted written);

/// `s:0` for a publish that the broker has written to `topic`: `p` tells where.
/// A negative `offset` is not known, and told as `null`.
void append_receipt(std::string& out, std::uint64_t id, const envelope& head,
                    std::string_view topic, std::int32_t partition,
                    std::int64_t offset, std::int64_t timestamp);

/// A JSON string: quotes, and escapes for quote, backslash and control
/// characters. `text` must be valid UTF-8.
void append_string(std::string& out, std::string_view text);

/// `["a","b"]`
void append_names(std::string& out, const std::vector<std::string>& names);

/// One entry per partition: `{"topic":"t","partition":0}` in `list`.
void append_topic_partition(std::string& out, std::string_view topic,
                            std::int32_t partition);

/// `{"topic":"t","partition":0,"offset":5}`: a position, as in `pos`.
void append_position(std::string& out, std::string_view topic,
                     std::int32_t partition, std::int64_t offset);

/// The event that delivery goes on at `to` instead of `from`:
/// `{"t":"event","a":"gap","p":{"topic":…}}`.
void append_gap(std::string& out, std::string_view topic,
                std::int32_t partition, std::int64_t from, std::int64_t to,
                std::string_view reason);

/// An event with `p` as JSON text: `{"t":"event","a":"assigned","p":…}`.
void append_event(std::string& out, std::string_view action,
                  std::string_view p);

/// The event of an error; `topic` is left out where it is empty.
void append_error_event(std::string& out, const failure& why,
                        std::string_view topic);

/// One element of a delivery: `{"id":3,"t":"notif","p":"hello"}`. A value
/// that is not UTF-8 goes as base64 with `"encoding":"base64"`; a null value
/// is `null`.
void append_delivery(std::string& out, std::uint64_t id, std::string_view value,
                     bool null_value);

/// What a delivery says of its record when `meta` was asked for:
/// `{"topic":…,"partition":…,"offset":…,"timestamp":…,"key":…,"headers":[…]}`,
/// with `key_encoding` behind a key that is not UTF-8 and "base64" behind such
/// a header's value. No timestamp, key or value: `null`.
void append_meta(std::string& out, const record_batch& batch, const record& r);

/// Upper bound of what `append_delivery` appends for a value of `size` bytes;
/// lets callers end a frame before it grows past its limit.
std::size_t delivery_bound(std::size_t size);

}  // namespace wskafka::protocol
