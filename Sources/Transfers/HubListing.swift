import Foundation

extension TransferClient {
  /// The files of a data set whose paths match, as the hub's API lists them, each at the commit
  /// that the revision is now.
  func files(
    in repository: String, revision: String?, matching glob: GlobPattern, name: String
  ) throws(TransferError) -> [RemoteEntry] {
    let revision = revision ?? "main"
    let commit = try commit(of: repository, revision: revision, name: name)
    let folder = glob.literalPrefix.lastIndex(of: "/").map { "/\(glob.literalPrefix[..<$0])" } ?? ""
    let api = "/api/datasets/\(PercentEncoding.path(repository))"
    var next: String? =
      "\(api)/tree/\(PercentEncoding.component(commit ?? revision))\(PercentEncoding.path(folder))"
      + "?recursive=true"
    var found: [RemoteEntry] = []
    var listed = 0
    var pages = 0
    while let path = next {
      pages += 1
      guard pages <= policy.listingPageLimit else {
        throw .malformedListing(
          address: name, detail: "more than \(policy.listingPageLimit) pages; name a folder")
      }
      let page = try page(of: .hub(path, name: name))
      let items: [HubItem]
      do { items = try JSONDecoder().decode([HubItem].self, from: Data(page.body)) } catch {
        throw .malformedListing(
          address: name,
          detail: "no list of files but "
            + SecretFreeText.printable(
              String(decoding: page.body.prefix(400), as: UTF8.self), limit: 80))
      }
      for item in items where item.type == "file" {
        listed += 1
        guard glob.matches(item.path) else { continue }
        found.append(
          RemoteEntry(
            address: .hub(
              repository: repository, revision: commit ?? revision, path: item.path),
            byteCount: item.lfs?.size ?? item.size, entityTag: item.lfs?.oid ?? item.oid,
            commit: commit))
      }
      next = page.head.nextLink
      if next == path {
        throw .malformedListing(address: name, detail: "the same page again and again")
      }
    }
    guard !found.isEmpty else { throw .patternMatchesNothing(pattern: name, listed: listed) }
    return found.sorted { $0.address.text.utf8.lexicographicallyPrecedes($1.address.text.utf8) }
  }

  /// The commit that a revision is now; nil where the hub does not say, as a mirror may not.
  private func commit(
    of repository: String, revision: String, name: String
  ) throws(TransferError) -> String? {
    if revision.utf8.count == 40, revision.allSatisfy(\.isHexDigit) { return revision }
    struct Answer: Decodable { var sha: String? }
    do throws(TransferError) {
      let page = try page(
        of: .hub(
          "/api/datasets/\(PercentEncoding.path(repository))/revision/"
            + PercentEncoding.component(revision), name: name))
      let sha = try? JSONDecoder().decode(Answer.self, from: Data(page.body)).sha
      return sha.flatMap { $0.utf8.count == 40 && $0.allSatisfy(\.isHexDigit) ? $0 : nil }
    } catch TransferError.missing {
      // If the data set is what is missing, its listing says so.
      return nil
    }
  }
}

/// A line of the hub's listing of a tree.
struct HubItem: Decodable {
  struct LargeFile: Decodable {
    /// The SHA-256 of the content.
    var oid: String
    var size: Int
  }

  var type: String
  var path: String
  var size: Int?
  var oid: String?
  var lfs: LargeFile?
}
