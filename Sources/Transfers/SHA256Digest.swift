import CCrypto

/// A running SHA-256 (FIPS 180-4), computed by OpenSSL's libcrypto.
package final class SHA256Digest {
  private let context: OpaquePointer

  package init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("libcrypto does not provide SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  package func append(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The digest's 32 bytes. Nothing may be appended after this.
  package func finish() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }

  package static func of(_ bytes: [UInt8]) -> [UInt8] {
    let digest = SHA256Digest()
    bytes.withUnsafeBytes { digest.append($0) }
    return digest.finish()
  }

  package static func of(_ text: String) -> [UInt8] { of(Array(text.utf8)) }

  /// The keyed hash of RFC 2104 with SHA-256.
  package static func authenticating(_ text: String, key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    let bytes = Array(text.utf8)
    HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &code, nil)
    return code
  }

  package static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
