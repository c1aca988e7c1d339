// Processor instructions that Swift's SIMD types cannot name, as inline functions.
//
// What a build may use is decided by the compiler's flags (-march=native in a checkout). Each
// function is there without its instruction too, with the same result, so that Swift code calls it
// without asking.
#pragma once

typedef float samara_float32x16 __attribute__((ext_vector_type(16)));
typedef unsigned short samara_uint16x16 __attribute__((ext_vector_type(16)));
typedef unsigned int samara_uint32x16 __attribute__((ext_vector_type(16)));

#if defined(__AVX512BF16__) && defined(__AVX512F__)
#include <immintrin.h>
#define SAMARA_HAS_BFLOAT16_INSTRUCTIONS 1
#else
#define SAMARA_HAS_BFLOAT16_INSTRUCTIONS 0
#endif

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

// The larger and the smaller of two numbers, lane by lane.
static inline samara_float32x16 samara_larger(samara_float32x16 a, samara_float32x16 b) {
  return __builtin_elementwise_max(a, b);
}

static inline samara_float32x16 samara_smaller(samara_float32x16 a, samara_float32x16 b) {
  return __builtin_elementwise_min(a, b);
}

// a < b ? yes : no, lane by lane. Swift compares some vectors lane by lane, with a jump for each.
static inline samara_float32x16 samara_choose_where_less(
    samara_float32x16 a, samara_float32x16 b, samara_float32x16 yes, samara_float32x16 no) {
  samara_uint32x16 mask = (samara_uint32x16)(a < b);
  return (samara_float32x16)((mask & (samara_uint32x16)yes) | (~mask & (samara_uint32x16)no));
}
