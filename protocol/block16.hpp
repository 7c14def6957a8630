#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// What stands in sixteen bytes of text, as a bit per byte (bit 0 is the
/// first). All functions read exactly sixteen bytes. SSE2 belongs to every
/// x86-64; elsewhere the plain forms serve.
namespace wskafka::protocol {

namespace plain {

/// Bytes that a JSON string must escape: quote, backslash, below 0x20.
inline unsigned special_bits(const char* text) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 16; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    bits |= unsigned{c == '"' || c == '\\' || c < 0x20} << i;
  }
  return bits;
}

/// Bytes outside ASCII.
inline unsigned high_bits(const char* text) {
  unsigned bits = 0;
  for (unsigned i = 0; i < 16; ++i) {
    bits |= unsigned{static_cast<unsigned char>(text[i]) >= 0x80} << i;
  }
  return bits;
}

}  // namespace plain

#if defined(__SSE2__)

namespace sse2 {

inline __m128i load(const char* text) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
}

/// As `plain::special_bits`.
inline unsigned special_bits(const char* text) {
  const __m128i bytes = load(text);
  const __m128i limit = _mm_set1_epi8(0x1f);
  const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, limit), limit);
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i any = _mm_or_si128(control, _mm_or_si128(quote, slash));
  return static_cast<unsigned>(_mm_movemask_epi8(any));
}

/// As `plain::high_bits`.
inline unsigned high_bits(const char* text) {
  return static_cast<unsigned>(_mm_movemask_epi8(load(text)));
}

}  // namespace sse2

using sse2::high_bits;
using sse2::special_bits;

#else

using plain::high_bits;
using plain::special_bits;

#endif

/// The position of the lowest bit set; `bits` is not 0.
inline unsigned first_bit(unsigned bits) {
  return static_cast<unsigned>(__builtin_ctz(bits));
}

}  // namespace wskafka::protocol
