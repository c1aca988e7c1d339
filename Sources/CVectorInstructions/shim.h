// Processor instructions that Swift's SIMD types cannot name, as inline functions.
//
// What a build may use is decided by the compiler's flags (-march=native in a checkout). All
// functions but those that say so give the same result without their instruction, so that Swift
// code calls them without asking.
#pragma once

typedef float samara_float32x16 __attribute__((ext_vector_type(16)));
typedef unsigned short samara_uint16x16 __attribute__((ext_vector_type(16)));
typedef unsigned short samara_uint16x32 __attribute__((ext_vector_type(32)));
typedef int samara_int32x16 __attribute__((ext_vector_type(16)));
typedef unsigned int samara_uint32x16 __attribute__((ext_vector_type(16)));

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#if defined(__AVX512BF16__) && defined(__AVX512F__)
#define SAMARA_HAS_BFLOAT16_INSTRUCTIONS 1
#else
#define SAMARA_HAS_BFLOAT16_INSTRUCTIONS 0
#endif

// The larger of each two numbers; `b` where either is not a number.
static inline samara_float32x16 samara_larger(samara_float32x16 a, samara_float32x16 b) {
#if defined(__AVX512F__)
  return (samara_float32x16)_mm512_max_ps((__m512)a, (__m512)b);
#else
  return a > b ? a : b;
#endif
}

// The smaller of each two numbers; `b` where either is not a number.
static inline samara_float32x16 samara_smaller(samara_float32x16 a, samara_float32x16 b) {
#if defined(__AVX512F__)
  return (samara_float32x16)_mm512_min_ps((__m512)a, (__m512)b);
#else
  return a < b ? a : b;
#endif
}

// value · 2^power for whole powers from -127 to 127; 0 for powers below -125.
static inline samara_float32x16 samara_scale_by_power(
    samara_float32x16 value, samara_float32x16 power) {
#if defined(__AVX512F__)
  samara_float32x16 scaled = (samara_float32x16)_mm512_scalef_ps((__m512)value, (__m512)power);
  return (samara_float32x16)_mm512_maskz_mov_ps(
      _mm512_cmp_ps_mask((__m512)power, _mm512_set1_ps(-125.5f), _CMP_NLT_UQ), (__m512)scaled);
#else
  samara_uint32x16 bits = (samara_uint32x16)value
      + ((samara_uint32x16)__builtin_convertvector(power, samara_int32x16) << 23);
  return power < -125.5f ? (samara_float32x16)0 : (samara_float32x16)bits;
#endif
}

// Sixteen float32 numbers rounded to bfloat16, to the nearest, ties to even; denormals become zero.
static inline samara_uint16x16 samara_round_to_bfloat16(samara_float32x16 values) {
#if SAMARA_HAS_BFLOAT16_INSTRUCTIONS
  return (samara_uint16x16)_mm512_cvtneps_pbh((__m512)values);
#else
  samara_uint32x16 bits = (samara_uint32x16)values;
  samara_uint32x16 rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  samara_uint32x16 exponent = bits & 0x7F800000;
  samara_uint32x16 isDenormal = (samara_uint32x16)(exponent == 0);
  samara_uint32x16 isNaN = (samara_uint32x16)((bits & 0x7FFFFFFF) > 0x7F800000);
  rounded = (isDenormal & ((bits >> 16) & 0x8000)) | (~isDenormal & rounded);
  rounded = (isNaN & ((bits >> 16) | 0x40)) | (~isNaN & rounded);
  return __builtin_convertvector(rounded, samara_uint16x16);
#endif
}

// Thirty-two float32 numbers rounded likewise, `first` in the lower half.
static inline samara_uint16x32 samara_round_pairs_to_bfloat16(
    samara_float32x16 first, samara_float32x16 second) {
#if SAMARA_HAS_BFLOAT16_INSTRUCTIONS
  return (samara_uint16x32)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
#else
  return __builtin_shufflevector(
      samara_round_to_bfloat16(first), samara_round_to_bfloat16(second), 0, 1, 2, 3, 4, 5, 6, 7,
      8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
#endif
}

// sum + the dot products of sixteen pairs of bfloat16 numbers. Where
// SAMARA_HAS_BFLOAT16_INSTRUCTIONS is 0 it must not be called: it would give `sum`.
static inline samara_float32x16 samara_dot_bfloat16(
    samara_float32x16 sum, samara_uint32x16 a, samara_uint32x16 b) {
#if SAMARA_HAS_BFLOAT16_INSTRUCTIONS
  return (samara_float32x16)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
#else
  return sum;
#endif
}

#if defined(__AVX512VNNI__) && defined(__AVX512F__)
#define SAMARA_HAS_BYTE_INSTRUCTIONS 1
#else
#define SAMARA_HAS_BYTE_INSTRUCTIONS 0
#endif

// sum + the dot products of sixteen fours of bytes, those of `a` unsigned and those of `b` signed,
// exactly. Where SAMARA_HAS_BYTE_INSTRUCTIONS is 0 it must not be called: it would give `sum`.
static inline samara_int32x16 samara_dot_bytes(
    samara_int32x16 sum, samara_uint32x16 a, samara_uint32x16 b) {
#if SAMARA_HAS_BYTE_INSTRUCTIONS
  return (samara_int32x16)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#else
  return sum;
#endif
}

// Pairs (even[i], odd[i]) for i in 0..<16.
static inline samara_uint32x16 samara_interleave_low(samara_uint16x32 even, samara_uint16x32 odd) {
  return (samara_uint32x16)__builtin_shufflevector(
      even, odd, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39,
      8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47);
}

// Pairs (even[i], odd[i]) for i in 16..<32.
static inline samara_uint32x16 samara_interleave_high(samara_uint16x32 even, samara_uint16x32 odd) {
  return (samara_uint32x16)__builtin_shufflevector(
      even, odd, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55,
      24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63);
}

// Transposes the 16 x 16 matrix of pairs at `matrix` in place, any alignment.
static inline void samara_transpose_pairs(void *matrix) {
  samara_uint32x16 rows[16], turned[16];
  __builtin_memcpy(rows, matrix, sizeof rows);
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 2) {
    turned[i] = __builtin_shufflevector(
        rows[i], rows[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
    turned[i + 1] = __builtin_shufflevector(
        rows[i], rows[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i += 4) {
#pragma clang loop unroll(full)
    for (int j = 0; j < 2; j++) {
      rows[i + 2 * j] = __builtin_shufflevector(
          turned[i + j], turned[i + j + 2],
          0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
      rows[i + 2 * j + 1] = __builtin_shufflevector(
          turned[i + j], turned[i + j + 2],
          2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
  }
  // Row 4g + c now holds, in its quarter q, column 4q + c of rows 4g..<4g + 4.
#pragma clang loop unroll(full)
  for (int c = 0; c < 4; c++) {
    samara_uint32x16 a = __builtin_shufflevector(
        rows[c], rows[c + 4], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    samara_uint32x16 b = __builtin_shufflevector(
        rows[c], rows[c + 4], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    samara_uint32x16 d = __builtin_shufflevector(
        rows[c + 8], rows[c + 12], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    samara_uint32x16 e = __builtin_shufflevector(
        rows[c + 8], rows[c + 12], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    turned[c] = __builtin_shufflevector(
        a, d, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    turned[c + 4] = __builtin_shufflevector(
        b, e, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    turned[c + 8] = __builtin_shufflevector(
        a, d, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    turned[c + 12] = __builtin_shufflevector(
        b, e, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
  }
  __builtin_memcpy(matrix, turned, sizeof turned);
}

// Asks for the line at `address` to be brought to the second-level cache.
static inline void samara_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }

typedef unsigned char samara_uint8x16 __attribute__((ext_vector_type(16)));

// The square root of each lane, correctly rounded. Swift's own calls the library once a lane.
static inline samara_float32x16 samara_square_root(samara_float32x16 values) {
  return __builtin_elementwise_sqrt(values);
}

// Sixteen numbers of fewer bits as 32-bit numbers. Swift's own converts lane by lane.
static inline samara_uint32x16 samara_widen_16_bits(samara_uint16x16 values) {
  return __builtin_convertvector(values, samara_uint32x16);
}

static inline samara_uint32x16 samara_widen_8_bits(samara_uint8x16 values) {
  return __builtin_convertvector(values, samara_uint32x16);
}

// The lower eight bits of each lane.
static inline samara_uint8x16 samara_narrow_to_8_bits(samara_uint32x16 values) {
  return __builtin_convertvector(values, samara_uint8x16);
}

// Sixteen float16 numbers as float32, exactly.
static inline samara_float32x16 samara_widen_float16(samara_uint16x16 bits) {
  typedef _Float16 float16x16 __attribute__((ext_vector_type(16)));
  return __builtin_convertvector((float16x16)bits, samara_float32x16);
}

// Sixteen float32 numbers rounded to float16, to the nearest, ties to even.
static inline samara_uint16x16 samara_round_to_float16(samara_float32x16 values) {
  typedef _Float16 float16x16 __attribute__((ext_vector_type(16)));
  return (samara_uint16x16)__builtin_convertvector(values, float16x16);
}

// Sixteen signed bytes as float32.
static inline samara_float32x16 samara_widen_signed_bytes(samara_uint8x16 bytes) {
  typedef signed char int8x16 __attribute__((ext_vector_type(16)));
  return __builtin_convertvector((int8x16)bytes, samara_float32x16);
}

// Sixteen integers as float32, rounded to the nearest.
static inline samara_float32x16 samara_integers_to_float32(samara_int32x16 values) {
  return __builtin_convertvector(values, samara_float32x16);
}

// The integral parts of sixteen numbers from -128 to 255, in a byte each.
static inline samara_uint8x16 samara_truncate_to_bytes(samara_float32x16 values) {
  return __builtin_convertvector(
      (samara_uint32x16)__builtin_convertvector(values, samara_int32x16), samara_uint8x16);
}

// Each lane rounded to the nearest whole number, ties away from zero.
static inline samara_float32x16 samara_round_away(samara_float32x16 values) {
  return __builtin_elementwise_round(values);
}

// Each lane rounded to the nearest whole number, ties to even.
static inline samara_float32x16 samara_round_to_even(samara_float32x16 values) {
  return __builtin_elementwise_roundeven(values);
}

// The largest of thirty-two unsigned numbers.
static inline unsigned int samara_largest(samara_uint32x16 a, samara_uint32x16 b) {
  return __builtin_reduce_max(__builtin_elementwise_max(a, b));
}

// The sum of thirty-two signed bytes.
static inline int samara_sum_of_signed_bytes(samara_uint8x16 a, samara_uint8x16 b) {
  typedef signed char int8x16 __attribute__((ext_vector_type(16)));
  return __builtin_reduce_add(
      __builtin_convertvector((int8x16)a, samara_int32x16)
      + __builtin_convertvector((int8x16)b, samara_int32x16));
}

// a < b ? yes : no, lane by lane. Swift compares some vectors lane by lane, with a jump for each.
static inline samara_float32x16 samara_choose_where_less(
    samara_float32x16 a, samara_float32x16 b, samara_float32x16 yes, samara_float32x16 no) {
  samara_uint32x16 mask = (samara_uint32x16)(a < b);
  return (samara_float32x16)((mask & (samara_uint32x16)yes) | (~mask & (samara_uint32x16)no));
}

// Which of 64 bytes belong to a class: bit i is byte i.
typedef struct {
  unsigned long long letters;        // A-Z a-z
  unsigned long long digits;         // 0-9
  unsigned long long spaces;         // U+0020
  unsigned long long newlines;       // \r \n
  unsigned long long other_spaces;   // \t \v \f
  unsigned long long apostrophes;    // '
  unsigned long long beyond_ascii;   // 0x80 and above
} samara_byte_masks;

#if defined(__AVX512BW__)
#define SAMARA_HAS_BYTE_MASKS 1
#else
#define SAMARA_HAS_BYTE_MASKS 0
#endif

// The classes of the 64 bytes at `address`. Where SAMARA_HAS_BYTE_MASKS is 0 it must not be called:
// it would find nothing.
static inline samara_byte_masks samara_classify_bytes(const void *address) {
  samara_byte_masks masks = {0, 0, 0, 0, 0, 0, 0};
#if SAMARA_HAS_BYTE_MASKS
  __m512i bytes = _mm512_loadu_si512(address);
  __m512i lower = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
  masks.letters = _mm512_cmplt_epu8_mask(
      _mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
  masks.digits = _mm512_cmplt_epu8_mask(
      _mm512_sub_epi8(bytes, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
  masks.spaces = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(' '));
  masks.newlines = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'))
      | _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r'));
  masks.other_spaces = _mm512_cmplt_epu8_mask(
      _mm512_sub_epi8(bytes, _mm512_set1_epi8('\t')), _mm512_set1_epi8(5)) & ~masks.newlines;
  masks.apostrophes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\''));
  masks.beyond_ascii = _mm512_movepi8_mask(bytes);
#endif
  return masks;
}
