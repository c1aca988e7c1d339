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
