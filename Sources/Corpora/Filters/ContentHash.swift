import CXXHash

/// XXH3, 64 bits, of some bytes: a documented hash without secrets, the same on every machine
/// (xxHash, doc/xxhash_spec.md; stable since 0.8.0).
package func contentHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  XXH3_64bits(bytes.baseAddress, bytes.count)
}

/// The finalizer of SplitMix64 (doi:10.1145/2660193.2660195): a bijection after which every bit
/// depends on all.
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
  var value = value
  value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
  value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
  return value ^ (value >> 31)
}

/// The odd number next to 2⁶⁴ over the golden ratio, without pattern in its bits: SplitMix64's step.
let goldenStep: UInt64 = 0x9e37_79b9_7f4a_7c15
