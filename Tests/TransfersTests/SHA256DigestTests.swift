import Testing

import Transfers

@Suite struct SHA256DigestTests {
  /// FIPS 180-4's examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]) func knownTexts(text: String, digest: String) {
    #expect(SHA256Digest.hexadecimal(SHA256Digest.of(text)) == digest)
    let running = SHA256Digest()
    for byte in text.utf8 { withUnsafeBytes(of: byte) { running.append($0) } }
    #expect(SHA256Digest.hexadecimal(running.finish()) == digest)
  }

  /// RFC 4231, test cases 1 and 2.
  @Test func knownKeys() {
    #expect(
      SHA256Digest.hexadecimal(
        SHA256Digest.authenticating("Hi There", key: Array(repeating: 0x0B, count: 20)))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      SHA256Digest.hexadecimal(
        SHA256Digest.authenticating("what do ya want for nothing?", key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}
