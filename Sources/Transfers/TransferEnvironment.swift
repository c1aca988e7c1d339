import Foundation

/// What the environment says about servers and who asks them.
///
/// It is a value: two clients may have different ones, and nothing asks the process again.
public struct TransferEnvironment: Sendable {
  /// A key to an S3 server.
  public struct ObjectCredentials: Sendable, Equatable {
    public var accessKey: String
    public var secretKey: String
    public var sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
      self.accessKey = accessKey
      self.secretKey = secretKey
      self.sessionToken = sessionToken
    }
  }

  /// An S3 endpoint other than Amazon's (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`).
  public var objectEndpoint: String?
  /// `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, or us-east-1.
  public var objectRegion = "us-east-1"
  /// `AWS_ACCESS_KEY_ID` and its fellows, or those of `AWS_PROFILE` in the credentials file.
  /// Without any, requests are not signed, as public buckets allow.
  public var objectCredentials: ObjectCredentials?
  /// The hub (`HF_ENDPOINT`).
  public var hubEndpoint = "https://huggingface.co"
  /// `HF_TOKEN`, or the token that the hub's own tools left in a file.
  public var hubToken: String?
  /// A file of trusted certificates in place of libcurl's (`CURL_CA_BUNDLE`, `SSL_CERT_FILE`).
  public var certificates: String?

  /// Hosts that are reached without the proxy that libcurl finds in the environment (`no_proxy`);
  /// this machine's own are always among them.
  public var hostsWithoutProxy = ""

  /// Nothing from outside.
  public init() {}

  /// Reads variables, and the files of keys that they or the home folder lead to.
  ///
  /// - Throws: ``TransferError/invalidSetting(name:detail:)``.
  public init(
    variables: [String: String], homeFolder: String
  ) throws(TransferError) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { variables[$0]?.trimmingCharacters(in: .whitespacesAndNewlines) }
        .first { !$0.isEmpty }
    }
    objectEndpoint = try Self.endpoint(
      value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"), variable: "AWS_ENDPOINT_URL")
    hubEndpoint =
      try Self.endpoint(value("HF_ENDPOINT"), variable: "HF_ENDPOINT") ?? hubEndpoint
    certificates = value("CURL_CA_BUNDLE", "SSL_CERT_FILE")
    hostsWithoutProxy = value("no_proxy", "NO_PROXY") ?? ""

    let profile = value("AWS_PROFILE")
    let keys = AWSProfile.read(
      value("AWS_SHARED_CREDENTIALS_FILE") ?? "\(homeFolder)/.aws/credentials",
      profile: profile ?? "default", isConfiguration: false)
    let configuration = AWSProfile.read(
      value("AWS_CONFIG_FILE") ?? "\(homeFolder)/.aws/config",
      profile: profile ?? "default", isConfiguration: true)
    objectRegion =
      value("AWS_REGION", "AWS_DEFAULT_REGION") ?? configuration?["region"] ?? keys?["region"]
      ?? objectRegion
    if let accessKey = value("AWS_ACCESS_KEY_ID") {
      guard let secretKey = value("AWS_SECRET_ACCESS_KEY") else {
        throw .invalidSetting(
          name: "AWS_ACCESS_KEY_ID",
          detail: "is set without AWS_SECRET_ACCESS_KEY; set both or neither")
      }
      objectCredentials = ObjectCredentials(
        accessKey: accessKey, secretKey: secretKey, sessionToken: value("AWS_SESSION_TOKEN"))
    } else if let found = [keys, configuration].compactMap({ $0 }).first(where: {
      $0["aws_access_key_id"] != nil
    }), let accessKey = found["aws_access_key_id"], let secretKey = found["aws_secret_access_key"] {
      objectCredentials = ObjectCredentials(
        accessKey: accessKey, secretKey: secretKey, sessionToken: found["aws_session_token"])
    } else if let profile, keys == nil, configuration == nil {
      throw .invalidSetting(
        name: "AWS_PROFILE",
        detail: "names \(profile), which is in neither ~/.aws/credentials nor ~/.aws/config")
    }

    let hubFolder =
      value("HF_HOME") ?? "\(value("XDG_CACHE_HOME") ?? "\(homeFolder)/.cache")/huggingface"
    hubToken =
      value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
      ?? Self.token(value("HF_TOKEN_PATH") ?? "\(hubFolder)/token")
    for (name, secret) in [("HF_TOKEN", hubToken), ("AWS_REGION", objectRegion)] {
      // What goes into a header or a host must not end it.
      guard secret?.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) != false else {
        throw .invalidSetting(name: name, detail: "holds spaces or control characters")
      }
    }
  }

  /// The environment of this process.
  public static func ofProcess() throws(TransferError) -> TransferEnvironment {
    try TransferEnvironment(
      variables: ProcessInfo.processInfo.environment, homeFolder: NSHomeDirectory())
  }

  private static func endpoint(
    _ text: String?, variable: String
  ) throws(TransferError) -> String? {
    guard var text else { return nil }
    while text.hasSuffix("/") { text.removeLast() }
    guard text.hasPrefix("https://") || text.hasPrefix("http://"), !text.hasSuffix(":"),
      !text.contains(where: { "?#@ ".contains($0) })
    else {
      throw .invalidSetting(
        name: variable, detail: "is no endpoint; write https://HOST or http://HOST:PORT")
    }
    return text
  }

  private static func token(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 4_096 else {
      return nil
    }
    let text = String(decoding: data, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }
}

/// One section of the AWS tools' files of settings.
enum AWSProfile {
  /// The settings of a profile, or nil if there is no such file or section.
  static func read(
    _ path: String, profile: String, isConfiguration: Bool
  ) -> [String: String]? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
      return nil
    }
    let wanted = isConfiguration && profile != "default" ? "profile \(profile)" : profile
    var section = ""
    var settings: [String: String]?
    for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
        section = line[line.index(after: line.startIndex)..<end]
          .split(separator: " ").joined(separator: " ")
        if section == wanted { settings = settings ?? [:] }
      } else if section == wanted, let equals = line.firstIndex(of: "=") {
        let name = line[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
        settings?[name] = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
      }
    }
    return settings
  }
}
