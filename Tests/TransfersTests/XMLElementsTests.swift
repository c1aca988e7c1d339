import Testing

import Transfers

@Suite struct XMLElementsTests {
  @Test func elementsAreFound() {
    let text =
      "<L><KeyCount>2</KeyCount><Key>a&amp;b</Key><Key x='1'>c</Key><Key/><Key >&#228;</Key></L>"
    #expect(XMLElements.all("Key", in: text) == ["a&amp;b", "c", "", "&#228;"])
    #expect(XMLElements.first("Key", in: text) == "a&b")
    #expect(XMLElements.first("Name", in: text) == nil)
  }

  @Test(arguments: ["<Key>", "<Key", "</Key>", "<", "", "<Key/", "<Key>a</Kez>"])
  func brokenTextHoldsNothing(text: String) {
    #expect(XMLElements.all("Key", in: text) == [])
    #expect(XMLElements.first("Key", in: text) == nil)
  }

  @Test(arguments: [
    ("a&lt;b&gt;&quot;&apos;", "a<b>\"'"), ("&#x41;&#66;", "AB"), ("&&amp;", "&&"),
    ("&nothing;", "&nothing;"), ("&#xFFFFFFFFF;", "&#xFFFFFFFFF;"), ("100&", "100&"),
  ]) func references(text: String, decoded: String) {
    #expect(XMLElements.decoded(text) == decoded)
  }

  @Test func listings() throws {
    let page = try ObjectListingPage(
      Array(
        """
        <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
        <NextContinuationToken>t&amp;u</NextContinuationToken>\
        <Contents><Key>a+b%2Bc</Key><Size>7</Size></Contents></ListBucketResult>
        """.utf8), name: "s3://b/*")
    #expect(page.objects == [ObjectListingPage.Object(key: "a b+c", byteCount: 7, entityTag: nil)])
    #expect(page.next == "t&u")
  }

  @Test(arguments: [
    "", "<html>", "<ListBucketResult>",
    "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
    "<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>",
    "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
  ]) func brokenListings(text: String) {
    guard
      case .malformedListing("s3://b/*", _) = transferError({
        _ = try ObjectListingPage(Array(text.utf8), name: "s3://b/*")
      })
    else {
      Issue.record("\(text)")
      return
    }
  }
}
